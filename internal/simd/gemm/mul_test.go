package gemm

import (
	"runtime"
	"testing"

	"fashionpipe/internal/simd"

	"pgregory.net/rapid"
)

// drawMatrix makes a matrix in one of the ways a matrix may lie in memory.
func drawMatrix(t *rapid.T, name string, rows, cols int) Matrix {
	gap := rapid.IntRange(0, 5).Draw(t, name+" gap")
	m := Matrix{Rows: rows, Cols: cols}
	switch rapid.IntRange(0, 2).Draw(t, name+" strides") {
	case 0:
		m.RowStride, m.ColStride = cols+gap, 1
	case 1:
		m.RowStride, m.ColStride = 1, rows+gap
	case 2:
		m.RowStride, m.ColStride = 2+gap, (2+gap)*rows+1
	}
	m.Data = random(max(0, rows-1)*m.RowStride+max(0, cols-1)*m.ColStride+1, name)
	return m
}

func (m Matrix) at(i, j int) float32 { return m.Data[i*m.RowStride+j*m.ColStride] }

// lengths are those at which a remainder, a block or a second core begins, and small ones.
var lengths = rapid.OneOf(rapid.IntRange(0, 40), rapid.SampledFrom([]int{0, 1, 2, 64, 100, 121, 250}))

func TestMul(t *testing.T) {
	everyLevel(t, func(t *testing.T, k kernel) {
		rapid.Check(t, func(t *rapid.T) {
			m, n := lengths.Draw(t, "m"), lengths.Draw(t, "n")
			depth := rapid.OneOf(lengths, rapid.SampledFrom([]int{511, 513, 1100})).Draw(t, "k")
			if m*n*depth > 1<<23 {
				depth = 30 // the race detector is slow
			}
			a, b := drawMatrix(t, "a", m, depth), drawMatrix(t, "b", depth, n)
			add, ldc := rapid.Bool().Draw(t, "add"), n+rapid.IntRange(0, 3).Draw(t, "c gap")
			all, c := newPlace(m, n, ldc, "c")
			before := append([]float32(nil), c...)
			if rapid.Bool().Draw(t, "serial") {
				k.product(c, ldc, a, b, add, make([]float32, k.scratch(m, depth, n)))
			} else {
				k.mul(c, ldc, a, b, add)
			}
			if !onlyInside(all, m, n, ldc) {
				t.Fatal("wrote elsewhere")
			}
			checkProduct(t, c, before, ldc, a, b, add)
		})
	})
}

// checkProduct looks at some numbers of each row.
func checkProduct(t *rapid.T, c, before []float32, ldc int, a, b Matrix, add bool) {
	step := 1 + a.Rows*b.Cols*a.Cols/200_000
	for at := 0; at < a.Rows*b.Cols; at += step {
		i, j := at/b.Cols, at%b.Cols
		var s sum
		for l := range a.Cols {
			s.add(a.at(i, l), b.at(l, j))
		}
		was := before[i*ldc+j]
		if !add {
			was = 0
		}
		if !s.near(c[i*ldc+j], was) {
			t.Fatalf("row %d, column %d: %v, not %v", i, j, c[i*ldc+j], s.value+float64(was))
		}
	}
}

// TestMulSameBits: any number of cores, a row alone, and a column alone give the same bits.
func TestMulSameBits(t *testing.T) {
	everyLevel(t, func(t *testing.T, k kernel) {
		const m, n, depth = 130, 300, 600
		for _, a := range []Matrix{
			{random(m*depth, "a"), m, depth, depth, 1},
			{random(m*depth, "a"), m, depth, 1, m},
		} {
			b := Matrix{random(depth*n, "b"), depth, n, 1, depth}
			want := make([]float32, m*n)
			k.mul(want, n, a, b, false)
			for _, cores := range []int{1, 3} {
				got := make([]float32, m*n)
				before := runtime.GOMAXPROCS(cores)
				k.mul(got, n, a, b, false)
				runtime.GOMAXPROCS(before)
				same(t, got, want)
			}
			for i := 0; i < m; i += 9 {
				got := make([]float32, n)
				k.mul(got, n, a.part(i, 0, 1, depth), b, false)
				same(t, got, want[i*n:(i+1)*n])
			}
			got := make([]float32, m)
			k.mul(got, 1, a, b.part(0, n/2, depth, 1), false)
			for i := range got {
				same(t, got[i:i+1], want[i*n+n/2:][:1])
			}
		}
	})
}

// TestMulSameBitsWhereverA: how A lies in memory makes no difference either.
func TestMulSameBitsWhereverA(t *testing.T) {
	everyLevel(t, func(t *testing.T, k kernel) {
		rapid.Check(t, func(t *rapid.T) {
			m, n, depth := lengths.Draw(t, "m"), lengths.Draw(t, "n"), lengths.Draw(t, "k")
			a, b := drawMatrix(t, "a", m, depth), drawMatrix(t, "b", depth, n)
			copied := gather(make([]float32, m*(depth+16)), a)
			got, want := make([]float32, m*n), make([]float32, m*n)
			k.mul(got, n, a, b, false)
			k.mul(want, n, copied, b, false)
			same(t, got, want)
		})
	})
}

// TestLevelsOfAssemblyAgree: AVX2 and AVX-512 give the same bits, since both add products that are not rounded, in the same
// order.
func TestLevelsOfAssemblyAgree(t *testing.T) {
	if simd.Best() < simd.AVX512 {
		t.Skip("no AVX-512 here")
	}
	const m, n, depth = 50, 70, 700
	a, b := Matrix{random(m*depth, "a"), m, depth, depth, 1}, Matrix{random(depth*n, "b"), depth, n, n, 1}
	got, want := make([]float32, m*n), make([]float32, m*n)
	kernelOf(simd.AVX2).mul(got, n, a, b, false)
	kernelOf(simd.AVX512).mul(want, n, a, b, false)
	same(t, got, want)
}

func same(t interface {
	Helper()
	Fatalf(string, ...any)
}, got, want []float32,
) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("number %d: %v, not %v", i, got[i], want[i])
		}
	}
}

func TestMulOfNothing(t *testing.T) {
	everyLevel(t, func(t *testing.T, k kernel) {
		c := []float32{1, 2, 3, 4}
		k.mul(c, 2, Matrix{Rows: 2}, Matrix{Cols: 2}, true)
		same(t, c, []float32{1, 2, 3, 4})
		k.mul(c, 2, Matrix{Rows: 2}, Matrix{Cols: 2}, false)
		same(t, c, []float32{0, 0, 0, 0})
	})
}

func TestMulOfWrongShapes(t *testing.T) {
	a := Matrix{make([]float32, 12), 3, 4, 4, 1}
	for name, f := range map[string]func(){
		"lengths differ": func() { Mul(make([]float32, 100), 10, a, a, false) },
		"short dst":      func() { Mul(make([]float32, 8), 3, a, a.T(), false) },
		"rows overlap":   func() { Mul(make([]float32, 100), 2, a, a.T(), false) },
		"short data":     func() { Mul(make([]float32, 100), 3, a, Matrix{a.Data[:11], 4, 3, 1, 4}, false) },
		"scratch":        func() { MulSerial(make([]float32, 9), 3, a, a.T(), false, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func TestSmallMulDoesNotAllocate(t *testing.T) {
	everyLevel(t, func(t *testing.T, k kernel) {
		a := Matrix{random(64, "a"), 8, 8, 8, 1}
		c := make([]float32, 64)
		if n := testing.AllocsPerRun(100, func() { k.mul(c, 8, a, a, false) }); n > 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
