package window

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestReduce(t *testing.T) {
	small(t)
	for op := Sum; op <= Min; op++ {
		t.Run(op.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { testReduce(t, op) })
		})
	}
}

func testReduce(t *rapid.T, op Op) {
	dims, c := windows(t, true)
	src, out := numbers(t, product(dims)), outDims(dims, c)
	p := NewPool(dims, c)
	if p.Len() != product(out) {
		t.Fatalf("%d windows, not %v", p.Len(), out)
	}
	got := workers(t, p.Len(), func(dst []float32) { p.Reduce(op, dst, src) })
	each(out, func(index []int, at int) {
		want := op.identity()
		inWindow(dims, c, index, func(i int) { want = op.two(want, src[i]) })
		if !same(got[at], want) {
			t.Fatalf("window %v is %g, not %g", index, got[at], want)
		}
	})
}

func TestScatter(t *testing.T) {
	small(t)
	for _, least := range []bool{false, true} {
		t.Run(fmt.Sprintf("least=%t", least), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { testScatter(t, least) })
		})
	}
}

func testScatter(t *rapid.T, least bool) {
	dims, c := windows(t, true)
	src, out := numbers(t, product(dims)), outDims(dims, c)
	p := NewPool(dims, c)
	grad := numbers(t, p.Len())
	want := make([]float32, len(src))
	each(out, func(index []int, at int) {
		best := -1
		inWindow(dims, c, index, func(i int) {
			v := src[i]
			if best < 0 || isNaN(v) || least && v < src[best] || !least && v > src[best] {
				best = i
			}
		})
		if best >= 0 {
			want[best] += grad[at]
		}
	})
	got := workers(t, len(src), func(dst []float32) { p.Scatter(dst, src, grad, least) })
	for i := range got {
		if !same(got[i], want[i]) {
			t.Fatalf("element %d is %g, not %g", i, got[i], want[i])
		}
	}
}

// TestChannels has more channels than are done at once, and sizes as in a network.
func TestChannels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dims := []int{rapid.IntRange(1, 3).Draw(t, "n"), rapid.IntRange(5, 20).Draw(t, "h"), rapid.IntRange(5, 20).Draw(t, "w"), rapid.SampledFrom([]int{1, 3, 64, 260, 600}).Draw(t, "c")}
		s, stride := rapid.IntRange(2, 3).Draw(t, "size"), rapid.IntRange(1, 2).Draw(t, "stride")
		c := Config{Size: []int{1, s, s, 1}, Strides: []int{1, stride, stride, 1}, Padding: [][2]int{{}, {1, 1}, {1, 1}, {}}}
		p := NewPool(dims, c)
		src := numbers(t, product(dims))
		grad := numbers(t, p.Len())
		c.BaseDilation, c.WindowDilation = []int{1, 1, 1, 1}, []int{1, 1, 1, 1}
		y := workers(t, p.Len(), func(dst []float32) { p.Reduce(Max, dst, src) })
		dx := workers(t, len(src), func(dst []float32) { p.Scatter(dst, src, grad, false) })
		want := make([]float32, len(src))
		each(outDims(dims, c), func(index []int, at int) {
			best := -1
			inWindow(dims, c, index, func(i int) {
				if best < 0 || isNaN(src[i]) || src[i] > src[best] {
					best = i
				}
			})
			want[best] += grad[at]
			if !isNaN(src[best]) && y[at] != src[best] || isNaN(src[best]) && !isNaN(y[at]) {
				t.Fatalf("window %v is %g, not %g", index, y[at], src[best])
			}
		})
		for i := range dx {
			if !same(dx[i], want[i]) {
				t.Fatalf("element %d is %g, not %g", i, dx[i], want[i])
			}
		}
	})
}

func TestDefaults(t *testing.T) {
	src := []float32{1, 2, 3, 4, 5, 6, 7, 8}
	p := NewPool([]int{2, 4}, Config{Size: []int{1, 2}})
	got := make([]float32, p.Len())
	p.Reduce(Sum, got, src)
	if fmt.Sprint(got) != "[3 7 11 15]" {
		t.Error(got)
	}
}

func TestRefusesArraysOfAnotherSize(t *testing.T) {
	p := NewPool([]int{4, 4}, Config{Size: []int{2, 2}})
	f := func(n int) []float32 { return make([]float32, n) }
	for name, run := range map[string]func(){
		"dst":      func() { p.Reduce(Max, f(5), f(16)) },
		"src":      func() { p.Reduce(Max, f(4), f(15)) },
		"gradient": func() { p.Scatter(f(16), f(16), f(3), false) },
		"to":       func() { p.Scatter(f(17), f(16), f(4), false) },
		"sum":      func() { NewReduction([]int{4, 4}, 0).Do(Sum, f(3), f(16), nil) },
		"places":   func() { Arg(make([]int32, 5), f(16), []int{4, 4}, 0, false) },
		"none":     func() { Arg(make([]int32, 4), nil, []int{4, 0}, 1, false) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("wrong %s: no panic", name)
				}
			}()
			run()
		}()
	}
}

func resnetPool() (*Pool, []float32) {
	dims := []int{16, 112, 112, 64}
	p := NewPool(dims, Config{Size: []int{1, 3, 3, 1}, Strides: []int{1, 2, 2, 1}, Padding: [][2]int{{}, {1, 1}, {1, 1}, {}}})
	x := make([]float32, product(dims))
	for i := range x {
		x[i] = float32(uint32(i)*2654435761>>8) - 1<<23
	}
	return p, x
}

func BenchmarkPool(b *testing.B) {
	p, x := resnetPool()
	y, dx := make([]float32, p.Len()), make([]float32, len(x))
	run := func(name string, numbers int, f func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(4 * numbers))
			for b.Loop() {
				f()
			}
		})
	}
	run("copy", 2*len(x), func() { copy(dx, x) })
	run("max", len(x)+len(y), func() { p.Reduce(Max, y, x) })
	run("sum", len(x)+len(y), func() { p.Reduce(Sum, y, x) })
	run("gradient", 2*len(x)+len(y), func() { p.Scatter(dx, x, y, false) })
	nchw := NewPool([]int{16, 64, 112, 112}, Config{Size: []int{1, 1, 3, 3}, Strides: []int{1, 1, 2, 2}, Padding: [][2]int{{}, {}, {1, 1}, {1, 1}}})
	run("NCHW max", len(x)+len(y), func() { nchw.Reduce(Max, y, x) })
	run("NCHW gradient", 2*len(x)+len(y), func() { nchw.Scatter(dx, x, y, false) })
	one := NewPool([]int{16, 64, 112, 112}, Config{Size: []int{1, 1, 3, 3}, Strides: []int{1, 1, 1, 1}, Padding: [][2]int{{}, {}, {1, 1}, {1, 1}}})
	run("NCHW sum stride 1", 2*len(x), func() { one.Reduce(Sum, dx, x) })
}
