package gemm

import (
	"math"
	"testing"

	"fashionpipe/internal/rng"
	"fashionpipe/internal/simd"
)

// everyLevel runs a test at every level this machine has.
func everyLevel(t *testing.T, f func(t *testing.T, k kernel)) {
	for l := simd.None; l <= simd.Best(); l++ {
		t.Run(l.String(), func(t *testing.T) { f(t, kernelOf(l)) })
	}
}

func random(n int, path ...any) []float32 {
	x := make([]float32, n)
	r := rng.New(7, path...)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// sum is a sum of products in float64, with the sum of their sizes.
type sum struct {
	value, size float64
	n           int
}

func (s *sum) add(a, b float32) {
	p := float64(a) * float64(b)
	s.value += p
	s.size += math.Abs(p)
	s.n++
}

// near tells whether got is within the bound of a float32 sum in any order, with one more addition: n·2⁻²⁴·Σ|a||b|
// (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1).
func (s *sum) near(got, before float32) bool {
	want := s.value + float64(before)
	bound := float64(s.n+1) * (s.size + math.Abs(float64(before))) / (1 << 24)
	return math.Abs(float64(got)-want) <= bound*1.001
}

// guard lies around results.
const guard = -12345.5

// newPlace is a place for c with guards all around, random numbers where the product goes.
func newPlace(rows, cols, ldc int, path ...any) (all, c []float32) {
	const around = 40
	all = make([]float32, 2*around+max(0, rows-1)*ldc+cols)
	for i := range all {
		all[i] = guard
	}
	c = all[around : len(all)-around]
	x := random(rows*cols, path...)
	for r := range rows {
		copy(c[r*ldc:r*ldc+cols], x[r*cols:])
	}
	return all, c
}

// onlyInside reports whether all guards are still there.
func onlyInside(all []float32, rows, cols, ldc int) bool {
	for i, v := range all {
		at := i - 40
		inside := at >= 0 && cols > 0 && at/max(ldc, 1) < rows && at%max(ldc, 1) < cols
		if !inside && v != guard {
			return false
		}
	}
	return true
}
