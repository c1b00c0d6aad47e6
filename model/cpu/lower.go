package cpu

import (
	"reflect"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// own operations, besides compute's.
const (
	opMoments = compute.OpTypeLast + 1 + iota // mean and variance of each channel
)

// formula writes operations down as expressions. After the first error it does nothing more.
type formula struct {
	f   compute.Function
	err error
}

func (e *formula) keep(v compute.Value, err error) compute.Value {
	if e.err == nil {
		e.err = err
	}
	return v
}

func (e *formula) binary(method func(_ compute.Function, a, b compute.Value) (compute.Value, error), a, b compute.Value) compute.Value {
	if e.err != nil {
		return nil
	}
	return e.keep(method(e.f, a, b))
}

func (e *formula) add(a, b compute.Value) compute.Value { return e.binary(compute.Function.Add, a, b) }
func (e *formula) sub(a, b compute.Value) compute.Value { return e.binary(compute.Function.Sub, a, b) }
func (e *formula) mul(a, b compute.Value) compute.Value { return e.binary(compute.Function.Mul, a, b) }
func (e *formula) div(a, b compute.Value) compute.Value { return e.binary(compute.Function.Div, a, b) }

// unary is method(a).
func (e *formula) unary(method func(compute.Function, compute.Value) (compute.Value, error), a compute.Value) compute.Value {
	if e.err != nil {
		return nil
	}
	return e.keep(method(e.f, a))
}

// sum adds x over axes.
func (e *formula) sum(x compute.Value, axes []int) compute.Value {
	if len(axes) == 0 { // to the operation that means all of them
		return x
	}
	return e.reduce(compute.Function.ReduceSum, x, axes...)
}

// reduce is method over axes.
func (e *formula) reduce(method func(compute.Function, compute.Value, ...int) (compute.Value, error), x compute.Value, axes ...int) compute.Value {
	if e.err != nil {
		return nil
	}
	return e.keep(method(e.f, x, axes...))
}

// along repeats an array, whose axes are the given ones of shape, along all others.
func (e *formula) along(v compute.Value, shape shapes.Shape, axes []int) compute.Value {
	if e.err != nil {
		return nil
	}
	return e.keep(e.f.BroadcastInDim(v, shape, axes))
}

// shaped is Reshape.
func (e *formula) shaped(v compute.Value, dims []int) compute.Value {
	if e.err != nil {
		return nil
	}
	return e.keep(e.f.Reshape(v, dims...))
}

// spread repeats a vector along all axes of shape but one.
func (e *formula) spread(v compute.Value, shape shapes.Shape, axis int) compute.Value {
	return e.along(v, shape, []int{axis})
}

// number is a scalar of the given type.
func (e *formula) number(dtype dtypes.DType, x float64) compute.Value {
	if e.err != nil {
		return nil
	}
	return e.keep(e.f.Constant(numbers(dtype, x)))
}

// convert changes the type of x.
func (e *formula) convert(x compute.Value, dtype dtypes.DType) compute.Value {
	if e.err != nil {
		return nil
	}
	return e.keep(e.f.ConvertDType(x, dtype))
}

// permute is Transpose.
func (e *formula) permute(x compute.Value, axes []int) compute.Value {
	if e.err != nil {
		return nil
	}
	return e.keep(e.f.Transpose(x, axes...))
}

// numbers is a slice of the given type.
func numbers[T int | float64](dtype dtypes.DType, xs ...T) any {
	flat := reflect.MakeSlice(reflect.SliceOf(dtype.GoType()), len(xs), len(xs))
	for i, x := range xs {
		flat.Index(i).Set(reflect.ValueOf(shapes.CastAsDType(x, dtype)))
	}
	return flat.Interface()
}

// allBut lists the axes below rank but one.
func allBut(rank, axis int) (axes []int) {
	for a := range rank {
		if a != axis {
			axes = append(axes, a)
		}
	}
	return axes
}
