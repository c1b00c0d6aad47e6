package vec

import "testing"

func TestDistancesAndSumsInFloat64(t *testing.T) {
	pa, pb, pc := newPlace[float32](t, -77), newPlace[float32](t, -77), newPlace[float64](t, -77)
	r := random(8)
	a, b := normals(r, 200), normals(r, 200)
	c := make([]float64, 200)
	for i := range c {
		c[i] = r.NormFloat64()
	}
	const f, g = 1.1, -0.7
	atEachLevel(t, func(t *testing.T) {
		for n := range 200 {
			for where := range places {
				x, y, z := pa.put(where, a[:n]), pb.put(where, b[:n]), pc.put(where, c[:n])
				if got, want := SquaredDistanceToF64(x, z), lanesOf(n, 16, func(i int) float64 {
					d := float64(a[i]) - c[i]
					return float64(d * d)
				}); got != want {
					t.Errorf("SquaredDistanceToF64 of %d numbers, place %d: %v, not %v", n, where, got, want)
				}
				if got, want := ScaledSquaredDistanceF64(x, f, y, g), lanesOf(n, 16, func(i int) float64 {
					d := float64(f*float64(a[i])) - float64(g*float64(b[i]))
					return float64(d * d)
				}); got != want {
					t.Errorf("ScaledSquaredDistanceF64 of %d numbers, place %d: %v, not %v", n, where, got, want)
				}
				AddF64(z, x)
				for i, v := range z {
					if v != c[i]+float64(a[i]) {
						t.Fatalf("AddF64 of %d numbers, place %d: number %d is %v", n, where, i, v)
					}
				}
				z = pc.put(where, c[:n])
				AddScaledF64(z, f, x)
				for i, v := range z {
					if v != c[i]+float64(f*float64(a[i])) {
						t.Fatalf("AddScaledF64 of %d numbers, place %d: number %d is %v", n, where, i, v)
					}
				}
				Prefetch(x) // changes nothing, and must not fail at the end of the memory
				pa.clear(t, where, n)
				pb.clear(t, where, n)
				pc.clear(t, where, n)
			}
		}
	})
}

func TestWideOperandsOfDifferentLengths(t *testing.T) {
	for name, f := range map[string]func(){
		"SquaredDistanceToF64":     func() { SquaredDistanceToF64(make([]float32, 3), make([]float64, 4)) },
		"ScaledSquaredDistanceF64": func() { ScaledSquaredDistanceF64(make([]float32, 3), 1, make([]float32, 4), 1) },
		"AddScaledF64":             func() { AddScaledF64(make([]float64, 3), 1, make([]float32, 4)) },
		"AddF64":                   func() { AddF64(make([]float64, 3), make([]float32, 4)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s takes them", name)
				}
			}()
			f()
		}()
	}
}
