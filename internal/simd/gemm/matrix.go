package gemm

import "fmt"

// Matrix is a matrix in memory: number (i, j) is Data[i*RowStride+j*ColStride]. Strides are not negative; its transpose
// is the same numbers with lengths and strides swapped.
type Matrix struct {
	Data                 []float32
	Rows, Cols           int
	RowStride, ColStride int
}

// T is the transpose, of the same numbers.
func (m Matrix) T() Matrix { return Matrix{m.Data, m.Cols, m.Rows, m.ColStride, m.RowStride} }

// part is the matrix of rows×cols from number (i, j) on.
func (m Matrix) part(i, j, rows, cols int) Matrix {
	if rows <= 0 || cols <= 0 {
		return Matrix{nil, rows, cols, m.RowStride, m.ColStride}
	}
	return Matrix{m.Data[i*m.RowStride+j*m.ColStride:], rows, cols, m.RowStride, m.ColStride}
}

// check panics unless all numbers are there.
func (m Matrix) check(name string) {
	if m.Rows < 0 || m.Cols < 0 || m.RowStride < 0 || m.ColStride < 0 ||
		m.Rows > 0 && m.Cols > 0 && len(m.Data) <= (m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride {
		panic(fmt.Sprintf("gemm: %s: %d×%d with strides %d, %d do not lie in %d numbers", name, m.Rows, m.Cols, m.RowStride, m.ColStride, len(m.Data)))
	}
}

func checkMul(dst []float32, ldc int, a, b Matrix) {
	a.check("a")
	b.check("b")
	if a.Cols != b.Rows {
		panic(fmt.Sprintf("gemm: %d×%d times %d×%d", a.Rows, a.Cols, b.Rows, b.Cols))
	}
	if a.Rows > 0 && b.Cols > 0 && (ldc < b.Cols && a.Rows > 1 || len(dst) < (a.Rows-1)*ldc+b.Cols) {
		panic(fmt.Sprintf("gemm: a product of %d×%d, rows %d apart, does not lie in %d numbers", a.Rows, b.Cols, ldc, len(dst)))
	}
}
