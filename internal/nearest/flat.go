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

// set is the rows within the bandwidth of position i of a block.
func (w *shifter) set(i int) []uint64 {
	n := words(w.p.s.Len())
	return w.members[i*n : (i+1)*n]
}

// addFlat adds up the rows within the bandwidth of each position. Positions among the same rows share a sum; it gives
// which one is each one's.
func (w *shifter) addFlat(list []int32) []int32 {
	n, sum := w.p.s.Len(), make([]int32, len(list))
	clear(w.sums)
	clear(w.total[:])
	var sets [][]uint64
	var dense []int32
	for i := range list {
		s := slices.IndexFunc(sets, func(o []uint64) bool { return slices.Equal(o, w.set(i)) })
		if s < 0 {
			s = len(sets)
			sets = append(sets, w.set(i))
			if w.total[s] = count(w.set(i)); w.total[s] > sparse*float64(n) {
				dense = append(dense, int32(s))
			} else {
				w.addEach(s, w.set(i))
			}
		}
		sum[i] = int32(s)
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
	return sum
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
func (w *shifter) findMembers(list []int32, block *block) {
	n, measured := w.p.s.Len(), 0
	clear(w.members)
	for at := 0; at < n; at += chunk {
		cols := w.tile.bound(block, w.around, at)
		for i, q := range list {
			measured += w.within(int(q), block, i, at, cols, w.set(i))
		}
	}
	// Many measured: 8 bits are too coarse for these rows. What is found does not depend on it.
	if w.around.bytes != nil && crowded(measured/len(list), n) {
		w.around = w.p.around().floats()
	}
}

// takeMembers fills the sets of a block of positions with the rows inside, and those of the rows within that measuring
// shows to be in the window: one set for each position.
func (w *shifter) takeMembers(list []int32, inside, within []uint64) {
	n := words(w.p.s.Len())
	copy(w.members, inside)
	for i, q := range list {
		set := w.set(i)
		for at, b := range within[i*n : (i+1)*n] {
			for b &^= set[at]; b != 0; b &= b - 1 {
				bit := bits.TrailingZeros64(b)
				if SquaredL2(w.p.row(int(q)), w.p.s.row(64*at+bit)) <= w.h2 {
					set[at] |= 1 << bit
				}
			}
		}
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
