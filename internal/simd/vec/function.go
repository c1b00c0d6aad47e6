package vec

// The functions below are polynomials at the levels AVX2 and AVX512, which give the same bits, and math's in float64, rounded,
// in plain Go, which has others. The errors, in units of the result's last place, are the greatest at any of the 2³²
// floats (go test -run Function -every-float measures them); results that are not normal numbers are as near.

// Exp sets dst[i] = eᵃ, with an error of at most 1.02.
func Exp(dst, a []float32) {
	same1(dst, a)
	expKernel(dst, a)
}

// Log sets dst[i] to the natural logarithm of a[i]: −Inf at 0, NaN below, with an error of at most 0.84.
func Log(dst, a []float32) {
	same1(dst, a)
	logKernel(dst, a)
}

// Tanh sets dst[i] to the hyperbolic tangent of a[i], with an error of at most 2.43.
func Tanh(dst, a []float32) {
	same1(dst, a)
	tanhKernel(dst, a)
}

// Logistic sets dst[i] = 1/(1+e⁻ᵃ), without loss far below zero, with an error of at most 2.42.
func Logistic(dst, a []float32) {
	same1(dst, a)
	logisticKernel(dst, a)
}
