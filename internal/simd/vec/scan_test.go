package vec

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestBelowEveryLength(t *testing.T) {
	px, py, pd := newPlace[float32](t, -77), newPlace[float32](t, -77), newPlace[int32](t, -77)
	nan := float32(math.NaN())
	atEachLevel(t, func(t *testing.T) {
		r := random(6)
		for n := range 300 {
			for _, share := range []float64{0, 0.02, 0.5, 1} {
				where := r.IntN(places)
				x, y := make([]float32, n), normals(r, n)
				var below, sums []int32
				for i := range x {
					x[i] = []float32{2, 1, nan, float32(math.Inf(1))}[r.IntN(4)] // 1 is not below the limit 1
					if r.Float64() < share {
						x[i] = []float32{0.5, float32(math.Inf(-1)), -3}[r.IntN(3)]
					}
					if x[i] < 1 {
						below = append(below, int32(i))
					}
					if x[i]+float32(-0.3*y[i]) < 1 {
						sums = append(sums, int32(i))
					}
				}
				x, y = px.put(where, x), py.put(where, y)
				dst := pd.put(where, make([]int32, n))
				if k := Below(dst, x, 1); !slices.Equal(dst[:k], below) {
					t.Fatalf("below in %g: %d, not %d", x, dst[:k], below)
				}
				if k := BelowSum(dst, x, y, -0.3, 1); !slices.Equal(dst[:k], sums) {
					t.Fatalf("below in %g − 0.3·%g: %d, not %d", x, y, dst[:k], sums)
				}
				px.clear(t, where, n)
				py.clear(t, where, n)
				pd.clear(t, where, n)
			}
		}
	})
}

func TestBelowAny(t *testing.T) {
	atEachLevel(t, func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			r := random(rapid.Uint64().Draw(rt, "seed"))
			n := rapid.IntRange(0, 3000).Draw(rt, "n")
			x, y := numbers(r, n), numbers(r, n)
			s, limit := numbers(r, 1)[0], numbers(r, 1)[0]
			var below, sums []int32
			for i := range x {
				if x[i] < limit {
					below = append(below, int32(i))
				}
				if x[i]+float32(s*y[i]) < limit {
					sums = append(sums, int32(i))
				}
			}
			dst := make([]int32, n+1)
			dst[n] = -1
			if k := Below(dst, x, limit); !slices.Equal(dst[:k], below) {
				rt.Errorf("below %g: %d, not %d", limit, dst[:k], below)
			}
			if k := BelowSum(dst, x, y, s, limit); !slices.Equal(dst[:k], sums) {
				rt.Errorf("sum below %g: %d, not %d", limit, dst[:k], sums)
			}
			if dst[n] != -1 {
				rt.Error("more than as many as there are numbers was written")
			}
		})
	})
}

func TestBelowChecksLengths(t *testing.T) {
	x := make([]float32, 8, 16)
	if !panics(func() { Below(make([]int32, 7, 16), x, 0) }) || !panics(func() { BelowSum(make([]int32, 7, 16), x, x, 1, 0) }) ||
		!panics(func() { BelowSum(make([]int32, 8), x, x[:7], 1, 0) }) {
		t.Error("no panic")
	}
}
