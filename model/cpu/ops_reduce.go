package cpu

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// axesAttrs are the axes of a reduction (none: all), or of Reverse, or the permutation of Transpose.
type axesAttrs struct{ axes []int }

// overAxes records an operation defined by its operand and a list of axes.
func (f *function) overAxes(op compute.OpType, x compute.Value, axes []int, method func(compute.Function, compute.Value, ...int) (compute.Value, error)) (compute.Value, error) {
	axes = slices.Clone(axes)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(method(t.Function, in[0], slices.Clone(axes)...))
	}
	return f.record1(op, axesAttrs{axes}, emit, x)
}

// ReduceBitwiseAnd implements compute.Function.
func (f *function) ReduceBitwiseAnd(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceBitwiseAnd, x, axes, compute.Function.ReduceBitwiseAnd)
}

// ReduceBitwiseOr implements compute.Function.
func (f *function) ReduceBitwiseOr(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceBitwiseOr, x, axes, compute.Function.ReduceBitwiseOr)
}

// ReduceBitwiseXor implements compute.Function.
func (f *function) ReduceBitwiseXor(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceBitwiseXor, x, axes, compute.Function.ReduceBitwiseXor)
}

// ReduceLogicalAnd implements compute.Function.
func (f *function) ReduceLogicalAnd(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceLogicalAnd, x, axes, compute.Function.ReduceLogicalAnd)
}

// ReduceLogicalOr implements compute.Function.
func (f *function) ReduceLogicalOr(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceLogicalOr, x, axes, compute.Function.ReduceLogicalOr)
}

// ReduceLogicalXor implements compute.Function.
func (f *function) ReduceLogicalXor(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceLogicalXor, x, axes, compute.Function.ReduceLogicalXor)
}

// ReduceMax implements compute.Function.
func (f *function) ReduceMax(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceMax, x, axes, compute.Function.ReduceMax)
}

// ReduceMin implements compute.Function.
func (f *function) ReduceMin(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceMin, x, axes, compute.Function.ReduceMin)
}

// ReduceProduct implements compute.Function.
func (f *function) ReduceProduct(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceProduct, x, axes, compute.Function.ReduceProduct)
}

// ReduceSum implements compute.Function.
func (f *function) ReduceSum(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReduceSum, x, axes, compute.Function.ReduceSum)
}

// Reverse implements compute.Function.
func (f *function) Reverse(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeReverse, x, axes, compute.Function.Reverse)
}

// Transpose implements compute.Function.
func (f *function) Transpose(x compute.Value, axes ...int) (compute.Value, error) {
	return f.overAxes(compute.OpTypeTranspose, x, axes, compute.Function.Transpose)
}

type argMinMaxAttrs struct {
	axis  int
	dtype dtypes.DType
	min   bool
}

// ArgMinMax implements compute.Function.
func (f *function) ArgMinMax(x compute.Value, axis int, outputDType dtypes.DType, isMin bool) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.ArgMinMax(in[0], axis, outputDType, isMin))
	}
	return f.record1(compute.OpTypeArgMinMax, argMinMaxAttrs{axis, outputDType, isMin}, emit, x)
}

type cumSumAttrs struct {
	axis    int
	options compute.CumSumOptions
}

// CumSum implements compute.Function.
func (f *function) CumSum(x compute.Value, axis int, options compute.CumSumOptions) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.CumSum(in[0], axis, options))
	}
	return f.record1(compute.OpTypeCumSum, cumSumAttrs{axis, options}, emit, x)
}

type windowAttrs struct {
	reduce                            compute.ReduceOpType
	window, strides, inputDil, winDil []int
	paddings                          [][2]int
}

func (a windowAttrs) clone() windowAttrs {
	a.window, a.strides = slices.Clone(a.window), slices.Clone(a.strides)
	a.inputDil, a.winDil = slices.Clone(a.inputDil), slices.Clone(a.winDil)
	a.paddings = slices.Clone(a.paddings)
	return a
}

// ReduceWindow implements compute.Function. Maxima and minima of truth values are made of numbers.
func (f *function) ReduceWindow(x compute.Value, reduce compute.ReduceOpType, window, strides, inputDilations, windowDilations []int, paddings [][2]int) (compute.Value, error) {
	if v, ok := x.(*value); ok && v.shape.DType == dtypes.Bool && (reduce == compute.ReduceOpMax || reduce == compute.ReduceOpMin) {
		e := &formula{f: f}
		y, err := f.ReduceWindow(e.convert(x, dtypes.Float32), reduce, window, strides, inputDilations, windowDilations, paddings)
		y = e.binary(compute.Function.GreaterThan, e.keep(y, err), e.number(dtypes.Float32, 0.5))
		return y, e.err
	}
	a := windowAttrs{reduce, window, strides, inputDilations, windowDilations, paddings}.clone()
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		c := a.clone()
		return one(t.ReduceWindow(in[0], c.reduce, c.window, c.strides, c.inputDil, c.winDil, c.paddings))
	}
	return f.record1(compute.OpTypeReduceWindow, a, emit, x)
}

// SelectAndScatterMax implements compute.Function.
func (f *function) SelectAndScatterMax(x, source compute.Value, window, strides []int, paddings [][2]int) (compute.Value, error) {
	return f.selectAndScatter(compute.OpTypeSelectAndScatterMax, compute.Function.SelectAndScatterMax, x, source, window, strides, paddings)
}

// SelectAndScatterMin implements compute.Function.
func (f *function) SelectAndScatterMin(x, source compute.Value, window, strides []int, paddings [][2]int) (compute.Value, error) {
	return f.selectAndScatter(compute.OpTypeSelectAndScatterMin, compute.Function.SelectAndScatterMin, x, source, window, strides, paddings)
}

func (f *function) selectAndScatter(op compute.OpType, method func(_ compute.Function, x, source compute.Value, window, strides []int, paddings [][2]int) (compute.Value, error),
	x, source compute.Value, window, strides []int, paddings [][2]int) (compute.Value, error) {
	a := windowAttrs{window: window, strides: strides, paddings: paddings}.clone()
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		c := a.clone()
		return one(method(t.Function, in[0], in[1], c.window, c.strides, c.paddings))
	}
	return f.record1(op, a, emit, x, source)
}
