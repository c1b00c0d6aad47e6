package vec

// Below writes to dst the indices i with x[i] < limit, in order, and returns how many there are. dst is at least as long as x;
// what it holds after the last index, up to len(x), is lost.
func Below(dst []int32, x []float32, limit float32) int {
	if len(dst) < len(x) {
		panic(mismatch(len(dst), len(x)))
	}
	return belowKernel(dst, x, limit)
}

// BelowSum is Below for x[i] + s·y[i] < limit, product and sum each rounded.
func BelowSum(dst []int32, x, y []float32, s, limit float32) int {
	same1(x, y)
	if len(dst) < len(x) {
		panic(mismatch(len(dst), len(x)))
	}
	return belowSumKernel(dst, x, y, s, limit)
}
