package dot8

import (
	"golang.org/x/sys/cpu"

	"fashionpipe/internal/simd"
)

var available = simd.Active() == simd.AVX512 && cpu.X86.HasAVX512VNNI

// Available tells whether this processor has the instructions, and they are not switched off (see package simd).
func Available() bool { return available }

func roundRow(q []int8, x []float32, inverse, scale float32) (lost float32, sum int32) {
	return roundVNNI(&q[0], &x[0], len(x), inverse, scale)
}

// tile writes the bounds of MR rows of a with a panel.
func tile(dst []float32, ldc int, a *Rows, row int, panel []uint8, cols []float32) {
	tileVNNI(&dst[0], ldc, &a.q[row*a.width], a.width, &a.starts[row], &a.factors[3*row], &panel[0], &cols[0], a.width/8)
}
