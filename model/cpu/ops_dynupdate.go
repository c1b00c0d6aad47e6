package cpu

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// DynamicUpdateSlice implements compute.Function. On the Go backend the update is gathered to the operand's size and
// chosen where it lies. Operands of the node: x, the update, then the starts.
func (f *function) DynamicUpdateSlice(x, update compute.Value, starts []compute.Value) (compute.Value, error) {
	starts, err := f.scalars(starts)
	if err != nil {
		return nil, err
	}
	part, err := f.Shape(update)
	if err != nil {
		return nil, err
	}
	shape, err := f.dynamicSliceShape(compute.OpTypeDynamicUpdateSlice, x, starts, part.Dimensions)
	if err != nil {
		return nil, err
	}
	if part.DType != shape.DType {
		return nil, fmt.Errorf("DynamicUpdateSlice: update %s is of another type than operand %s", part, shape)
	}
	if part.Size() == 0 {
		return f.Identity(x)
	}
	if shape.Rank() == 0 {
		return f.Identity(update)
	}
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		e := &updateEmitter{formula{f: t.Function}}
		return one(e.emit(in[0], in[1], in[2:], shape, part))
	}
	return f.record1(compute.OpTypeDynamicUpdateSlice, nil, emit, append([]compute.Value{x, update}, starts...)...)
}

type updateEmitter struct{ formula }

// emit chooses, for each place of x [shape], between x and the update [part], clamped into x.
func (e *updateEmitter) emit(x, update compute.Value, starts []compute.Value, shape, part shapes.Shape) (compute.Value, error) {
	var inside compute.Value
	dims := slices.Clone(part.Dimensions)
	for axis, start := range starts {
		index, in := e.along(start, shape, part.Dimensions[axis], axis)
		dims[axis] = 1
		sizes := slices.Clone(dims)
		dims[axis] = shape.Dimensions[axis]
		if e.err != nil {
			return nil, e.err
		}
		update = e.keep(e.f.Gather(update, index, 1, allBut(len(dims), axis), []int{axis}, []int{axis}, sizes, true))
		if inside == nil {
			inside = in
		} else {
			inside = e.binary(compute.Function.LogicalAnd, inside, in)
		}
	}
	if e.err != nil {
		return nil, e.err
	}
	return e.f.Where(inside, update, x)
}

// along gives, for the places along an axis of x, where in the update they are (clamped, [n, 1]), and, in x's shape,
// whether they are inside it.
func (e *updateEmitter) along(start compute.Value, shape shapes.Shape, size, axis int) (index, inside compute.Value) {
	if e.err != nil {
		return nil, nil
	}
	n := shape.Dimensions[axis]
	last := e.number(dtypes.Int64, float64(n-size))
	start = e.binary(compute.Function.Max, e.convert(start, dtypes.Int64), e.number(dtypes.Int64, 0))
	start = e.binary(compute.Function.Min, start, last)
	if e.err != nil {
		return nil, nil
	}
	iota := e.keep(e.f.Iota(shapes.Make(dtypes.Int64, n), 0))
	at := e.sub(iota, start)
	lo := e.binary(compute.Function.GreaterOrEqual, at, e.number(dtypes.Int64, 0))
	hi := e.binary(compute.Function.LessThan, at, e.number(dtypes.Int64, float64(size)))
	in := e.binary(compute.Function.LogicalAnd, lo, hi)
	at = e.binary(compute.Function.Max, at, e.number(dtypes.Int64, 0))
	at = e.binary(compute.Function.Min, at, e.number(dtypes.Int64, float64(size-1)))
	if e.err != nil {
		return nil, nil
	}
	mask := shape.Clone()
	mask.DType = dtypes.Bool
	return e.keep(e.f.Reshape(at, n, 1)), e.spread(in, mask, axis)
}
