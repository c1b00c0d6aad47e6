package vec

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The sums' order is part of the promise: here it is again, number by number.
func lanesOf[T float32 | float64](n, lanes int, term func(i int) T) T {
	sums := make([]T, lanes)
	for i := range n {
		sums[i%lanes] += term(i)
	}
	for ; lanes > 1; lanes /= 2 {
		for j := range lanes / 2 {
			sums[j] += sums[j+lanes/2]
		}
	}
	return sums[0]
}

func TestSumsEveryLength(t *testing.T) {
	pa, pb := newPlace[float32](t, -77), newPlace[float32](t, -77)
	r := random(3)
	a, b := normals(r, 200), normals(r, 200)
	for i := 0; i < 200; i += 7 {
		a[i], b[i] = a[i]*1e8, b[i]*1e-8
	}
	atEachLevel(t, func(t *testing.T) {
		for n := range 200 {
			for where := range places {
				x, y := pa.put(where, a[:n]), pb.put(where, b[:n])
				for _, test := range []struct {
					name      string
					got, want float64
				}{
					{"Sum", float64(Sum(x)), float64(lanesOf(n, 64, func(i int) float32 { return a[i] }))},
					{"SumF64", SumF64(x), lanesOf(n, 16, func(i int) float64 { return float64(a[i]) })},
					{"DotF64", DotF64(x, y), lanesOf(n, 16, func(i int) float64 { return float64(float64(a[i]) * float64(b[i])) })},
					{"SquaredDistanceF64", SquaredDistanceF64(x, y), lanesOf(n, 16, func(i int) float64 {
						d := float64(a[i]) - float64(b[i])
						return float64(d * d)
					})},
				} {
					if test.got != test.want {
						t.Errorf("%s of %d numbers, place %d: %v, not %v", test.name, n, where, test.got, test.want)
					}
				}
				pa.clear(t, where, n)
				pb.clear(t, where, n)
			}
		}
	})
}

func TestSumOfNothingIsZero(t *testing.T) {
	atEachLevel(t, func(t *testing.T) {
		if bits(Sum(nil)) != 0 || DotF64(nil, nil) != 0 || bits(Sum([]float32{float32(math.Copysign(0, -1))})) != 0 {
			t.Error("not +0")
		}
	})
}

// The error of a long sum grows with the logarithm of its length: that of naive summation would be 2⁻²⁴·2²⁴/2.
func TestLongSums(t *testing.T) {
	x := make([]float32, 1<<22+4097)
	for i := range x {
		x[i] = 0.1
	}
	want := 0.0
	for _, v := range x {
		want += float64(v)
	}
	atEachLevel(t, func(t *testing.T) {
		if e := math.Abs(float64(Sum(x))/want - 1); e > 60*0x1p-24 {
			t.Errorf("relative error %g", e)
		}
	})
}

func TestSumsAreTheSameAtEachLevel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := random(rapid.Uint64().Draw(rt, "seed"))
		n := rapid.IntRange(0, 20000).Draw(rt, "n")
		a, b := normals(r, n), normals(r, n)
		type results struct {
			sum                     float32
			sum64, dot64, squares64 float64
		}
		var first *results
		atEachLevelOf(func() {
			now := results{Sum(a), SumF64(a), DotF64(a, b), SquaredDistanceF64(a, b)}
			if first == nil {
				first = &now
			} else if *first != now {
				rt.Errorf("%v at level %v, %v in plain Go", now, level, *first)
			}
		})
	})
}

func TestMaximumMinimum(t *testing.T) {
	p := newPlace[float32](t, -77)
	atEachLevel(t, func(t *testing.T) {
		r := random(4)
		for n := range 200 {
			for where := range places {
				x := normals(r, n)
				if n > 0 && n%3 == 0 {
					x[r.IntN(n)] = specials[r.IntN(len(specials))]
				}
				if n%5 == 4 { // zeros of both signs, one of them once
					Fill(x, float32(math.Copysign(0, float64(n%2)-0.5)))
					x[r.IntN(n)] *= -1
				}
				low, high := float32(math.Inf(1)), float32(math.Inf(-1))
				for _, v := range x {
					low, high = min(low, v), max(high, v)
				}
				y := p.put(where, x)
				if v := Maximum(y); !same(v, high) {
					t.Errorf("maximum of %g is %g, not %g", x, v, high)
				}
				if v := Minimum(y); !same(v, low) {
					t.Errorf("minimum of %g is %g, not %g", x, v, low)
				}
				p.clear(t, where, n)
			}
		}
	})
}
