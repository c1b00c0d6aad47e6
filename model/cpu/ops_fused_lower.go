package cpu

import (
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// Operations that GoMLX gives as one because the Go backend is faster so. Here those on float32 are written out again: the
// product has a kernel, and the rest becomes loops. The Go backend says what is wrong with their operands. It has
// none for half precision, or fails when they run: then GoMLX is told to write them out.

// lowered does an operation on float32 by write, one on float64 as the Go backend does, and no other.
func (f *function) lowered(op compute.OpType, emit emitFunc, operands []compute.Value, write func(e *formula, shape shapes.Shape) compute.Value) (compute.Value, error) {
	shape, err := f.Shape(operands[0])
	if err != nil {
		return nil, err
	}
	switch {
	case shape.DType == dtypes.Float64 || shape.IsDynamic():
		return f.recordUnique(op, emit, operands)
	case shape.DType != dtypes.Float32:
		return nil, notImplemented(op)
	}
	if _, _, err := f.try(op, emit, operands); err != nil {
		return nil, err
	}
	e := &formula{f: f}
	y := write(e, shape)
	return y, e.err
}

// FusedSoftmax implements compute.Function.
func (f *function) FusedSoftmax(x compute.Value, axis int) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) { return one(t.FusedSoftmax(in[0], axis)) }
	return f.lowered(compute.OpTypeFusedSoftmax, emit, []compute.Value{x}, func(e *formula, shape shapes.Shape) compute.Value {
		kept := allBut(shape.Rank(), axis)
		most := e.reduce(compute.Function.ReduceMax, x, axis)
		y := e.unary(compute.Function.Exp, e.sub(x, e.along(most, shape, kept)))
		return e.div(y, e.along(e.reduce(compute.Function.ReduceSum, y, axis), shape, kept))
	})
}

// FusedLayerNorm implements compute.Function.
func (f *function) FusedLayerNorm(x compute.Value, axes []int, epsilon float64, gamma, beta compute.Value) (compute.Value, error) {
	axes = slices.Clone(axes)
	o := operands{values: []compute.Value{x}}
	g, b := o.add(gamma), o.add(beta)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.FusedLayerNorm(in[0], slices.Clone(axes), epsilon, g(in), b(in)))
	}
	return f.lowered(compute.OpTypeFusedLayerNorm, emit, o.values, func(e *formula, shape shapes.Shape) compute.Value {
		rank, n := shape.Rank(), 1
		var over, kept []int
		for a := range rank {
			if slices.Contains(axes, a) || slices.Contains(axes, a-rank) {
				over, n = append(over, a), n*shape.Dimensions[a]
			} else {
				kept = append(kept, a)
			}
		}
		count := e.number(shape.DType, float64(n))
		mean := func(v compute.Value) compute.Value {
			return e.div(e.sum(v, over), count)
		}
		centred := e.sub(x, e.along(mean(x), shape, kept))
		variance := e.add(mean(e.mul(centred, centred)), e.number(shape.DType, epsilon))
		y := e.mul(centred, e.along(e.unary(compute.Function.Rsqrt, variance), shape, kept))
		if gamma != nil {
			y = e.mul(y, e.along(e.shaped(gamma, at(shape.Dimensions, over)), shape, over))
		}
		if beta != nil {
			y = e.add(y, e.along(e.shaped(beta, at(shape.Dimensions, over)), shape, over))
		}
		return y
	})
}

// FusedGelu implements compute.Function.
func (f *function) FusedGelu(x compute.Value, exact bool) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) { return one(t.FusedGelu(in[0], exact)) }
	shape, err := f.Shape(x)
	if err != nil {
		return nil, err
	}
	if shape.DType != dtypes.Float32 { // of which it has more than of the others
		return f.record1(compute.OpTypeFusedGelu, exact, emit, x)
	}
	return f.lowered(compute.OpTypeFusedGelu, emit, []compute.Value{x}, func(e *formula, _ shapes.Shape) compute.Value {
		return e.gelu(x, exact)
	})
}

// gelu is x/2·(1 + erf(x/√2)), or with tanh(√(2/π)·(x + 0.044715·x³)) for the error function.
func (e *formula) gelu(x compute.Value, exact bool) compute.Value {
	num := func(v float64) compute.Value { return e.number(dtypes.Float32, v) }
	var inner compute.Value
	if exact {
		inner = e.unary(compute.Function.Erf, e.mul(x, num(1/math.Sqrt2)))
	} else {
		cube := e.mul(e.mul(e.mul(num(0.044715), x), x), x)
		inner = e.unary(compute.Function.Tanh, e.mul(num(math.Sqrt(2/math.Pi)), e.add(x, cube)))
	}
	return e.mul(e.mul(x, num(0.5)), e.add(inner, num(1)))
}

// FusedDense implements compute.Function.
func (f *function) FusedDense(x, weight, bias compute.Value, options compute.DenseConfig) (compute.Value, error) {
	o := operands{values: []compute.Value{x, weight}}
	b := o.add(bias)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.FusedDense(in[0], in[1], b(in), options))
	}
	return f.lowered(compute.OpTypeFusedDense, emit, o.values, func(e *formula, shape shapes.Shape) compute.Value {
		axis := 0
		if options.WeightLayout == compute.DenseLayoutOutputsInput {
			axis = weight.(*value).shape.Rank() - 1
		}
		y := e.keep(f.DotGeneral(x, []int{shape.Rank() - 1}, nil, weight, []int{axis}, nil, compute.DotGeneralConfig{}))
		if bias != nil && e.err == nil {
			out := y.(*value).shape
			axes := allBut(out.Rank(), -1)[shape.Rank()-1:]
			y = e.add(y, e.along(e.shaped(bias, at(out.Dimensions, axes)), out, axes))
		}
		return e.activation(y, options.Activation)
	})
}

// activation applies the function named.
func (e *formula) activation(x compute.Value, a compute.ActivationType) compute.Value {
	num := func(v float64) compute.Value { return e.number(dtypes.Float32, v) }
	switch a {
	case compute.ActivationGelu:
		return e.gelu(x, true)
	case compute.ActivationRelu:
		return e.binary(compute.Function.Max, x, num(0))
	case compute.ActivationSilu:
		return e.mul(x, e.unary(compute.Function.Logistic, x))
	case compute.ActivationHardSwish:
		gate := e.add(e.mul(x, num(1.0/6)), num(0.5))
		return e.mul(x, e.binary(compute.Function.Min, e.binary(compute.Function.Max, gate, num(0)), num(1)))
	case compute.ActivationTanh:
		return e.unary(compute.Function.Tanh, x)
	}
	return x
}
