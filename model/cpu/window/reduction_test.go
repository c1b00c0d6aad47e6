package window

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestReduction(t *testing.T) {
	small(t)
	for op := Sum; op <= Min; op++ {
		t.Run(op.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { testReduction(t, op) })
		})
	}
}

func testReduction(t *rapid.T, op Op) {
	var dims, axes, keptDims []int
	total := 1
	for i := range rapid.IntRange(0, 5).Draw(t, "rank") {
		d := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8, 17, 64, 100, 700, 3000}).Draw(t, "dim")
		d = max(min(1, d), min(d, 20000/max(1, total)))
		total *= max(1, d)
		dims = append(dims, d)
		if rapid.Bool().Draw(t, "reduced") {
			axes = append(axes, i)
			keptDims = append(keptDims, 1)
		} else {
			keptDims = append(keptDims, d)
		}
	}
	src := numbers(t, product(dims))
	r := NewReduction(dims, axes...)
	if r.Len() != product(keptDims) {
		t.Fatalf("%d numbers, not %v", r.Len(), keptDims)
	}
	got := workers(t, r.Len(), func(dst []float32) { r.Do(op, dst, src, make([]float32, r.Scratch())) })
	want, size := make([]float64, len(got)), make([]float64, len(got))
	for i := range want {
		want[i] = float64(op.identity())
	}
	each(dims, func(index []int, at int) {
		to := append([]int(nil), index...)
		for _, a := range axes {
			to[a] = 0
		}
		i, _ := flat(keptDims, to)
		v := float64(src[at])
		size[i] += math.Abs(v)
		switch op {
		case Sum:
			want[i] += v
		case Product:
			want[i] *= v
		case Max:
			want[i] = max(want[i], v)
		case Min:
			want[i] = min(want[i], v)
		}
	})
	n := float64(len(src) / max(1, len(got)))
	for i, w := range want {
		g := float64(got[i])
		near := math.Abs(g-w) <= 30*size[i]*0x1p-24
		if op == Product {
			near = math.Abs(g-w) <= n*math.Abs(w)*0x1p-23+0x1p-126*n || math.IsInf(g, 0) && math.Abs(w) > math.MaxFloat32/2 ||
				g == 0 && math.Abs(w) < 0x1p-120 || math.IsNaN(g) && (math.IsInf(w, 0) || math.Abs(w) > 0x1p127 || math.IsNaN(w))
		}
		if op == Max || op == Min {
			near = math.Float32bits(got[i]) == math.Float32bits(float32(w))
		}
		if !near && !(math.IsNaN(g) && math.IsNaN(w)) && g != w {
			t.Fatalf("number %d of %v is %g, not %g (of %g numbers)", i, keptDims, g, w, n)
		}
	}
}

// TestSumIsExact adds so many numbers that adding them one by one would be off by much.
func TestSumIsExact(t *testing.T) {
	x := make([]float32, 3<<20)
	var want float64
	for i := range x {
		x[i] = 1 + float32(i%7)/8
		want += float64(x[i])
	}
	for _, c := range []struct {
		dims, axes []int
	}{
		{[]int{len(x)}, []int{0}},
		{[]int{len(x) / 64, 64}, []int{0}},
		{[]int{len(x) / 3, 3}, []int{0}},
		{[]int{3, len(x) / 24, 8}, []int{0, 2}},
	} {
		r := NewReduction(c.dims, c.axes...)
		got := make([]float32, r.Len())
		r.Do(Sum, got, x, make([]float32, r.Scratch()))
		var sum float64
		for _, v := range got {
			sum += float64(v)
		}
		if e := math.Abs(sum/want - 1); e > 3e-7 {
			t.Errorf("%v over %v: off by %.2g", c.dims, c.axes, e)
		}
	}
}

func TestArg(t *testing.T) {
	small(t)
	rapid.Check(t, func(t *rapid.T) {
		var dims []int
		for range rapid.IntRange(1, 3).Draw(t, "rank") {
			dims = append(dims, rapid.SampledFrom([]int{1, 2, 3, 9, 70, 300, 1000}).Draw(t, "dim"))
			if product(dims) > 30000 {
				dims[len(dims)-1] = 1
			}
		}
		axis, least := rapid.IntRange(0, len(dims)-1).Draw(t, "axis"), rapid.Bool().Draw(t, "least")
		src := numbers(t, product(dims))
		inner, n := product(dims[axis+1:]), dims[axis]
		got := make([]int64, len(src)/n)
		Arg(got, src, dims, axis, least)
		for i, g := range got {
			o, c := i/inner, i%inner
			want := 0
			value := func(k int) float32 { return src[(o*n+k)*inner+c] }
			for k := 1; k < n; k++ {
				v, b := value(k), value(want)
				if isNaN(v) || least && v < b || !least && v > b {
					want = k
				}
			}
			if int(g) != want {
				t.Fatalf("%v, axis %d, place %d: %d (%g), not %d (%g)", dims, axis, i, g, value(int(g)), want, value(want))
			}
		}
	})
}

func BenchmarkReduction(b *testing.B) {
	for _, c := range []struct {
		dims, axes []int
	}{
		{[]int{16, 112, 112, 64}, []int{0, 1, 2}},
		{[]int{16, 64, 112, 112}, []int{0, 2, 3}},
		{[]int{16 * 112 * 112 * 64}, []int{0}},
		{[]int{16 * 112 * 112, 64}, []int{1}},
		{[]int{4096, 3072}, []int{0}},
		{[]int{32, 7, 7, 512}, []int{1, 2}},
		{[]int{1 << 20, 3}, []int{0}},
		{[]int{1 << 20, 3}, []int{1}},
	} {
		x := make([]float32, product(c.dims))
		fill(x, 1)
		r := NewReduction(c.dims, c.axes...)
		y, scratch := make([]float32, r.Len()), make([]float32, r.Scratch())
		for op := Sum; op <= Max; op++ {
			b.Run(fmt.Sprint(op, c.dims, c.axes), func(b *testing.B) {
				b.SetBytes(int64(4 * len(x)))
				for b.Loop() {
					r.Do(op, y, x, scratch)
				}
			})
		}
	}
	x := make([]float32, 4096*1000)
	fill(x, 1)
	y := make([]int32, 4096)
	b.Run("arg rows", func(b *testing.B) {
		b.SetBytes(int64(4 * len(x)))
		for b.Loop() {
			Arg(y, x, []int{4096, 1000}, 1, false)
		}
	})
	b.Run("arg columns", func(b *testing.B) {
		b.SetBytes(int64(4 * len(x)))
		for b.Loop() {
			Arg(y, x, []int{1000, 4096}, 0, false)
		}
	})
}
