package vec

// AddScalar sets dst[i] = a[i] + s.
func AddScalar(dst, a []float32, s float32) {
	same1(dst, a)
	addScalarKernel(dst, a, s)
}

// MulScalar sets dst[i] = a[i] · s.
func MulScalar(dst, a []float32, s float32) {
	same1(dst, a)
	mulScalarKernel(dst, a, s)
}

// RsubScalar sets dst[i] = s − a[i]. (For a[i] − s take AddScalar with −s: the bits are the same.)
func RsubScalar(dst, a []float32, s float32) {
	same1(dst, a)
	rsubScalarKernel(dst, a, s)
}

// DivScalar sets dst[i] = a[i] / s, correctly rounded.
func DivScalar(dst, a []float32, s float32) {
	same1(dst, a)
	divScalarKernel(dst, a, s)
}

// RdivScalar sets dst[i] = s / a[i], correctly rounded.
func RdivScalar(dst, a []float32, s float32) {
	same1(dst, a)
	rdivScalarKernel(dst, a, s)
}

// MaxScalar sets dst[i] to the greater of a[i] and s, NaN if either is.
func MaxScalar(dst, a []float32, s float32) {
	same1(dst, a)
	if s != s { // the kernels take the other operand then
		fillKernel(dst, s)
		return
	}
	maxScalarKernel(dst, a, s)
}

// MinScalar sets dst[i] to the smaller of a[i] and s, NaN if either is.
func MinScalar(dst, a []float32, s float32) {
	same1(dst, a)
	if s != s {
		fillKernel(dst, s)
		return
	}
	minScalarKernel(dst, a, s)
}
