package vec

import "fmt"

// Comparison names what Compare asks.
type Comparison uint8

// The comparisons. With a NaN on either side only NotEqual is true.
const (
	Equal Comparison = iota
	NotEqual
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
)

// Compare sets the mask to a[i] op b[i].
func Compare(op Comparison, mask, a, b []float32) {
	same2(mask, a, b)
	switch op {
	case Equal:
		equalKernel(mask, a, b)
	case NotEqual:
		notEqualKernel(mask, a, b)
	case Less:
		lessKernel(mask, a, b)
	case LessOrEqual:
		lessOrEqualKernel(mask, a, b)
	case Greater:
		lessKernel(mask, b, a)
	case GreaterOrEqual:
		lessOrEqualKernel(mask, b, a)
	default:
		panic(fmt.Sprintf("vec: no comparison %d", op))
	}
}

// CompareScalar sets the mask to a[i] op s.
func CompareScalar(op Comparison, mask, a []float32, s float32) {
	same1(mask, a)
	switch op {
	case Equal:
		equalScalarKernel(mask, a, s)
	case NotEqual:
		notEqualScalarKernel(mask, a, s)
	case Less:
		lessScalarKernel(mask, a, s)
	case LessOrEqual:
		lessOrEqualScalarKernel(mask, a, s)
	case Greater:
		greaterScalarKernel(mask, a, s)
	case GreaterOrEqual:
		greaterOrEqualScalarKernel(mask, a, s)
	default:
		panic(fmt.Sprintf("vec: no comparison %d", op))
	}
}

// Select sets dst[i] to a[i] where the mask is true and to b[i] where it is false.
func Select(dst, mask, a, b []float32) {
	same3(dst, mask, a, b)
	selectKernel(dst, mask, a, b)
}

// ReLUGrad sets dst[i] to dy[i] where y[i] > 0 and to 0 elsewhere: the gradient of y = max(x, 0), from y (or x).
func ReLUGrad(dst, y, dy []float32) {
	same2(dst, y, dy)
	reluGradKernel(dst, y, dy)
}

// And sets dst to the bits that are in a and in b.
func And(dst, a, b []float32) {
	same2(dst, a, b)
	andKernel(dst, a, b)
}

// Or sets dst to the bits that are in a or in b.
func Or(dst, a, b []float32) {
	same2(dst, a, b)
	orKernel(dst, a, b)
}

// Xor sets dst to the bits that are in one of a and b.
func Xor(dst, a, b []float32) {
	same2(dst, a, b)
	xorKernel(dst, a, b)
}

// Not sets dst to the bits that are not in a.
func Not(dst, a []float32) {
	same1(dst, a)
	notKernel(dst, a)
}
