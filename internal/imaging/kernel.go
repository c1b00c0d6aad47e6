package imaging

import "math"

// taps holds, for every output sample, which n neighbouring input samples it is a weighted sum of. Weights are in
// 1/256 and add up to 256.
type taps struct {
	n     int
	first []int     // per output sample, the first input sample
	w     []uint64  // n per output sample
	exact []float64 // n weights before rounding
}

// bilinear sets the taps that resize the interval [from, to) of an input of size samples to out samples with a triangle
// filter. Where that shrinks, the triangle is as wide as the scale, so that every input sample counts (antialiasing):
// the method of Pillow's BILINEAR and torchvision's antialiased resize. No sample outside the interval is used.
func (t *taps) bilinear(from, to float64, size, out int) {
	lo := min(max(0, int(math.Floor(from))), size-1)
	hi := max(lo+1, min(size, int(math.Ceil(to))))
	scale := (to - from) / float64(out)
	support := math.Max(scale, 1)
	t.n = min(int(math.Ceil(2*support)), hi-lo)
	t.first, t.w, t.exact = resized(t.first, out), resized(t.w, out*t.n), resized(t.exact, t.n)
	for i := range out {
		centre := from + float64((float64(i)+0.5)*scale)
		first := max(lo, min(int(math.Floor(centre-support+0.5)), hi-t.n))
		t.first[i] = first
		for k := range t.exact {
			t.exact[k] = math.Max(0, 1-math.Abs(float64(first+k)+0.5-centre)/support)
		}
		quantise(t.w[i*t.n:][:t.n], t.exact)
	}
}

// quantise rounds weights to 1/256 of their sum. It rounds the running total, so the errors of neighbours cancel and
// the total is 256 exactly: a flat area keeps its value.
func quantise(dst []uint64, exact []float64) {
	var sum, total float64
	for _, x := range exact {
		sum += x
	}
	var done uint64
	for k, x := range exact {
		total += x
		upTo := uint64(math.Round(256 * (total / sum)))
		dst[k] = upTo - done
		done = upTo
	}
}

// resized gives a slice of length n, in the same memory if it fits. Its contents are arbitrary.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// span gives the input samples [from, to) that are used.
func (t *taps) span() (from, to int) {
	return t.first[0], t.first[len(t.first)-1] + t.n
}

// shift moves the origin of the input by n samples.
func (t *taps) shift(n int) {
	for i := range t.first {
		t.first[i] -= n
	}
}
