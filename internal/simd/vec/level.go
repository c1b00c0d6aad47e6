package vec

import (
	"fmt"

	"fashionpipe/internal/simd"
)

// level is a variable, and not simd.Active() in each call, so that tests run all levels in one process.
var level = simd.Active()

func same1(dst, a []float32) {
	if len(a) != len(dst) {
		panic(mismatch(len(dst), len(a)))
	}
}

func same2(dst, a, b []float32) {
	if len(a) != len(dst) || len(b) != len(dst) {
		panic(mismatch(len(dst), len(a), len(b)))
	}
}

func same3(dst, a, b, c []float32) {
	if len(a) != len(dst) || len(b) != len(dst) || len(c) != len(dst) {
		panic(mismatch(len(dst), len(a), len(b), len(c)))
	}
}

func mismatch(lengths ...int) string {
	return fmt.Sprintf("vec: slices of different lengths: %d", lengths)
}
