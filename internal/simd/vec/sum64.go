package vec

// Sums of float32 numbers in float64: every number is widened first, so products of two are exact. Number i belongs to lane
// i mod 16, and the lanes are added in halves (8 to 8, 4 to 4, …). Products are rounded before they are added (no fused
// multiplication): all levels give the same bits.

// SumF64 is Σ x[i].
func SumF64(x []float32) float64 { return sumF64Kernel(x) }

// DotF64 is Σ a[i]·b[i].
func DotF64(a, b []float32) float64 {
	same1(a, b)
	return dotF64Kernel(a, b)
}

// SquaredDistanceF64 is Σ (a[i] − b[i])².
func SquaredDistanceF64(a, b []float32) float64 {
	same1(a, b)
	return squaredDistanceF64Kernel(a, b)
}

// SquaredDistanceToF64 is Σ (a[i] − b[i])².
func SquaredDistanceToF64(a []float32, b []float64) float64 {
	if len(a) != len(b) {
		panic(mismatch(len(a), len(b)))
	}
	return squaredDistanceToF64Kernel(a, b)
}

// ScaledSquaredDistanceF64 is Σ (s·a[i] − t·b[i])²; s·a[i] and t·b[i] are rounded before they are subtracted.
func ScaledSquaredDistanceF64(a []float32, s float64, b []float32, t float64) float64 {
	same1(a, b)
	return scaledSquaredDistanceF64Kernel(a, b, s, t)
}

// AddF64 adds x[i] to acc[i].
func AddF64(acc []float64, x []float32) {
	if len(acc) != len(x) {
		panic(mismatch(len(acc), len(x)))
	}
	addF64Kernel(acc, x)
}

// AddScaledF64 adds s·x[i], rounded, to acc[i].
func AddScaledF64(acc []float64, s float64, x []float32) {
	if len(acc) != len(x) {
		panic(mismatch(len(acc), len(x)))
	}
	addScaledF64Kernel(acc, x, s)
}
