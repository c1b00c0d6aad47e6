package dot8

import (
	"fmt"
	"math"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// MR and NR are the rows and columns that are multiplied at once.
const (
	MR = 12
	NR = 32
)

// MaxWidth is the most numbers a row may have: its products still fit 32 bits.
const MaxWidth = 1 << 16

// Rows are rows rounded to integers.
type Rows struct {
	width   int       // integers of a row, a multiple of 16
	n       int       // rows
	q       []int8    // n×width, and MR rows of zeros, for tiles that end past the last
	starts  []int32   // per row: −128·Σ q
	factors []float32 // per row: scale, rest, size (see factorsOf)
}

// The rounding errors of float32 that bounds must allow for: tiny is relative to norms and halves, least absolute.
const (
	tiny  = 0x1p-20
	least = 0x1p-120
)

// Round rounds n rows of width numbers each, row-major; width is a multiple of 16 up to MaxWidth, numbers are finite and
// at most about 1 in size. norm holds the length of each row, which may be that of the row before it was rounded to
// float32.
func Round(x []float32, width int, norm []float64) *Rows {
	n := len(norm)
	if !Available() || width < 16 || width%16 != 0 || width > MaxWidth || len(x) != n*width {
		panic(fmt.Sprintf("dot8: %d numbers as %d rows of %d", len(x), n, width))
	}
	r := NewRows(n, width)
	const block = 64
	parallel.For((n+block-1)/block, func(_, b int) {
		for i := b * block; i < min(n, (b+1)*block); i++ {
			r.Set(i, x[i*width:(i+1)*width], norm[i])
		}
	})
	return r
}

// NewRows makes n rows of zeros.
func NewRows(n, width int) *Rows {
	return &Rows{width: width, n: n, q: make([]int8, (n+MR)*width), starts: make([]int32, n+MR), factors: make([]float32, 3*(n+MR))}
}

// Set rounds x into row i.
func (r *Rows) Set(i int, x []float32, norm float64) {
	largest := max(vec.Maximum(x), -vec.Minimum(x))
	q := r.q[i*r.width : (i+1)*r.width]
	if largest < 0x1p-50 { // its squares would be too small for float32
		clear(q)
		r.starts[i] = 0
		r.factorsOf(i, 0, norm, norm)
		return
	}
	scale := largest / 127
	lost, sum := roundRow(q, x, 127/largest, scale)
	r.starts[i] = -128 * sum
	r.factorsOf(i, scale, math.Sqrt(float64(lost))*(1+0x1p-10), norm)
}

// factorsOf writes the factors of row i: its scale, an upper bound of ‖v − scale·q‖ and one of ‖scale·q‖. What
// arithmetic in float32 loses on the way to a bound is added to the rest.
func (r *Rows) factorsOf(i int, scale float32, rest, norm float64) {
	rest += 2 * tiny * norm
	f := r.factors[3*i : 3*i+3]
	f[0], f[1], f[2] = scale, float32(rest*(1+tiny)), float32((norm+rest)*(1+tiny))
}

// Len is the number of rows.
func (r *Rows) Len() int { return r.n }

// Part is rows lo … hi-1, without copying.
func (r *Rows) Part(lo, hi int) *Rows {
	return &Rows{width: r.width, n: hi - lo, q: r.q[lo*r.width:], starts: r.starts[lo:], factors: r.factors[3*lo:]}
}

// Copy sets row i to row j of another.
func (r *Rows) Copy(i int, from *Rows, j int) {
	copy(r.q[i*r.width:(i+1)*r.width], from.q[j*r.width:])
	copy(r.factors[3*i:3*i+3], from.factors[3*j:])
	r.starts[i] = from.starts[j]
}

// Loss is the mean share of a row's length that rounding takes: a measure of how far apart bounds are.
func (r *Rows) Loss() float64 {
	var rest, size float64
	for i := range r.n {
		rest += float64(r.factors[3*i+1])
		size += float64(r.factors[3*i+2])
	}
	if size == 0 {
		return 0
	}
	return rest / size
}
