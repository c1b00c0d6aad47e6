package vec

import "fashionpipe/internal/simd"

func transposeKernel(dst, src []float32, rows, cols, ldDst, ldSrc int) {
	size, least := 0, min(rows, cols)
	switch {
	case level >= simd.AVX2 && least >= 8:
		size = 8
	case level >= simd.AVX2 && least >= 4:
		size = 4
	default:
		transposeGo(dst, src, rows, cols, ldDst, ldSrc)
		return
	}
	// What is left at the right and at the bottom is done by tiles that overlap others, which write the same numbers.
	t := tiles{dst, src, ldDst, ldSrc, size}
	lastRow, lastCol := rows-size, cols-size
	t.at(0, 0, rows/size, cols/size)
	if rows%size != 0 {
		t.at(lastRow, 0, 1, cols/size)
	}
	if cols%size != 0 {
		t.at(0, lastCol, rows/size, 1)
	}
	if rows%size != 0 && cols%size != 0 {
		t.at(lastRow, lastCol, 1, 1)
	}
}

type tiles struct {
	dst, src           []float32
	ldDst, ldSrc, size int
}

// at transposes rowTiles × colTiles tiles that begin at a row and column of src.
func (t tiles) at(row, col, rowTiles, colTiles int) {
	dst, src := t.dst[col*t.ldDst+row:], t.src[row*t.ldSrc+col:]
	if t.size == 8 {
		transpose8AVX2(dst, src, rowTiles, colTiles, t.ldDst, t.ldSrc)
	} else {
		transpose4AVX2(dst, src, rowTiles, colTiles, t.ldDst, t.ldSrc)
	}
}
