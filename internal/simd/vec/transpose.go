package vec

import "fmt"

// Transpose sets dst[c·ldDst + r] = src[r·ldSrc + c] for r < rows, c < cols; nothing else of dst is touched. dst and src must
// not overlap. It goes over the whole matrix tile by tile, without regard to larger caches: give it blocks.
func Transpose(dst, src []float32, rows, cols, ldDst, ldSrc int) {
	if rows <= 0 || cols <= 0 {
		return
	}
	if ldSrc < cols || ldDst < rows || len(src) < (rows-1)*ldSrc+cols || len(dst) < (cols-1)*ldDst+rows {
		panic(fmt.Sprintf("vec: transpose of %d×%d: %d numbers, rows %d apart, to %d numbers, rows %d apart",
			rows, cols, len(src), ldSrc, len(dst), ldDst))
	}
	transposeKernel(dst, src, rows, cols, ldDst, ldSrc)
}
