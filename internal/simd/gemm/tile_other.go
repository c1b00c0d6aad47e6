//go:build !amd64

package gemm

func (k kernel) rowsTile(c []float32, ldc, rows, cols int, a []float32, off []int, taps, run int, panel []float32, add bool) {
	rowsGo(c, ldc, rows, cols, a, off, taps, run, panel, add)
}

func (k kernel) outerTile(c []float32, ldc, rows, cols int, a []float32, off []int, b []float32, ldb int, add bool) {
	outerGo(c, ldc, rows, cols, a, off, b, ldb, add)
}

func (k kernel) copyRows(dst []float32, stride int, b Matrix) { copyRowsGo(dst, stride, b) }

func (k kernel) transpose(dst []float32, stride int, b Matrix) { packEach(dst, stride, b.Cols, b) }
