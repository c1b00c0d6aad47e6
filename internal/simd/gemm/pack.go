package gemm

import (
	"fmt"

	"fashionpipe/internal/parallel"
)

// packParallel is the size from which on Pack uses more than one core: below, starting a goroutine costs more.
const packParallel = 1 << 16

// PackedLen is the length of B, of k rows and n columns, packed.
func PackedLen(k, n int) int { return active.packedLen(k, n) }

// Pack packs B, whose number at row i and column j is b[i*rowStride+j*colStride], into dst, PackedLen(k, n) long at
// least. Panel p holds columns p·NR … of all k rows, [k][NR]; columns past n are zeros. Large ones are packed on all cores.
func Pack(dst, b []float32, k, n, rowStride, colStride int) {
	m := Matrix{b, k, n, rowStride, colStride}
	m.check("pack")
	kr := active
	if k*n < packParallel {
		kr.pack(dst, m)
		return
	}
	parallel.For((n+kr.nr-1)/kr.nr, func(_, p int) {
		lo := p * kr.nr
		kr.pack(dst[lo*k:], m.part(0, lo, k, min(kr.nr, n-lo)))
	})
}

func (kr kernel) packedLen(k, n int) int { return (n + kr.nr - 1) / kr.nr * kr.nr * k }

func (kr kernel) pack(dst []float32, b Matrix) {
	k, n := b.Rows, b.Cols
	if len(dst) < kr.packedLen(k, n) {
		panic(fmt.Sprintf("gemm: pack: %d×%d into %d numbers, %d are needed", k, n, len(dst), kr.packedLen(k, n)))
	}
	for lo := 0; lo < n && k > 0; lo += kr.nr {
		panel, part := dst[lo*k:lo*k+k*kr.nr], b.part(0, lo, k, min(kr.nr, n-lo))
		switch {
		case b.ColStride == 1:
			kr.copyRows(panel, kr.nr, part)
		case b.RowStride == 1:
			kr.packColumns(panel, part)
		default:
			packEach(panel, kr.nr, kr.nr, part)
		}
	}
}

// packColumns packs a panel of columns that are contiguous: squares of 8×8, and number by number what is left. It goes
// through all columns for some rows at a time, so that these rows of the panel stay in the first level cache.
func (kr kernel) packColumns(panel []float32, b Matrix) {
	const rows = 64
	wide := b.Cols / 8 * 8
	for at := 0; at < b.Rows; at += rows {
		to, high := panel[at*kr.nr:], min(rows, b.Rows-at)
		squares := high / 8
		for j := 0; j < wide && squares > 0; j += 8 {
			kr.transpose(to[j:], kr.nr, b.part(at, j, 8*squares, 8))
		}
		packEach(to[wide:], kr.nr, kr.nr-wide, b.part(at, wide, 8*squares, b.Cols-wide))
		packEach(to[8*squares*kr.nr:], kr.nr, kr.nr, b.part(at+8*squares, 0, high-8*squares, b.Cols))
	}
}

// packEach packs number by number, in rows stride apart that zeros fill up to width.
func packEach(dst []float32, stride, width int, b Matrix) {
	for i := range b.Rows {
		row := dst[i*stride : i*stride+width]
		for j := range b.Cols {
			row[j] = b.Data[i*b.RowStride+j*b.ColStride]
		}
		clear(row[b.Cols:])
	}
}

// copyRowsGo packs contiguous rows, stride apart; zeros fill them up to stride.
func copyRowsGo(dst []float32, stride int, b Matrix) {
	for i := range b.Rows {
		n := copy(dst[i*stride:(i+1)*stride], b.Data[i*b.RowStride:i*b.RowStride+b.Cols])
		clear(dst[i*stride+n : (i+1)*stride])
	}
}
