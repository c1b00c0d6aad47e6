package vec

// Sums in float32. A block of up to 4096 numbers is summed in 64 lanes: number i belongs to lane i mod 64, and the lanes are
// added in halves (32 to 32, 16 to 16, …), without fused multiplications. Longer slices are cut in two at a multiple
// of the block, and so on, and the parts' sums added: so the error grows with the logarithm of the length.
const sumBlock = 4096

// Sum is Σ x[i].
func Sum(x []float32) float32 {
	if len(x) <= sumBlock {
		return sumKernel(x)
	}
	h := half(len(x))
	return Sum(x[:h]) + Sum(x[h:])
}

// half is where a slice of n > sumBlock numbers is cut.
func half(n int) int { return (n/2 + sumBlock - 1) / sumBlock * sumBlock }

// Maximum is the greatest of x, NaN if there is one, −Inf if x is empty.
func Maximum(x []float32) float32 { return maximumKernel(x) }

// Minimum is the smallest of x, NaN if there is one, +Inf if x is empty.
func Minimum(x []float32) float32 { return minimumKernel(x) }
