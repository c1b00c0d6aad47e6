package nearest

import (
	"fmt"
	"math"
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
	block
}

// block is a set of padded float32 rows with what the screen needs to know of each.
type block struct {
	width int       // Dim padded to a multiple of align
	rows  []float32 // n×width
	half  []float64 // ½‖row‖², so that half(i)+half(j)−product is half the squared distance
	norm  []float64 // ‖row‖
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
	largest := float32(0)
	for i, v := range data {
		v = max(v, -v)
		if !(v <= math.MaxFloat32) {
			return nil, fmt.Errorf("nearest: row %d has %v at position %d; only finite numbers have distances", i/dim, data[i], i%dim)
		}
		largest = max(largest, v)
	}
	s := &Space{Metric: metric, Dim: dim, data: data, scale: 1}
	if _, e := math.Frexp(float64(largest)); metric == L2 && largest > 0 {
		s.scale = math.Ldexp(1, -e)
	}
	s.factors()
	s.centre()
	s.place()
	s.findCopies()
	return s, nil
}

// Len is the number of rows.
func (s *Space) Len() int { return len(s.inverse) }

// Row is the i-th row as given.
func (s *Space) Row(i int) []float32 { return s.data[i*s.Dim : (i+1)*s.Dim : (i+1)*s.Dim] }

func (s *Space) factors() {
	s.inverse = make([]float64, len(s.data)/s.Dim)
	for i := range s.inverse {
		s.inverse[i] = 1
		if s.Metric == Cosine {
			if n := Norm(s.Row(i)); n > 0 {
				s.inverse[i] = 1 / n
			} else {
				s.inverse[i] = 0
			}
		}
	}
}

// centre finds the mean of the rows, rounded to a few bits of their spread: subtracting it then leaves whole numbers
// whole, and rows that are a bandwidth apart exactly so.
func (s *Space) centre() {
	s.mean = make([]float64, s.Dim)
	for i, f := range s.inverse {
		for j, v := range s.Row(i) {
			s.mean[j] += float64(float64(v) * f)
		}
	}
	for j := range s.mean {
		s.mean[j] /= float64(max(1, len(s.inverse)))
	}
	var spread float64
	for i, f := range s.inverse {
		for j, v := range s.Row(i) {
			spread = max(spread, math.Abs(float64(float64(v)*f)-s.mean[j]))
		}
	}
	if spread == 0 {
		return
	}
	_, e := math.Frexp(spread)
	step := math.Ldexp(1, e-12)
	for j, m := range s.mean {
		s.mean[j] = math.Round(m/step) * step
	}
}

// place makes the centred copy.
func (s *Space) place() {
	s.block = newBlock(s.Len(), s.Dim)
	v := make([]float64, s.Dim)
	var mean2 float64
	for _, m := range s.mean {
		mean2 += float64(m * m)
	}
	for i, f := range s.inverse {
		for j, x := range s.Row(i) {
			v[j] = (float64(float64(x)*f) - s.mean[j]) * s.scale
		}
		s.set(i, v)
		if f == 0 { // so that half(i)+half(j)−product is 1 for every j
			s.half[i] = 0.5 + 0.5*mean2
		}
	}
}

func newBlock(n, dim int) block {
	width := (dim + align - 1) / align * align
	return block{width: width, rows: make([]float32, n*width), half: make([]float64, n), norm: make([]float64, n)}
}

// set writes row i from v.
func (b *block) set(i int, v []float64) {
	var sum float64
	row := b.rows[i*b.width:]
	for j, x := range v {
		row[j] = float32(x)
		sum += float64(x * x)
	}
	b.half[i], b.norm[i] = sum/2, math.Sqrt(sum)
}

// row is row i of the block, padding included.
func (b *block) row(i int) []float32 { return b.rows[i*b.width : (i+1)*b.width : (i+1)*b.width] }

// refresh brings half and norm of row i up to date with its numbers.
func (b *block) refresh(i int) {
	n := Norm(b.row(i))
	b.half[i], b.norm[i] = n*n/2, n
}

// Distance is the exact measure between rows i and j that all orders are made by: for Cosine, 1 − cosine similarity;
// for L2, the squared distance.
func (s *Space) Distance(i, j int) float64 {
	f, g := s.inverse[i], s.inverse[j]
	if f == 0 || g == 0 {
		return 1
	}
	d := scaledSquares(s.Row(i), f, s.Row(j), g)
	if s.Metric == Cosine {
		return d / 2 // ½‖u−v‖² = 1 − u·v for unit u, v, without its loss of digits where u and v are close
	}
	return d
}
