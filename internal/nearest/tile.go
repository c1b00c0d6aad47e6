package nearest

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Tiles are small enough that gonum multiplies them in the calling goroutine (fewer than four of its blocks of 64×64),
// since the callers are parallel already, and that a tile of rows stays in the second-level cache.
const (
	tileRows = 64  // of the left block
	tileCols = 128 // of the right block
)

// align is the number of float32 a row is padded to a multiple of. With rows 64 bytes apart the product of two rows is
// summed in the same order wherever they lie, so equal rows have equal products.
const align = 16

// product writes a·bᵀ to dst: a holds m rows and b n rows of width numbers each, dst is m×n. It is the place where the
// time goes (measured on one core of an AMD EPYC: gonum's SSE kernel 20 GFLOP/s, 4×4 register blocking in Go 4), and
// the only one a faster kernel has to replace. Its contract: each product depends on its two rows only, and its error
// is at most errorFactor(width)·‖a‖·‖b‖.
func product(dst, a, b []float32, m, n, width int) {
	blas32.Gemm(blas.NoTrans, blas.Trans, 1,
		blas32.General{Rows: m, Cols: width, Stride: width, Data: a},
		blas32.General{Rows: n, Cols: width, Stride: width, Data: b},
		0, blas32.General{Rows: m, Cols: n, Stride: n, Data: dst})
}

// combine adds w·b to dst: m weighted sums of the n rows of b. Each sum runs in the order of the rows, so it depends on
// its own weights only. A weight of 0 costs nothing.
func combine(dst, w, b []float32, m, n, width int) {
	for c := 0; c < width; c += tileCols {
		cols := min(tileCols, width-c)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1,
			blas32.General{Rows: m, Cols: n, Stride: n, Data: w},
			blas32.General{Rows: n, Cols: cols, Stride: width, Data: b[c:]},
			1, blas32.General{Rows: m, Cols: cols, Stride: width, Data: dst[c:]})
	}
}

// errorFactor bounds the error of a float32 product of two rows over the product of their norms: one rounding per
// multiplication and addition in any order (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 3.1), and one
// for each number that was rounded to float32 before.
func errorFactor(width int) float64 { return float64(width+8) * 0x1p-24 * 1.01 }
