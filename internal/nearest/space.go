package nearest

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// Metric says how far apart two rows are.
type Metric string

// The metrics.
const (
	// Cosine is 1 − x·y/(‖x‖‖y‖), from 0 to 2. A row of zeros has no direction: its cosine with every row, another row
	// of zeros included, is taken as 0, so its distance as 1.
	Cosine Metric = "cosine"
	// L2 is ‖x−y‖.
	L2 Metric = "l2"
)

// Space is a set of rows made ready for distances between them: it holds the rows given, and one float32 copy of them,
// moved so that their mean lies near the origin. That leaves every distance as it was and keeps the products small where
// rows are all alike, as those of a collapsed encoder are.
type Space struct {
	Metric Metric
	Dim    int

	data    []float32 // n×Dim, as given
	inverse []float64 // factor of each row before distances: 1 for L2; 1/‖row‖ for cosine, 0 for a row of zeros
	mean    []float64 // of the rows times their factors
	scale   float64   // a power of two that brings the copy's largest number near 1
	first   []int32   // the first row with the same bytes
	copied  bool      // some rows have the same bytes
	block
	rounded func()          // makes bytes, once
	gallery func() *gallery // all rows, made once

	held     Held  // the first rows on a device; nil: this processor computes
	onDevice block // these rows
}

// NewSpace takes rows of dim numbers each, row-major; the space keeps data, which must not change. A number that is
// not finite is an error.
func NewSpace(data []float32, dim int, metric Metric) (*Space, error) {
	if dim < 1 || len(data)%dim != 0 {
		return nil, fmt.Errorf("nearest: %d numbers are no rows of %d", len(data), dim)
	}
	if metric != Cosine && metric != L2 {
		return nil, fmt.Errorf("nearest: metric %q is neither %q nor %q", metric, Cosine, L2)
	}
	largest, err := largest(data, dim)
	if err != nil {
		return nil, err
	}
	s := &Space{Metric: metric, Dim: dim, data: data, scale: 1}
	if _, e := math.Frexp(float64(largest)); metric == L2 && largest > 0 {
		s.scale = math.Ldexp(1, -e)
	}
	s.factors()
	s.centre()
	s.place()
	s.findCopies()
	s.rounded = sync.OnceFunc(s.roundWell)
	s.gallery = sync.OnceValue(func() *gallery { return s.newGallery(all(s.Len())) })
	return s, nil
}

// largest is the largest absolute value of the rows.
func largest(data []float32, dim int) (float32, error) {
	n := len(data) / dim
	of := make([]float32, n)
	byRows(n, func(i int) {
		row := data[i*dim : (i+1)*dim]
		of[i] = max(vec.Maximum(row), -vec.Minimum(row))
	})
	most := float32(0)
	for i, v := range of {
		if !(v <= math.MaxFloat32) {
			at := slices.IndexFunc(data[i*dim:], func(v float32) bool { return !(max(v, -v) <= math.MaxFloat32) })
			return 0, fmt.Errorf("nearest: row %d has %v at position %d; only finite numbers have distances", i, data[i*dim+at], at)
		}
		most = max(most, v)
	}
	return most, nil
}

// byRows calls f for n rows, from all cores.
func byRows(n int, f func(i int)) {
	const block = 64
	parallel.For((n+block-1)/block, func(_, b int) {
		for i := b * block; i < min(n, (b+1)*block); i++ {
			f(i)
		}
	})
}

// Len is the number of rows.
func (s *Space) Len() int { return len(s.inverse) }

// Row is the i-th row as given.
func (s *Space) Row(i int) []float32 { return s.data[i*s.Dim : (i+1)*s.Dim : (i+1)*s.Dim] }

func (s *Space) factors() {
	s.inverse = make([]float64, len(s.data)/s.Dim)
	byRows(len(s.inverse), func(i int) {
		s.inverse[i] = 1
		if s.Metric == Cosine {
			if n := Norm(s.Row(i)); n > 0 {
				s.inverse[i] = 1 / n
			} else {
				s.inverse[i] = 0
			}
		}
	})
}

// centre finds the mean of the rows. With L2 it is rounded to a few bits of their spread: subtracting it then leaves
// whole numbers whole, and rows that are a bandwidth apart exactly so. Cores share the work by columns, so each sum runs
// in the order of the rows.
func (s *Space) centre() {
	const width = 64
	s.mean = make([]float64, s.Dim)
	spreads := make([]float64, (s.Dim+width-1)/width)
	parallel.For(len(spreads), func(_, b int) {
		lo, hi := b*width, min(s.Dim, (b+1)*width)
		mean := s.mean[lo:hi]
		for i, f := range s.inverse {
			vec.AddScaledF64(mean, f, s.Row(i)[lo:hi])
		}
		for j := range mean {
			mean[j] /= float64(max(1, len(s.inverse)))
		}
		if s.Metric == L2 && s.Len() > 0 {
			spreads[b] = s.spread(lo, hi)
		}
	})
	spread := slices.Max(spreads)
	if spread == 0 {
		return
	}
	_, e := math.Frexp(spread)
	step := math.Ldexp(1, e-12)
	for j, m := range s.mean {
		s.mean[j] = math.Round(m/step) * step
	}
}

// spread is how far the numbers of columns lo … hi-1 lie from their mean at most.
func (s *Space) spread(lo, hi int) float64 {
	least, most := slices.Clone(s.Row(0)[lo:hi]), slices.Clone(s.Row(0)[lo:hi])
	for i := range s.Len() {
		vec.Min(least, least, s.Row(i)[lo:hi])
		vec.Max(most, most, s.Row(i)[lo:hi])
	}
	spread := 0.0
	for j, m := range s.mean[lo:hi] {
		spread = max(spread, m-float64(least[j]), float64(most[j])-m)
	}
	return spread
}

// place makes the centred copy.
func (s *Space) place() {
	s.block = newBlock(s.Len(), s.Dim)
	var mean2 float64
	for _, m := range s.mean {
		mean2 += float64(m * m)
	}
	vectors := make([][]float64, parallel.Workers())
	parallel.For((s.Len()+blockRows-1)/blockRows, func(w, b int) {
		if vectors[w] == nil {
			vectors[w] = make([]float64, s.Dim)
		}
		v := vectors[w]
		for i := b * blockRows; i < min(s.Len(), (b+1)*blockRows); i++ {
			f := s.inverse[i]
			for j, x := range s.Row(i) {
				v[j] = (float64(float64(x)*f) - s.mean[j]) * s.scale
			}
			s.set(i, v)
			if f == 0 { // so that half(i)+half(j)−product is 1 for every j
				s.half[i] = 0.5 + 0.5*mean2
			}
		}
	})
}
