package vec

import (
	"math"
	"slices"
	"testing"

	"fashionpipe/internal/simd"
	"pgregory.net/rapid"
)

// columnCase runs the sums over columns; acc is the place of their sums.
type columnCase struct {
	x, y, mean, acc []float32
	rows, cols      int
}

var columnSums = map[string]struct {
	run  func(c columnCase)
	term func(x, mean, y float64) float64
}{
	"AddColumns":              {func(c columnCase) { AddColumns(c.acc, c.x, c.rows, c.cols) }, func(x, _, _ float64) float64 { return x }},
	"CentredMoments, sums":    {func(c columnCase) { CentredMoments(c.acc, make([]float32, c.cols), c.x, c.mean, c.rows, c.cols) }, func(x, m, _ float64) float64 { return x - m }},
	"CentredMoments, squares": {func(c columnCase) { CentredMoments(make([]float32, c.cols), c.acc, c.x, c.mean, c.rows, c.cols) }, func(x, m, _ float64) float64 { return (x - m) * (x - m) }},
	"CentredProducts":         {func(c columnCase) { CentredProducts(c.acc, c.x, c.mean, c.y, c.rows, c.cols) }, func(x, m, y float64) float64 { return (x - m) * y }},
}

// Every number of columns, with guards around all memory, against float64.
func TestColumns(t *testing.T) {
	px, py := newPlace[float32](t, -77), newPlace[float32](t, -77)
	pm, pa := newPlace[float32](t, -77), newPlace[float32](t, -77)
	atEachLevel(t, func(t *testing.T) {
		r := random(5)
		for cols := range 150 {
			for _, rows := range []int{0, 1, 2, 3, 17, 64, 65, 200} {
				if rows*cols > 1000 {
					continue
				}
				for name, sum := range columnSums {
					where := r.IntN(places)
					x, y, mean, acc := normals(r, rows*cols), normals(r, rows*cols), normals(r, cols), normals(r, cols)
					c := columnCase{px.put(where, x), py.put(where, y), pm.put(where, mean), pa.put(where, acc), rows, cols}
					sum.run(c)
					for j, got := range c.acc {
						want, size := float64(acc[j]), math.Abs(float64(acc[j]))
						for i := range rows {
							v := sum.term(float64(x[i*cols+j]), float64(mean[j]), float64(y[i*cols+j]))
							want, size = want+v, size+math.Abs(v)
						}
						if math.Abs(float64(got)-want) > float64(rows+3)*size*0x1p-24 {
							t.Fatalf("%s, %d×%d: column %d is %g, not %g", name, rows, cols, j, got, want)
						}
					}
					px.clear(t, where, len(x))
					py.clear(t, where, len(y))
					pm.clear(t, where, cols)
					pa.clear(t, where, cols)
				}
			}
		}
	})
}

// The levels add in the same order: AddColumns has the same bits at all, the others with and without AVX-512.
func TestColumnsSameBits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := random(rapid.Uint64().Draw(rt, "seed"))
		rows, cols := rapid.IntRange(0, 300).Draw(rt, "rows"), rapid.IntRange(1, 300).Draw(rt, "cols")
		c := columnCase{normals(r, rows*cols), normals(r, rows*cols), normals(r, cols), nil, rows, cols}
		for name, sum := range columnSums {
			var first []float32
			atEachLevelOf(func() {
				c.acc = make([]float32, cols)
				sum.run(c)
				if first == nil || level == simd.AVX2 && name != "AddColumns" && name != "CentredMoments, sums" {
					first = c.acc
				} else if !slices.Equal(first, c.acc) {
					rt.Errorf("%s, %d×%d: other bits at level %v", name, rows, cols, level)
				}
			})
		}
	})
}

func TestColumnsCheckShapes(t *testing.T) {
	f := func(n int) []float32 { return make([]float32, n, 100) }
	for name, run := range map[string]func(){
		"acc":    func() { AddColumns(f(3), f(8), 2, 4) },
		"x":      func() { AddColumns(f(4), f(9), 2, 4) },
		"rows":   func() { AddColumns(f(4), f(8), -2, 4) },
		"mean":   func() { CentredProducts(f(4), f(8), f(5), f(8), 2, 4) },
		"mean 2": func() { CentredProducts(f(4), f(8), f(3), f(8), 2, 4) },
		"mean 3": func() { CentredMoments(f(4), f(4), f(8), f(3), 2, 4) },
		"square": func() { CentredMoments(f(4), f(3), f(8), f(4), 2, 4) },
		"y":      func() { CentredProducts(f(4), f(8), f(4), f(7), 2, 4) },
	} {
		if !panics(run) {
			t.Errorf("wrong %s: no panic", name)
		}
	}
}
