package nearest

import (
	"math/bits"
	"slices"
)

// words is the length of a set of n rows: a bit for each.
func words(n int) int { return (n + 63) / 64 }

// addFlat adds up the rows within the bandwidth of each position. Positions among the same rows share a sum: which one
// is each one's it writes to sum.
func (w *shifter) addFlat(list []int32, block *block, sum []int) {
	n := w.p.s.Len()
	set := func(i int) []uint64 { return w.members[i*words(n) : (i+1)*words(n)] }
	clear(w.members)
	for at := 0; at < n; at += chunk {
		cols := w.tile.bound(block, w.p.around, at)
		for i, q := range list {
			w.within(int(q), block, i, at, cols, set(i))
		}
	}
	var sets [][]uint64
	for i := range list {
		s := slices.IndexFunc(sets, func(o []uint64) bool { return slices.Equal(o, set(i)) })
		if s < 0 {
			s = len(sets)
			sets = append(sets, set(i))
			for _, b := range set(i) {
				w.total[s] += float64(bits.OnesCount64(b))
			}
		}
		sum[i] = s
	}
	for at := 0; at < n; at += depth {
		for s, members := range sets {
			weights := w.weights[s*depth : s*depth+min(depth, n-at)]
			for j := range weights {
				weights[j] = float32(members[(at+j)/64] >> ((at + j) % 64) & 1)
			}
		}
		w.add(at, len(sets))
	}
}

// within adds to the set those of the columns from at on that are within the bandwidth of position q, row i of the
// block. It measures those at the edge.
func (w *shifter) within(q int, block *block, i, at, cols int, set []uint64) {
	c, t := w.p.around, w.tile
	inside := w.h2/2 - block.half[i]
	for _, j := range t.below(i, cols, limit(w.h2, block.half[i])) {
		col := at + int(j)
		if float64(t.low[i*chunk+int(j)])+t.slack(block, i, c, col) <= inside || SquaredL2(w.p.row(q), w.p.s.row(col)) <= w.h2 {
			set[col/64] |= 1 << (col % 64)
		}
	}
}
