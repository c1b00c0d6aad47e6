//go:build !amd64

package dot8

// Available tells whether this processor has the instructions, and they are not switched off (see package simd).
func Available() bool { return false }

func roundRow(q []int8, x []float32, inverse, scale float32) (lost float32, sum int32) {
	panic("dot8: not available")
}

func tile(dst []float32, ldc int, a *Rows, row int, panel []uint8, cols []float32) {
	panic("dot8: not available")
}
