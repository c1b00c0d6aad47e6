package winograd

import "fashionpipe/internal/simd/gemm"

// work is what decides how many tile rows make a group, which workers share out, and which is finished, while it may still be
// in a cache, when done is called.
type work struct {
	chunk int     // tiles taken at a time
	fetch float64 // time for a chunk to read U, in tiles
}

// Measured on Zen 4: while U fits the second cache, chunks are best of which V and M nearly fit beside it; otherwise chunks that
// read U from the third cache, or from memory, less often.
func newWork(s Shape) work {
	row, u := gemm.MR(), 36*4*s.Ci*s.Co
	switch {
	case u <= 1<<20:
		return work{ceil(24, row) * row, 3}
	case u <= 16<<20:
		return work{ceil(72, row) * row, 6}
	}
	return work{ceil(72, row) * row, 20}
}

// mostTiles is how many tiles a group has at most, unless a single row has more.
const mostTiles = 144

// groupRows is the number of tile rows in a group, of all there are, with across tiles each: the one that takes the least time
// by a simple model, for one, two, four and eight workers together. So it depends on the shape alone.
func (w work) groupRows(rows, across int) int {
	best, least := 1, w.total(rows, 1, across)
	for g := 2; g <= rows && g*across <= mostTiles; g++ {
		if t := w.total(rows, g, across); t < least {
			best, least = g, t
		}
	}
	return best
}

// total is the time for all rows in groups of g, fewer workers counting more.
func (w work) total(rows, g, across int) (time float64) {
	groups, full, rest := ceil(rows, g), w.group(g*across), w.group(rows%g*across)
	for workers := 1; workers <= 8; workers *= 2 {
		rounds := float64(ceil(groups, workers)) * full
		if rest > 0 && groups%workers == 1%workers { // only the last group in the last round
			rounds += rest - full
		}
		time += rounds
	}
	return time
}

// group is the time for a group: a tile's for each row of gemm's tiles, used or not, and that for reading U.
func (w work) group(tiles int) (time float64) {
	for ; tiles > 0; tiles -= w.chunk {
		time += float64(ceil(min(tiles, w.chunk), gemm.MR())*gemm.MR()) + w.fetch
	}
	return time
}
