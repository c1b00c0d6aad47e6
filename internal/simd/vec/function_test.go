package vec

import (
	"flag"
	"math"
	"testing"

	"fashionpipe/internal/simd"
)

var everyFloat = flag.Bool("every-float", false, "test the functions at each of the 2³² floats, not at one of 997: about ten minutes a level")

// bounds are the greatest errors promised, in units of the last place of the result, measured over all floats.
var bounds = map[string]float64{"Exp": 1.02, "Log": 0.84, "Tanh": 2.43, "Logistic": 2.42}

func TestFunctionErrors(t *testing.T) {
	atEachLevel(t, func(t *testing.T) {
		step := uint64(997)
		switch {
		case *everyFloat:
			step = 1
		case level == simd.None:
			step = 9973 // it is math's functions, with which the test compares
		}
		for _, o := range functions {
			worst, at := 0.0, float32(0)
			x, y := make([]float32, 0, 1024), make([]float32, 1024)
			for b := uint64(0); b < 1<<32; b += step {
				x = append(x, math.Float32frombits(uint32(b)))
				if len(x) < cap(x) && b+step < 1<<32 {
					continue
				}
				o.run(y[:len(x)], [][]float32{x}, 0)
				for i, v := range x {
					if e := ulps(y[i], truly(o.name, float64(v))); e > worst || isNaN(float32(e)) {
						worst, at = e, v
					}
				}
				x = x[:0]
			}
			t.Logf("%s: %.3f at %g", o.name, worst, at)
			if !(worst <= bounds[o.name]) {
				t.Errorf("%s(%g) is wrong by %g units in the last place", o.name, at, worst)
			}
		}
	})
}

func truly(name string, x float64) float64 {
	switch name {
	case "Exp":
		return math.Exp(x)
	case "Log":
		return math.Log(x)
	case "Tanh":
		return math.Tanh(x)
	case "Logistic":
		return 1 / (1 + math.Exp(-x))
	}
	panic(name)
}

// ulps is how far got is from want, in units of the last place want has as a float32; NaN if one is NaN and the other
// isn't. Infinities are where the next number, 2¹²⁸, would be.
func ulps(got float32, want float64) float64 {
	if isNaN(got) && math.IsNaN(want) {
		return 0
	}
	g := float64(got)
	if math.IsInf(g, 0) {
		g = math.Copysign(0x1p128, g)
	}
	want = min(max(want, -0x1p128), 0x1p128)
	_, e := math.Frexp(want)
	return math.Abs(g-want) / math.Ldexp(1, max(min(e, 128)-24, -149))
}

func TestFunctionsAtSpecials(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	zero := float32(0)
	atEachLevel(t, func(t *testing.T) {
		for _, test := range []struct {
			name    string
			f       func(dst, a []float32)
			x, want float32
		}{
			{"Exp", Exp, 0, 1}, {"Exp", Exp, -zero, 1}, {"Exp", Exp, inf, inf}, {"Exp", Exp, -inf, 0}, {"Exp", Exp, nan, nan},
			{"Exp", Exp, 88.72284, inf}, {"Exp", Exp, 1e30, inf}, {"Exp", Exp, -104, 0}, {"Exp", Exp, -1e30, 0},
			{"Exp", Exp, -103.5, 0x1p-149},
			{"Log", Log, 0, -inf}, {"Log", Log, float32(math.Copysign(0, -1)), -inf}, {"Log", Log, 1, 0}, {"Log", Log, inf, inf},
			{"Log", Log, -inf, nan}, {"Log", Log, -0x1p-149, nan}, {"Log", Log, nan, nan}, {"Log", Log, 0x1p-149, -103.27893},
			{"Tanh", Tanh, 0, 0}, {"Tanh", Tanh, float32(math.Copysign(0, -1)), float32(math.Copysign(0, -1))},
			{"Tanh", Tanh, 0x1p-149, 0x1p-149}, {"Tanh", Tanh, inf, 1}, {"Tanh", Tanh, -inf, -1}, {"Tanh", Tanh, nan, nan},
			{"Logistic", Logistic, 0, 0.5}, {"Logistic", Logistic, inf, 1}, {"Logistic", Logistic, -inf, 0},
			{"Logistic", Logistic, nan, nan}, {"Logistic", Logistic, -103.5, 0x1p-149},
		} {
			y := []float32{7}
			test.f(y, []float32{test.x})
			if !same(y[0], test.want) {
				t.Errorf("%s(%g) is %g, not %g", test.name, test.x, y[0], test.want)
			}
		}
	})
}

// AVX-512 has other instructions for parts of the functions; the bits must not tell.
func TestFunctionsSameBits(t *testing.T) {
	if simd.Best() < simd.AVX512 {
		t.Skip("needs AVX-512")
	}
	defer func(old simd.Level) { level = old }(level)
	step := uint32(1009)
	if *everyFloat {
		step = 1
	}
	x, a, b := make([]float32, 1024), make([]float32, 1024), make([]float32, 1024)
	for _, o := range functions {
		for start := uint64(0); start < 1<<32; start += 1024 * uint64(step) {
			for i := range x {
				x[i] = math.Float32frombits(uint32(start) + uint32(i)*step) // beyond the last it begins again
			}
			level = simd.AVX2
			o.run(a, [][]float32{x}, 0)
			level = simd.AVX512
			o.run(b, [][]float32{x}, 0)
			for i := range x {
				if !same(a[i], b[i]) {
					t.Fatalf("%s(%g): %g with AVX2, %g with AVX-512", o.name, x[i], a[i], b[i])
				}
			}
		}
	}
}

func TestRsqrtError(t *testing.T) {
	worst, y := 0.0, make([]float32, 1)
	for b := math.Float32bits(1); b < math.Float32bits(4); b += 5 { // the other exponents repeat these two
		v := math.Float32frombits(b)
		rsqrtGo(y, []float32{v})
		worst = max(worst, ulps(y[0], 1/math.Sqrt(float64(v))))
	}
	t.Logf("%.3f", worst)
	if worst > 1.5 {
		t.Errorf("wrong by %g units in the last place", worst)
	}
}
