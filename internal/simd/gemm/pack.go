package gemm

import (
	"fmt"

	"fashionpipe/internal/parallel"
)

// packParallel is the size from which on Pack uses more than one core: below, starting a goroutine costs more.
const packParallel = 1 << 16

// PackedLen is the length of B, of k rows and n columns, packed.
func PackedLen(k, n int) int { return active.packedLen(k, n) }

// Pack packs B, whose number at row i and column j is b[i*rowStride+j*colStride], into dst, PackedLen(k, n) long. Panel
// p holds columns p·NR … of all k rows, [k][NR]; columns past n are zeros.
func Pack(dst, b []float32, k, n, rowStride, colStride int) {
	kr := active
	panels := (n + kr.nr - 1) / kr.nr
	if k*n < packParallel || panels == 1 || parallel.Workers() == 1 {
		kr.pack(dst, b, k, n, rowStride, colStride)
		return
	}
	parallel.For(panels, func(_, p int) {
		lo := p * kr.nr
		kr.pack(dst[lo*k:], b[lo*colStride:], k, min(kr.nr, n-lo), rowStride, colStride)
	})
}

func (kr kernel) packedLen(k, n int) int { return (n + kr.nr - 1) / kr.nr * kr.nr * k }

func (kr kernel) pack(dst, b []float32, k, n, rowStride, colStride int) {
	if len(dst) < kr.packedLen(k, n) {
		panic(fmt.Sprintf("gemm: pack: %d×%d into %d numbers, %d are needed", k, n, len(dst), kr.packedLen(k, n)))
	}
	for lo := 0; lo < n && k > 0; lo += kr.nr {
		panel, cols := dst[lo*k:lo*k+k*kr.nr], min(kr.nr, n-lo)
		switch from := lo * colStride; {
		case colStride == 1:
			kr.packRows(panel, b[from:], cols, rowStride)
		default:
			kr.packColumns(panel, b[from:], cols, rowStride, colStride)
		}
	}
}

// packRows packs a panel of rows that are contiguous.
func (kr kernel) packRows(panel, b []float32, cols, stride int) {
	for i := 0; i*kr.nr < len(panel); i++ {
		row := panel[i*kr.nr : (i+1)*kr.nr]
		copy(row, b[i*stride:i*stride+cols])
		clear(row[cols:])
	}
}

// packColumns packs a panel number by number.
func (kr kernel) packColumns(panel, b []float32, cols, rowStride, colStride int) {
	for i := 0; i*kr.nr < len(panel); i++ {
		row := panel[i*kr.nr : (i+1)*kr.nr]
		for j := range cols {
			row[j] = b[i*rowStride+j*colStride]
		}
		clear(row[cols:])
	}
}
