package gemm

import (
	"fmt"

	"fashionpipe/internal/simd"
)

// kernel is the tile of one level of instructions.
type kernel struct {
	level  simd.Level
	mr, nr int
}

var active = kernelOf(simd.Active())

// maxMR and maxNR are the largest tile of any level.
const maxMR, maxNR = 12, 32

func kernelOf(l simd.Level) kernel {
	switch l {
	case simd.AVX512:
		return kernel{l, 12, 32}
	case simd.AVX2:
		return kernel{l, 6, 16}
	}
	return kernel{simd.None, goMR, goNR}
}

// MR is the number of rows of a tile.
func MR() int { return active.mr }

// NR is the number of columns of a tile, and of a panel.
func NR() int { return active.nr }

// Rows computes a tile whose rows of A are made of pieces of contiguous numbers, as those of a convolution are: one piece
// of run numbers for each of taps offsets (the window's pixels). For r < rows ≤ MR and j < cols ≤ NR
//
//	c[r*ldc+j] = [c[r*ldc+j] +] Σ_t Σ_{i<run} a[off[t*MR+r]+i] · panel[(t*run+i)*NR+j].
//
// Offsets count numbers from &a[0]; besides those into a there may be those that ZeroRow gave for a. The assembly does
// not check them; plain Go does, and panics. Offsets of rows that are not asked for are not looked at. With add the sum
// is made from zero, and c added last.
func Rows(c []float32, ldc, rows, cols int, a []float32, off []int, taps, run int, panel []float32, add bool) {
	active.rows(c, ldc, rows, cols, a, off, taps, run, panel, add)
}

// Outer computes a tile as a sum of outer products, for an A whose rows are contiguous: those of weight gradients, and of
// AᵀB. For r < rows ≤ MR and j < cols ≤ NR
//
//	c[r*ldc+j] = [c[r*ldc+j] +] Σ_{t<len(off)} a[off[t]+r] · b[t*ldb+j].
//
// It touches these numbers only. Offsets are as in Rows.
func Outer(c []float32, ldc, rows, cols int, a []float32, off []int, b []float32, ldb int, add bool) {
	active.outer(c, ldc, rows, cols, a, off, b, ldb, add)
}

func (k kernel) rows(c []float32, ldc, rows, cols int, a []float32, off []int, taps, run int, panel []float32, add bool) {
	if rows <= 0 || cols <= 0 {
		return
	}
	if rows > k.mr || cols > k.nr || len(c) < (rows-1)*ldc+cols || taps < 0 || run < 0 || len(panel) < taps*run*k.nr ||
		taps > 0 && len(off) < (taps-1)*k.mr+rows {
		panic(fmt.Sprintf("gemm: rows: tile %d×%d of %d×%d, %d taps of %d, offsets %d, panel %d, c %d by %d",
			rows, cols, k.mr, k.nr, taps, run, len(off), len(panel), len(c), ldc))
	}
	if run == 0 {
		taps = 0
	}
	k.rowsTile(c, ldc, rows, cols, a, off, taps, run, panel, add)
}

func (k kernel) outer(c []float32, ldc, rows, cols int, a []float32, off []int, b []float32, ldb int, add bool) {
	if rows <= 0 || cols <= 0 {
		return
	}
	if rows > k.mr || cols > k.nr || len(c) < (rows-1)*ldc+cols || ldb < 0 ||
		len(off) > 0 && len(b) < (len(off)-1)*ldb+cols {
		panic(fmt.Sprintf("gemm: outer: tile %d×%d of %d×%d, %d products, b %d by %d, c %d by %d",
			rows, cols, k.mr, k.nr, len(off), len(b), ldb, len(c), ldc))
	}
	k.outerTile(c, ldc, rows, cols, a, off, b, ldb, add)
}
