package loop

import "math"

// Functions without a vector kernel, computed in float64 one number at a time and rounded, as by GoMLX's Go backend.

func erf(dst, a []float32)   { each(dst, a, math.Erf) }
func sin(dst, a []float32)   { each(dst, a, math.Sin) }
func cos(dst, a []float32)   { each(dst, a, math.Cos) }
func log1p(dst, a []float32) { each(dst, a, math.Log1p) }
func expm1(dst, a []float32) { each(dst, a, math.Expm1) }

func pow(dst, a, b []float32) { eachPair(dst, a, b, math.Pow) }
func rem(dst, a, b []float32) { eachPair(dst, a, b, math.Mod) }

func each(dst, a []float32, f func(float64) float64) {
	for i, v := range a {
		dst[i] = float32(f(float64(v)))
	}
}

func eachPair(dst, a, b []float32, f func(a, b float64) float64) {
	for i, v := range a {
		dst[i] = float32(f(float64(v), float64(b[i])))
	}
}
