package nearest

import (
	"slices"

	"fashionpipe/internal/simd/dot8"
	"fashionpipe/internal/simd/gemm"
	"fashionpipe/internal/simd/vec"
)

// A tile is blockRows rows by chunk columns: 96 KB of bounds, in the second-level cache with the columns. Both are
// multiples of the kernels' own tiles at all levels.
const (
	blockRows = 96
	chunk     = 256
)

// tile is one worker's memory for screening. Its bounds are of half the squared distance of a row and a column, less the
// row's own half: of half(column) − product.
type tile struct {
	low   []float32 // blockRows×chunk lower bounds
	half  []float32 // of the columns, less what float32 products may be wrong by
	index []int32

	// factor bounds the errors of float32 products of the rows with a column over the column's norm
	factor float64
}

func newTile() *tile {
	return &tile{low: make([]float32, blockRows*chunk), half: make([]float32, chunk), index: make([]int32, chunk)}
}

// The share of halves and of products of norms that arithmetic in float32 on them may lose, and what underflow may.
const (
	rounding  = 0x1p-20
	underflow = 0x1p-120
)

// bound fills low for all rows of a and the columns from at on, up to a chunk. It gives the number of columns.
func (t *tile) bound(a *block, c *columns, at int) int {
	cols := min(chunk, c.len()-at)
	if c.bytes != nil {
		dot8.Bounds(t.low, chunk, a.bytes, c.bytes, at/dot8.NR, (at+cols+dot8.NR-1)/dot8.NR)
		return cols
	}
	t.factor = (errorFactor(c.width) + rounding) * slices.Max(a.norm)
	for j := range cols {
		t.half[j] = float32(c.half[at+j]*(1-rounding) - t.factor*c.norm[at+j] - underflow)
	}
	t.products(a, c, at, cols)
	for r := range a.len() {
		low := t.low[r*chunk : r*chunk+cols]
		vec.Sub(low, t.half[:cols], low)
	}
	return cols
}

// products writes the products of all rows of a with the columns to low.
func (t *tile) products(a *block, c *columns, at, cols int) {
	mr, nr := gemm.MR(), gemm.NR()
	var off [blockRows]int
	for r := range a.len() {
		off[r] = r * a.width
	}
	for j := 0; j < cols; j += nr {
		panel := c.floats[(at+j)*c.width:]
		for r := 0; r < a.len(); r += mr {
			rows := min(mr, a.len()-r)
			gemm.Rows(t.low[r*chunk+j:], chunk, rows, min(nr, cols-j), a.rows, off[r:r+rows], 1, a.width, panel, false)
		}
	}
}

// below gives those of the first cols columns whose bound for row r is at most limit.
func (t *tile) below(r, cols int, limit float32) []int32 {
	n := vec.Below(t.index, t.low[r*chunk:r*chunk+cols], above(float64(limit)))
	return t.index[:n]
}

// slack is at least how far the truth may lie above the bound of row r of a and column col. It belongs to the last bound.
func (t *tile) slack(a *block, r int, c *columns, col int) float64 {
	if c.bytes != nil {
		return dot8.Slack(a.bytes, r, c.bytes, col)
	}
	return 2*t.factor*c.norm[col] + 4*rounding*max(0, c.half[col]) + 4*underflow
}
