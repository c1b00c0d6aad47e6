package vec

import (
	"math"
	"slices"
	"testing"
)

// Every number of channels, at every place beside memory that must not be touched, against loops over single numbers.
func TestTaps(t *testing.T) {
	ps, pd, px := newPlace[float32](t, -77), newPlace[float32](t, -77), newPlace[float32](t, -77)
	pw := newPlace[int32](t, -77)
	for n := range 150 {
		r := random(uint64(n))
		where := r.IntN(places)
		src := numbers(r, 3*n+40)
		if n%3 == 0 { // ties
			for i := range src {
				src[i] = float32(r.IntN(3))
			}
		}
		taps := make([]int, r.IntN(12))
		for i := range taps {
			taps[i] = r.IntN(len(src) - n + 1)
		}
		atEachLevel(t, func(t *testing.T) {
			for name, f := range map[string]struct {
				run  func(dst, src []float32, taps []int)
				from float32
				join func(a, b float32) float32
			}{
				"sum":     {SumTaps, 0, func(a, b float32) float32 { return a + b }},
				"product": {ProductTaps, 1, func(a, b float32) float32 { return a * b }},
				"max":     {MaxTaps, float32(math.Inf(-1)), func(a, b float32) float32 { return max(a, b) }},
				"min":     {MinTaps, float32(math.Inf(1)), func(a, b float32) float32 { return min(a, b) }},
			} {
				dst := pd.put(where, make([]float32, n))
				f.run(dst, ps.put(where, src), taps)
				for i, got := range dst {
					want := f.from
					for _, k := range taps {
						want = f.join(want, src[k+i])
					}
					if !same(got, want) {
						t.Fatalf("%s of %d channels: channel %d is %g, not %g", name, n, i, got, want)
					}
				}
				pd.clear(t, where, n)
				ps.clear(t, where, len(src))
			}
			if len(taps) > 0 {
				testArgTaps(t, ps, pd, pw, src, taps, n, where, false)
				testArgTaps(t, ps, pd, pw, src, taps, n, where, true)
			}
			apart := r.Perm(2)[:r.IntN(3)]
			for i := range apart {
				apart[i] = apart[i]*(n+3) + 30
			}
			testAddTaps(t, ps, px, pw, src, apart, n, where)
		})
	}
}

func testArgTaps(t *testing.T, ps, pd *place[float32], pw *place[int32], src []float32, taps []int, n, where int, least bool) {
	t.Helper()
	best, which := pd.put(where, make([]float32, n)), pw.put(where, make([]int32, n))
	if least {
		ArgMinTaps(best, which, ps.put(where, src), taps)
	} else {
		ArgMaxTaps(best, which, ps.put(where, src), taps)
	}
	for i, w := range which {
		want := 0
		for k, tap := range taps {
			v, b := src[tap+i], src[taps[want]+i]
			if least && v < b || !least && v > b || isNaN(v) {
				want = k
			}
		}
		if int(w) != want || bits(best[i]) != bits(src[taps[want]+i]) {
			t.Fatalf("%d channels, least %t: channel %d has %g at %d, not %g at %d", n, least, i, best[i], w, src[taps[want]+i], want)
		}
	}
	pd.clear(t, where, n)
	pw.clear(t, where, n)
	ps.clear(t, where, len(src))
}

func testAddTaps(t *testing.T, ps, px *place[float32], pw *place[int32], src []float32, taps []int, n, where int) {
	t.Helper()
	r := random(uint64(n))
	x, which := numbers(r, n), make([]int32, n)
	for i := range which {
		which[i] = int32(r.IntN(len(taps)+3)) + 4
	}
	want := slices.Clone(src)
	for k, tap := range taps {
		for i, w := range which {
			if int(w) == k+5 {
				want[tap+i] += x[i]
			}
		}
	}
	dst := ps.put(where, src)
	AddTaps(dst, px.put(where, x), pw.put(where, which), taps, 5)
	for i := range dst {
		if !same(dst[i], want[i]) {
			t.Fatalf("%d channels: number %d is %g, not %g", n, i, dst[i], want[i])
		}
	}
	ps.clear(t, where, len(src))
	px.clear(t, where, n)
	pw.clear(t, where, n)
}

func TestTapsCheckPlaces(t *testing.T) {
	f, w := make([]float32, 10, 100), make([]int32, 4, 100)
	for name, run := range map[string]func(){
		"beyond":     func() { SumTaps(f[:4], f, []int{0, 7}) },
		"before":     func() { MaxTaps(f[:4], f, []int{-1}) },
		"short":      func() { MinTaps(f, f[:9], []int{0}) },
		"no tap":     func() { ArgMaxTaps(f[:4], w, f, nil) },
		"which":      func() { ArgMinTaps(f[:3], w, f, []int{0}) },
		"dst beyond": func() { AddTaps(f, f[:4], w, []int{7}, 0) },
		"x":          func() { AddTaps(f, f[:5], w, []int{0}, 0) },
	} {
		if !panics(run) {
			t.Errorf("%s: no panic", name)
		}
	}
}
