package nearest

import (
	"math/bits"
	"slices"

	"fashionpipe/internal/simd/vec"
)

// words is the length of a set of n rows: a bit for each.
func words(n int) int { return (n + 63) / 64 }

// sparse is the share of all rows up to which those of a set are added up one by one: of more, products with weights of
// 0 and 1 are faster.
const sparse = 1.0 / 8

// addFlat adds up the rows within the bandwidth of each position. Positions among the same rows share a sum: which one
// is each one's it writes to sum.
func (w *shifter) addFlat(list []int32, block *block, sum []int) {
	n := w.p.s.Len()
	set := func(i int) []uint64 { return w.members[i*words(n) : (i+1)*words(n)] }
	w.findMembers(list, block, set)
	var sets [][]uint64
	var dense []int
	for i := range list {
		s := slices.IndexFunc(sets, func(o []uint64) bool { return slices.Equal(o, set(i)) })
		if s < 0 {
			s = len(sets)
			sets = append(sets, set(i))
			if w.total[s] = count(set(i)); w.total[s] > sparse*float64(n) {
				dense = append(dense, s)
			} else {
				w.addEach(s, set(i))
			}
		}
		sum[i] = s
	}
	for at := 0; len(dense) > 0 && at < n; at += depth {
		for r, s := range dense {
			weights := w.weights[r*depth : r*depth+min(depth, n-at)]
			for j := range weights {
				weights[j] = float32(sets[s][(at+j)/64] >> ((at + j) % 64) & 1)
			}
		}
		w.add(at, dense)
	}
}

func count(set []uint64) float64 {
	n := 0
	for _, b := range set {
		n += bits.OnesCount64(b)
	}
	return float64(n)
}

// addEach adds the rows of a set to sum s, one by one.
func (w *shifter) addEach(s int, set []uint64) {
	sum := w.sums[s*w.p.width : (s+1)*w.p.width]
	for i, b := range set {
		for ; b != 0; b &= b - 1 {
			vec.AddF64(sum, w.p.s.row(64*i+bits.TrailingZeros64(b)))
		}
	}
}

// findMembers finds the rows within the bandwidth of each position.
func (w *shifter) findMembers(list []int32, block *block, set func(i int) []uint64) {
	n, measured := w.p.s.Len(), 0
	clear(w.members)
	for at := 0; at < n; at += chunk {
		cols := w.tile.bound(block, w.around, at)
		for i, q := range list {
			measured += w.within(int(q), block, i, at, cols, set(i))
		}
	}
	// Many measured: 8 bits are too coarse for these rows. What is found does not depend on it.
	if w.around.bytes != nil && crowded(measured/len(list), n) {
		w.around = w.p.around.floats()
	}
}

// within adds to the set those of the columns from at on that are within the bandwidth of position q, row i of the
// block. It measures those at the edge, and tells how many.
func (w *shifter) within(q int, block *block, i, at, cols int, set []uint64) (measured int) {
	t := w.tile
	inside := w.h2/2 - block.half[i]
	for _, j := range t.below(i, cols, limit(w.h2, block.half[i])) {
		col := at + int(j)
		if float64(t.low[i*chunk+int(j)])+t.slack(block, i, w.around, col) > inside {
			measured++
			if SquaredL2(w.p.row(q), w.p.s.row(col)) > w.h2 {
				continue
			}
		}
		set[col/64] |= 1 << (col % 64)
	}
	return measured
}
