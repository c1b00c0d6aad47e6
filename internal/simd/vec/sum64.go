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
