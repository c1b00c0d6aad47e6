//go:build !amd64

package vec

func transposeKernel(dst, src []float32, rows, cols, ldDst, ldSrc int) {
	transposeGo(dst, src, rows, cols, ldDst, ldSrc)
}
