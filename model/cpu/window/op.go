package window

import (
	"fmt"
	"math"

	"fashionpipe/internal/simd/vec"
)

// Op is how numbers become one.
type Op uint8

// The operations. Max and Min are Go's: NaN if there is a NaN, and −0 is below +0.
const (
	Sum     Op = iota // of none: 0
	Product           // of none: 1
	Max               // of none: −Inf
	Min               // of none: +Inf
)

func (op Op) String() string { return [...]string{"sum", "product", "max", "min"}[op] }

// identity is what nothing is reduced to.
func (op Op) identity() float32 {
	switch op {
	case Sum:
		return 0
	case Product:
		return 1
	case Max:
		return float32(math.Inf(-1))
	case Min:
		return float32(math.Inf(1))
	}
	panic(fmt.Sprintf("window: no operation %d", op))
}

// taps reduces src[tap+i] over the taps to dst[i].
func (op Op) taps(dst, src []float32, taps []int) {
	switch op {
	case Sum:
		vec.SumTaps(dst, src, taps)
	case Product:
		vec.ProductTaps(dst, src, taps)
	case Max:
		vec.MaxTaps(dst, src, taps)
	case Min:
		vec.MinTaps(dst, src, taps)
	default:
		panic(fmt.Sprintf("window: no operation %d", op))
	}
}

// join reduces acc[i] and x[i] to acc[i].
func (op Op) join(acc, x []float32) {
	switch op {
	case Sum:
		vec.Add(acc, acc, x)
	case Product:
		vec.Mul(acc, acc, x)
	case Max:
		vec.Max(acc, acc, x)
	case Min:
		vec.Min(acc, acc, x)
	default:
		panic(fmt.Sprintf("window: no operation %d", op))
	}
}

// two reduces two numbers.
func (op Op) two(a, b float32) float32 {
	switch op {
	case Sum:
		return a + b
	case Product:
		return a * b
	case Max:
		return max(a, b)
	case Min:
		return min(a, b)
	}
	panic(fmt.Sprintf("window: no operation %d", op))
}
