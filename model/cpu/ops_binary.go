package cpu

import "github.com/gomlx/compute"

// binary records an operation with two operands and nothing else.
func (f *function) binary(op compute.OpType, a, b compute.Value, method func(_ compute.Function, a, b compute.Value) (compute.Value, error)) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(method(t.Function, in[0], in[1]))
	}
	return f.record1(op, nil, emit, a, b)
}

// Add implements compute.Function.
func (f *function) Add(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeAdd, a, b, compute.Function.Add)
}

// Atan2 implements compute.Function.
func (f *function) Atan2(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeAtan2, a, b, compute.Function.Atan2)
}

// BitwiseAnd implements compute.Function.
func (f *function) BitwiseAnd(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeBitwiseAnd, a, b, compute.Function.BitwiseAnd)
}

// BitwiseOr implements compute.Function.
func (f *function) BitwiseOr(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeBitwiseOr, a, b, compute.Function.BitwiseOr)
}

// BitwiseXor implements compute.Function.
func (f *function) BitwiseXor(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeBitwiseXor, a, b, compute.Function.BitwiseXor)
}

// Complex implements compute.Function.
func (f *function) Complex(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeComplex, a, b, compute.Function.Complex)
}

// Div implements compute.Function.
func (f *function) Div(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeDiv, a, b, compute.Function.Div)
}

// Equal implements compute.Function.
func (f *function) Equal(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeEqual, a, b, compute.Function.Equal)
}

// EqualTotalOrder implements compute.Function.
func (f *function) EqualTotalOrder(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeEqualTotalOrder, a, b, compute.Function.EqualTotalOrder)
}

// GreaterOrEqual implements compute.Function.
func (f *function) GreaterOrEqual(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeGreaterOrEqual, a, b, compute.Function.GreaterOrEqual)
}

// GreaterOrEqualTotalOrder implements compute.Function.
func (f *function) GreaterOrEqualTotalOrder(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeGreaterOrEqualTotalOrder, a, b, compute.Function.GreaterOrEqualTotalOrder)
}

// GreaterThan implements compute.Function.
func (f *function) GreaterThan(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeGreaterThan, a, b, compute.Function.GreaterThan)
}

// GreaterThanTotalOrder implements compute.Function.
func (f *function) GreaterThanTotalOrder(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeGreaterThanTotalOrder, a, b, compute.Function.GreaterThanTotalOrder)
}

// LessOrEqual implements compute.Function.
func (f *function) LessOrEqual(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLessOrEqual, a, b, compute.Function.LessOrEqual)
}

// LessOrEqualTotalOrder implements compute.Function.
func (f *function) LessOrEqualTotalOrder(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLessOrEqualTotalOrder, a, b, compute.Function.LessOrEqualTotalOrder)
}

// LessThan implements compute.Function.
func (f *function) LessThan(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLessThan, a, b, compute.Function.LessThan)
}

// LessThanTotalOrder implements compute.Function.
func (f *function) LessThanTotalOrder(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLessThanTotalOrder, a, b, compute.Function.LessThanTotalOrder)
}

// LogicalAnd implements compute.Function.
func (f *function) LogicalAnd(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLogicalAnd, a, b, compute.Function.LogicalAnd)
}

// LogicalOr implements compute.Function.
func (f *function) LogicalOr(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLogicalOr, a, b, compute.Function.LogicalOr)
}

// LogicalXor implements compute.Function.
func (f *function) LogicalXor(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeLogicalXor, a, b, compute.Function.LogicalXor)
}

// Max implements compute.Function.
func (f *function) Max(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeMax, a, b, compute.Function.Max)
}

// Min implements compute.Function.
func (f *function) Min(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeMin, a, b, compute.Function.Min)
}

// Mul implements compute.Function.
func (f *function) Mul(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeMul, a, b, compute.Function.Mul)
}

// NotEqual implements compute.Function.
func (f *function) NotEqual(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeNotEqual, a, b, compute.Function.NotEqual)
}

// NotEqualTotalOrder implements compute.Function.
func (f *function) NotEqualTotalOrder(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeNotEqualTotalOrder, a, b, compute.Function.NotEqualTotalOrder)
}

// Pow implements compute.Function.
func (f *function) Pow(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypePow, a, b, compute.Function.Pow)
}

// Rem implements compute.Function.
func (f *function) Rem(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeRem, a, b, compute.Function.Rem)
}

// ShiftLeft implements compute.Function.
func (f *function) ShiftLeft(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeShiftLeft, a, b, compute.Function.ShiftLeft)
}

// ShiftRightArithmetic implements compute.Function.
func (f *function) ShiftRightArithmetic(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeShiftRightArithmetic, a, b, compute.Function.ShiftRightArithmetic)
}

// ShiftRightLogical implements compute.Function.
func (f *function) ShiftRightLogical(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeShiftRightLogical, a, b, compute.Function.ShiftRightLogical)
}

// Sub implements compute.Function.
func (f *function) Sub(a, b compute.Value) (compute.Value, error) {
	return f.binary(compute.OpTypeSub, a, b, compute.Function.Sub)
}
