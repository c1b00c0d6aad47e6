package nearest

import "context"

// Closer writes, for each of the rows from, the squared L2 distance of every row to it where that is below the one in
// least, and that in least elsewhere: out[f][i] = min(least[i], SquaredL2(row i, row from[f])). Distances that the
// screen shows to be larger are not measured.
func (s *Space) Closer(ctx context.Context, from []int32, least []float64, out [][]float64, workers int) error {
	centres := newBlock(len(from), s.Dim)
	for f, r := range from {
		copy(centres.row(f), s.row(int(r)))
		centres.half[f], centres.norm[f] = s.half[r], s.norm[r]
	}
	unit := 1 / (s.scale * s.scale)
	tiles := (s.Len() + tileRows - 1) / tileRows
	return ForEach(ctx, tiles, workers, func(_, t int) {
		lo, hi := t*tileRows, min(s.Len(), (t+1)*tileRows)
		dots := make([]float32, (hi-lo)*len(from))
		product(dots, s.rows[lo*s.width:hi*s.width], centres.rows, hi-lo, len(from), s.width)
		for i := lo; i < hi; i++ {
			for f, r := range from {
				out[f][i] = least[i]
				if lower, _ := bounds(&s.block, i, &centres, f, dots[(i-lo)*len(from)+f]); lower*unit < least[i] {
					out[f][i] = min(least[i], SquaredL2(s.Row(i), s.Row(int(r))))
				}
			}
		}
	})
}
