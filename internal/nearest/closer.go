package nearest

import (
	"context"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// Closer writes, for each of the rows from, the squared L2 distance of every row to it where that is below the one in
// least, and that in least elsewhere: out[f][i] = min(least[i], SquaredL2(row i, row from[f])). Distances that the
// screen shows to be larger are not measured.
func (s *Space) Closer(ctx context.Context, from []int32, least []float64, out [][]float64, workers int) error {
	g := s.gallery().best()
	places := newBlock(min(len(from), blockRows), s.Dim)
	scratch := make([]*closer, max(1, workers))
	for lo := 0; lo < len(from); lo += blockRows {
		part := from[lo:min(len(from), lo+blockRows)]
		a := s.copies(part, &places)
		err := parallel.ForEach(ctx, (g.len()+chunk-1)/chunk, workers, func(w, c int) {
			if scratch[w] == nil {
				scratch[w] = &closer{s: s, g: g, tile: newTile(), limits: make([]float32, chunk)}
			}
			scratch[w].measure(&a, part, c*chunk, least, out[lo:])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// closer is one worker's memory.
type closer struct {
	s      *Space
	g      *columns
	tile   *tile
	limits []float32
}

// measure does a chunk of columns.
func (w *closer) measure(a *block, from []int32, at int, least []float64, out [][]float64) {
	cols := w.tile.bound(a, w.g, at)
	rows := w.g.rows[at : at+cols]
	for j, r := range rows {
		w.limits[j] = -w.s.limit(least[r], 0)
	}
	for f, q := range from {
		for _, r := range rows {
			out[f][r] = least[r]
		}
		// low + half ≤ limit; the sum low − limit is rounded by less than a share of half when it is near −half
		low := w.tile.low[f*chunk : f*chunk+cols]
		n := vec.BelowSum(w.tile.index, low, w.limits[:cols], 1, above(-a.half[f]*(1-rounding)))
		for _, j := range w.tile.index[:n] {
			r := rows[j]
			out[f][r] = min(least[r], SquaredL2(w.s.Row(int(r)), w.s.Row(int(q))))
		}
	}
}
