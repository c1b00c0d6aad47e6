package loop

import "fashionpipe/internal/simd/vec"

// firstShift makes the means of the first block the shift.
func (f *frame) firstShift(s *sink, x []float32, at, cols int) {
	shift := f.scratch[s.shift+at:][:f.p.fold*cols]
	vec.Fill(shift[:cols], 0)
	vec.AddColumns(shift[:cols], x, len(x)/cols, cols)
	vec.DivScalar(shift[:cols], shift[:cols], float32(len(x)/cols))
	tile(shift, shift[:cols])
}

// flushMoments merges the sums since the last flush, of the numbers minus shift, with the mean and the squares so far,
// and makes the new mean the shift.
func (f *frame) flushMoments(s *sink) {
	mean := f.columns(s)
	squares := f.record[s.record+f.p.cols+f.c0:][:len(mean)]
	acc, acc2, shift := f.scratch[s.acc:], f.scratch[s.acc2:], f.scratch[s.shift:]
	w := merging(f.done, f.pending)
	for c := range mean {
		var sum, sum2 float64
		for at := c; at < f.p.fold*len(mean); at += len(mean) {
			sum += float64(acc[at])
			sum2 += float64(acc2[at])
		}
		d := sum / float64(f.pending)
		w.merge(&mean[c], &squares[c], float64(shift[c])+d, max(0, sum2-sum*d))
	}
	for c := range mean {
		shift[c] = float32(mean[c])
	}
	tile(shift[:f.p.fold*len(mean)], shift[:len(mean)])
}

// weights are those of the rule of Chan, Golub and LeVeque (1983) for merging the moments of two samples.
type weights struct{ mean, squares float64 }

// merging gives the weights for adding n numbers to so many.
func merging(so, n int) weights {
	all := float64(so + n)
	return weights{float64(n) / all, float64(so) * float64(n) / all}
}

func (w weights) merge(mean, squares *float64, mean2, squares2 float64) {
	d := mean2 - *mean
	*mean += w.mean * d
	*squares += squares2 + w.squares*d*d
}
