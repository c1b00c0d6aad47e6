package nearest

import (
	"math"

	"fashionpipe/internal/simd/dot8"
)

// block is a set of padded float32 rows with what the screen needs to know of each.
type block struct {
	width int        // the rows' length padded to a multiple of align
	rows  []float32  // n×width
	half  []float64  // ½‖row‖², so that half(i)+half(j)−product is half the squared distance
	norm  []float64  // ‖row‖
	bytes *dot8.Rows // the rows in 8 bits; nil until round
}

// align is the number of float32 a row is padded to a multiple of, with zeros: whole vectors.
const align = 16

func newBlock(n, dim int) block {
	width := (dim + align - 1) / align * align
	return block{width: width, rows: make([]float32, n*width), half: make([]float64, n), norm: make([]float64, n)}
}

// len is the number of rows.
func (b *block) len() int { return len(b.half) }

// row is row i of the block, padding included.
func (b *block) row(i int) []float32 { return b.rows[i*b.width : (i+1)*b.width : (i+1)*b.width] }

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

// refresh brings half and norm of row i up to date with its numbers.
func (b *block) refresh(i int) {
	n := Norm(b.row(i))
	b.half[i], b.norm[i] = n*n/2, n
}

// round makes the copy of the rows in 8 bits.
func (b *block) round() { b.bytes = dot8.Round(b.rows, b.width, b.norm) }

// part is rows lo … hi-1, without copying.
func (b *block) part(lo, hi int) block {
	p := block{width: b.width, rows: b.rows[lo*b.width : hi*b.width], half: b.half[lo:hi], norm: b.norm[lo:hi]}
	if b.bytes != nil {
		p.bytes = b.bytes.Part(lo, hi)
	}
	return p
}

// gather gives the rows listed, which ascend, as one block: a part of b where they lie side by side, else copies.
func (b *block) gather(rows []int32, buf *block) block {
	if lo, hi := int(rows[0]), int(rows[len(rows)-1])+1; hi-lo == len(rows) {
		return b.part(lo, hi)
	}
	return b.copies(rows, buf)
}

// copies gives copies of rows as one block, in buf, which is as wide as b and long enough.
func (b *block) copies(rows []int32, buf *block) block {
	if b.bytes != nil && buf.bytes == nil {
		buf.bytes = dot8.NewRows(buf.len(), buf.width)
	}
	for i, r := range rows {
		copy(buf.row(i), b.row(int(r)))
		buf.half[i], buf.norm[i] = b.half[r], b.norm[r]
		if b.bytes != nil {
			buf.bytes.Copy(i, b.bytes, int(r))
		}
	}
	return buf.part(0, len(rows))
}
