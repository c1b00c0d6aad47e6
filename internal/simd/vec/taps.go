package vec

import "fmt"

// A window that slides over an array of pixels, each of some channels, reads the same few places relative to where it
// stands: the taps. The functions below do the channels of one window at once. taps are offsets into src (or dst), and each
// must leave room for a whole dst (or x) after it.

// SumTaps sets dst[i] to Σ src[tap + i] over the taps, added to 0 in their order.
func SumTaps(dst, src []float32, taps []int) {
	checkTaps(len(dst), len(src), taps)
	sumTapsKernel(dst, src, taps)
}

// ProductTaps sets dst[i] to the product of src[tap + i] over the taps, multiplied with 1 in their order.
func ProductTaps(dst, src []float32, taps []int) {
	checkTaps(len(dst), len(src), taps)
	productTapsKernel(dst, src, taps)
}

// MaxTaps sets dst[i] to the greatest of src[tap + i], by Max; to −Inf if there are no taps.
func MaxTaps(dst, src []float32, taps []int) {
	checkTaps(len(dst), len(src), taps)
	maxTapsKernel(dst, src, taps)
}

// MinTaps sets dst[i] to the smallest of src[tap + i], by Min; to +Inf if there are no taps.
func MinTaps(dst, src []float32, taps []int) {
	checkTaps(len(dst), len(src), taps)
	minTapsKernel(dst, src, taps)
}

// ArgMaxTaps sets best[i] to the greatest of src[tap + i], and which[i] to the number of its tap. Of equal numbers (−0
// equals +0) the first is taken, but of NaNs, which count as greater than all else, the last: so do GoMLX's ArgMinMax
// and SelectAndScatter. There must be a tap.
func ArgMaxTaps(best []float32, which []int32, src []float32, taps []int) {
	checkArgTaps(best, which, src, taps)
	argMaxTapsKernel(best, which, src, taps)
}

// ArgMinTaps is ArgMaxTaps for the smallest; here NaNs count as smaller than all else.
func ArgMinTaps(best []float32, which []int32, src []float32, taps []int) {
	checkArgTaps(best, which, src, taps)
	argMinTapsKernel(best, which, src, taps)
}

// AddTaps adds x[i] to dst[tap + i] of the tap whose number is which[i]; taps are those numbered first, first+1, …, and
// where which[i] is none of them nothing is added. Taps less than len(x) apart may meet in a number: what is added to it is
// then added in no particular order.
func AddTaps(dst, x []float32, which []int32, taps []int, first int) {
	if len(which) != len(x) {
		panic(mismatch(len(x), len(which)))
	}
	checkTaps(len(x), len(dst), taps)
	addTapsKernel(dst, x, which, taps, first)
}

func checkArgTaps(best []float32, which []int32, src []float32, taps []int) {
	if len(which) != len(best) || len(taps) == 0 {
		panic(fmt.Sprintf("vec: %d numbers, %d places, %d taps", len(best), len(which), len(taps)))
	}
	checkTaps(len(best), len(src), taps)
}

func checkTaps(n, all int, taps []int) {
	for _, t := range taps {
		if t < 0 || t > all-n {
			panic(fmt.Sprintf("vec: %d numbers from %d on, of %d", n, t, all))
		}
	}
}
