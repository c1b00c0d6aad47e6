package vec

// Exp sets dst[i] = eᵃ. In plain Go it is math.Exp, rounded.
func Exp(dst, a []float32) {
	same1(dst, a)
	expKernel(dst, a)
}

// Log sets dst[i] to the natural logarithm of a[i], −Inf at 0, NaN below. In plain Go it is math.Log, rounded.
func Log(dst, a []float32) {
	same1(dst, a)
	logKernel(dst, a)
}

// Tanh sets dst[i] to the hyperbolic tangent of a[i]. In plain Go it is math.Tanh, rounded.
func Tanh(dst, a []float32) {
	same1(dst, a)
	tanhKernel(dst, a)
}

// Logistic sets dst[i] = 1/(1+e⁻ᵃ), without loss far below zero. In plain Go it is computed by math.Exp in float64.
func Logistic(dst, a []float32) {
	same1(dst, a)
	logisticKernel(dst, a)
}
