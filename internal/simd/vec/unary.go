package vec

// Neg sets dst[i] = −a[i]: the sign changes, of zeros and NaNs too.
func Neg(dst, a []float32) {
	same1(dst, a)
	negKernel(dst, a)
}

// Abs sets dst[i] = −a[i] where a[i] < 0 and a[i] elsewhere: −0 stays −0.
func Abs(dst, a []float32) {
	same1(dst, a)
	absKernel(dst, a)
}

// Sqrt sets dst[i] to the square root of a[i], correctly rounded.
func Sqrt(dst, a []float32) {
	same1(dst, a)
	sqrtKernel(dst, a)
}

// Rsqrt sets dst[i] = 1/√a[i], root and quotient each rounded to float32: at most 1.5 units in the last place from the truth.
func Rsqrt(dst, a []float32) {
	same1(dst, a)
	rsqrtKernel(dst, a)
}

// Floor sets dst[i] to the greatest whole number that is not above a[i].
func Floor(dst, a []float32) {
	same1(dst, a)
	floorKernel(dst, a)
}

// Ceil sets dst[i] to the smallest whole number that is not below a[i].
func Ceil(dst, a []float32) {
	same1(dst, a)
	ceilKernel(dst, a)
}

// Round sets dst[i] to the nearest whole number, the even one of two as near.
func Round(dst, a []float32) {
	same1(dst, a)
	roundKernel(dst, a)
}

// Sign sets dst[i] to −1, 0 or 1; 0 for NaN.
func Sign(dst, a []float32) {
	same1(dst, a)
	signKernel(dst, a)
}
