package peak

import "fashionpipe/internal/simd"

const loops = 10_000

// multiply is the loop of the level in use, and how many operations a call does.
func multiply() (operations int, f func()) {
	switch simd.Active() {
	case simd.AVX512:
		return 2 * 16 * 24 * loops, func() { multiplyAVX512(loops) }
	case simd.AVX2:
		return 2 * 8 * 12 * loops, func() { multiplyAVX2(loops) }
	}
	return multiplyPlain()
}

func read(x []byte) {
	switch simd.Active() {
	case simd.AVX512:
		readAVX512(&x[0], len(x)/(8*64))
	case simd.AVX2:
		readAVX2(&x[0], len(x)/(8*32))
	default:
		readGo(x)
	}
}
