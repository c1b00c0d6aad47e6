package vec

import "testing"

// Arrays of a caller stay on its stack.
func TestNoAllocation(t *testing.T) {
	atEachLevel(t, func(t *testing.T) {
		n := testing.AllocsPerRun(10, func() {
			var x, y [96]float32
			var acc [3]float32
			var found [96]int32
			Add(x[:], x[:], y[:])
			Exp(x[:], x[:])
			Select(x[:], y[:], x[:], y[:])
			CentredProducts(acc[:], x[:], acc[:], y[:], 32, 3)
			Transpose(y[:], x[:], 8, 12, 8, 12)
			_ = Sum(x[:]) + float32(DotF64(x[:], y[:])) + float32(Below(found[:], x[:], 1))
		})
		if n != 0 {
			t.Errorf("%g allocations", n)
		}
	})
}
