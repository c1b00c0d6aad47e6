package nearest

import (
	"math"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/dot8"
	"fashionpipe/internal/simd/gemm"
)

// columns are rows packed to be the right side of products: in 8 bits, or as float32.
type columns struct {
	width  int
	rows   []int32 // the row that each column is
	half   []float64
	norm   []float64
	bytes  *dot8.Panels
	floats []float32 // panels of gemm
}

func (c *columns) len() int { return len(c.rows) }

// pack makes columns of the rows listed: of their copies in 8 bits, or of the float32.
func (b *block) pack(rows []int32, inBytes bool) *columns {
	c := &columns{width: b.width, rows: rows, half: make([]float64, len(rows)), norm: make([]float64, len(rows))}
	for i, r := range rows {
		c.half[i], c.norm[i] = b.half[r], b.norm[r]
	}
	if inBytes {
		c.packBytes(b)
	} else {
		c.packFloats(b)
	}
	return c
}

func (c *columns) packBytes(b *block) {
	c.bytes = dot8.NewPanels(c.len(), c.width)
	parallel.For((c.len()+dot8.NR-1)/dot8.NR, func(_, p int) {
		for i := p * dot8.NR; i < min(c.len(), (p+1)*dot8.NR); i++ {
			c.bytes.Set(i, b.bytes, int(c.rows[i]), c.half[i], c.norm[i])
		}
	})
}

func (c *columns) packFloats(b *block) {
	c.floats = make([]float32, gemm.PackedLen(c.width, c.len()))
	nr := gemm.NR()
	scratch := make([]block, parallel.Workers())
	parallel.For((c.len()+nr-1)/nr, func(w, p int) {
		if scratch[w].rows == nil {
			scratch[w] = newBlock(nr, c.width)
		}
		lo, hi := p*nr, min(c.len(), (p+1)*nr)
		for i, r := range c.rows[lo:hi] {
			copy(scratch[w].row(i), b.row(int(r)))
		}
		gemm.Pack(c.floats[lo*c.width:], scratch[w].rows, c.width, hi-lo, 1, c.width)
	})
}

// errorFactor bounds the error of a float32 product of two rows over the product of their norms: one rounding per
// multiplication and addition in any order (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 3.1), and one
// for each number that was rounded to float32 before.
func errorFactor(width int) float64 { return float64(width+8) * 0x1p-24 * 1.01 }

// above is a float32 greater than x, at most two steps away; +Inf where x is.
func above(x float64) float32 {
	f := float32(x)
	bits := math.Float32bits(f)
	switch {
	case f > math.MaxFloat32:
		return f
	case f > 0:
		return math.Float32frombits(bits + 1)
	case f < 0:
		return math.Float32frombits(bits - 1)
	}
	return math.SmallestNonzeroFloat32
}
