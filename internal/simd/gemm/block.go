package gemm

import "fashionpipe/internal/simd"

// block multiplies a, of at most maxDepth columns, with n columns of packed panels. Scratch is for a tile's rows.
func (kr kernel) block(dst []float32, ldc int, a Matrix, n int, packed []float32, add bool, scratch []float32) {
	for r := 0; r < a.Rows; r += kr.mr {
		rows := min(kr.mr, a.Rows-r)
		tiles, part := dst[r*ldc:], a.part(r, 0, rows, a.Cols)
		switch {
		case a.ColStride == 1 && a.RowStride%badStride != 0:
			kr.across(tiles, ldc, part, n, packed, add)
		case a.RowStride == 1:
			kr.along(tiles, ldc, part, n, packed, add, scratch)
		default:
			kr.across(tiles, ldc, gather(scratch, part), n, packed, add)
		}
	}
}

// badStride is 4 KB. Where rows are a multiple of it apart, all of a tile's rows want the same few lines of the first
// level cache, and none stays there.
const badStride = 1024

// gather copies a with its rows contiguous, and at no bad stride.
func gather(dst []float32, a Matrix) Matrix {
	to := Matrix{dst, a.Rows, a.Cols, a.Cols + 16, 1}
	for i := range a.Rows {
		row := to.Data[i*to.RowStride:][:a.Cols]
		if a.ColStride == 1 {
			copy(row, a.Data[i*a.RowStride:])
			continue
		}
		for j := range row {
			row[j] = a.Data[i*a.RowStride+j*a.ColStride]
		}
	}
	return to
}

// across computes the tiles of a few contiguous rows.
func (kr kernel) across(dst []float32, ldc int, a Matrix, n int, packed []float32, add bool) {
	var off [maxMR]int
	for i := range a.Rows {
		off[i] = i * a.RowStride
	}
	for j := 0; j < n; j += kr.nr {
		kr.rowsTile(dst[j:], ldc, a.Rows, min(kr.nr, n-j), a.Data, off[:], min(1, a.Cols), a.Cols, packed[j*a.Cols:], add)
	}
}

// along computes the tiles of a few rows whose columns are contiguous. It packs these, half a panel wide: as they lie
// in memory, each would be on another page.
func (kr kernel) along(dst []float32, ldc int, a Matrix, n int, packed []float32, add bool, scratch []float32) {
	if a.Cols > 0 {
		kr.copyRows(scratch, kr.nr/2, a.T())
	}
	off := steps[kr.level][:a.Cols]
	for j := 0; j < n; j += kr.nr {
		kr.outerTile(dst[j:], ldc, a.Rows, min(kr.nr, n-j), scratch, off, packed[j*a.Cols:], kr.nr, add)
	}
}

// steps are the offsets of columns packed half a panel wide, by level.
var steps = makeSteps()

func makeSteps() (s [simd.AVX512 + 1][maxDepth]int) {
	for l := range s {
		for i := range s[l] {
			s[l][i] = i * kernelOf(simd.Level(l)).nr / 2
		}
	}
	return s
}
