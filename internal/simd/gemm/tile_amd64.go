package gemm

import (
	"unsafe"

	"fashionpipe/internal/simd"
)

// The tiles are called by name, not by way of variables: so the compiler sees that they keep none of their arguments,
// and a caller's offsets may stay on its stack.

func (k kernel) rowsTile(c []float32, ldc, rows, cols int, a []float32, off []int, taps, run int, panel []float32, add bool) {
	switch k.level {
	case simd.AVX512:
		rowsAVX512(first(c), ldc, rows, cols, first(a), first(off), taps, run, first(panel), add)
	case simd.AVX2:
		rowsAVX2(first(c), ldc, rows, cols, first(a), first(off), taps, run, first(panel), add)
	default:
		rowsGo(c, ldc, rows, cols, a, off, taps, run, panel, add)
	}
}

func (k kernel) outerTile(c []float32, ldc, rows, cols int, a []float32, off []int, b []float32, ldb int, add bool) {
	switch k.level {
	case simd.AVX512:
		outerAVX512(first(c), ldc, rows, cols, first(a), first(off), len(off), first(b), ldb, add)
	case simd.AVX2:
		outerAVX2(first(c), ldc, rows, cols, first(a), first(off), len(off), first(b), ldb, add)
	default:
		outerGo(c, ldc, rows, cols, a, off, b, ldb, add)
	}
}

// copyRows packs contiguous rows, stride apart: a panel's, or the half of it.
func (k kernel) copyRows(dst []float32, stride int, b Matrix) {
	switch k.level {
	case simd.AVX512:
		packAVX512(first(dst), stride, first(b.Data), b.RowStride, b.Rows, b.Cols)
	case simd.AVX2:
		packAVX2(first(dst), stride, first(b.Data), b.RowStride, b.Rows, b.Cols)
	default:
		copyRowsGo(dst, stride, b)
	}
}

// transpose packs 8 columns that are contiguous, of a multiple of 8 rows.
func (k kernel) transpose(dst []float32, stride int, b Matrix) {
	if k.level == simd.None {
		packEach(dst, stride, 8, b)
		return
	}
	transposeSquares(first(dst), stride, first(b.Data), b.ColStride, b.Rows/8)
}

func first[T any](s []T) *T { return unsafe.SliceData(s) }
