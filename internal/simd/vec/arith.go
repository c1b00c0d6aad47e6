package vec

// Add sets dst[i] = a[i] + b[i].
func Add(dst, a, b []float32) {
	same2(dst, a, b)
	addKernel(dst, a, b)
}

// Sub sets dst[i] = a[i] − b[i].
func Sub(dst, a, b []float32) {
	same2(dst, a, b)
	subKernel(dst, a, b)
}

// Mul sets dst[i] = a[i] · b[i].
func Mul(dst, a, b []float32) {
	same2(dst, a, b)
	mulKernel(dst, a, b)
}

// Div sets dst[i] = a[i] / b[i], correctly rounded.
func Div(dst, a, b []float32) {
	same2(dst, a, b)
	divKernel(dst, a, b)
}

// Max sets dst[i] to the greater of a[i] and b[i], NaN if either is.
func Max(dst, a, b []float32) {
	same2(dst, a, b)
	maxKernel(dst, a, b)
}

// Min sets dst[i] to the smaller of a[i] and b[i], NaN if either is.
func Min(dst, a, b []float32) {
	same2(dst, a, b)
	minKernel(dst, a, b)
}

// MulAdd sets dst[i] = a[i]·b[i] + c[i], rounded once at the levels AVX2 and AVX512, and twice in plain Go.
func MulAdd(dst, a, b, c []float32) {
	same3(dst, a, b, c)
	mulAddKernel(dst, a, b, c)
}

// Fill sets dst[i] = s.
func Fill(dst []float32, s float32) { fillKernel(dst, s) }
