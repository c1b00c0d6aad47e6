package vec

import "fmt"

// Sums over the columns of a block x of rows × cols numbers, row by row. A column's numbers are added in the order of the rows
// in float32, so a block should be small (some hundred rows) and blocks be merged in float64. With few columns,
// neighbouring rows are taken for one wide row (see widen) and the wide row's columns added at the end: the order is then
// another, but one that depends on rows and cols only.

// AddColumns adds to acc[c], for each of the cols columns, Σ x[r·cols + c] over the rows.
func AddColumns(acc, x []float32, rows, cols int) {
	checkColumns(acc, x, rows, cols)
	k := widen(rows, cols)
	if k == 1 {
		addColumnsKernel(acc, x)
		return
	}
	var sums [maxWide]float32
	wide, n := k*cols, rows/k*k*cols
	addColumnsKernel(sums[:wide], x[:n])
	addColumnsKernel(sums[:len(x)-n], x[n:])
	addColumnsKernel(acc, sums[:wide]) // rows again
}

// CentredProducts adds to acc[c] Σ (x[r·cols + c] − mean[c])·y[r·cols + c] over the rows. Product and sum are
// rounded together at the levels AVX2 and AVX512, each for itself in plain Go.
func CentredProducts(acc, x, mean, y []float32, rows, cols int) {
	checkColumns(acc, x, rows, cols)
	same1(acc, mean)
	same1(x, y)
	k := widen(rows, cols)
	if k == 1 {
		centredProductsKernel(acc, x, mean, y)
		return
	}
	var sums, means [maxWide]float32
	wide, n := k*cols, rows/k*k*cols
	repeat(means[:wide], mean)
	centredProductsKernel(sums[:wide], x[:n], means[:wide], y[:n])
	centredProductsKernel(sums[:len(x)-n], x[n:], means[:len(x)-n], y[n:])
	addColumnsKernel(acc, sums[:wide]) // rows again
}

// CentredMoments adds to acc[c] Σ (x[r·cols + c] − mean[c]) over the rows, and to squares[c] the sum of their squares, rounded
// as by CentredProducts. It takes few columns as they are, unlike the others: widen them before.
func CentredMoments(acc, squares, x, mean []float32, rows, cols int) {
	checkColumns(acc, x, rows, cols)
	same1(acc, squares)
	same1(acc, mean)
	centredMomentsKernel(acc, squares, x, mean)
}

func checkColumns(acc, x []float32, rows, cols int) {
	if rows < 0 || len(acc) != cols || len(x) != rows*cols {
		panic(fmt.Sprintf("vec: %d×%d block of length %d with %d sums", rows, cols, len(x), len(acc)))
	}
}

// maxWide is the greatest k·cols that widen makes: 16 rows of 15 columns.
const maxWide = 240

// widen says how many rows are taken for one: such that the wide row fills whole vectors of 16, at least three of them, so
// that the sums' latencies overlap. It is 1 where the columns alone do that, where no small number of rows does, and
// where there are too few rows to gain.
func widen(rows, cols int) int {
	if cols == 0 || cols >= 48 || cols > 16 && cols%16 != 0 {
		return 1
	}
	k := 16
	for k > 1 && k/2*cols%16 == 0 {
		k /= 2
	}
	k *= (48 + k*cols - 1) / (k * cols)
	if rows < 4*k {
		return 1
	}
	return k
}

// repeat fills dst with copies of src, one after the other.
func repeat(dst, src []float32) {
	for n := copy(dst, src); n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}
