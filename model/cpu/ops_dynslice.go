package cpu

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

type dynamicSliceAttrs struct{ sizes []int }

// DynamicSlice implements compute.Function. The starts may also be one vector. On the Go backend it is a Gather. Operands
// of the node: x, then the starts.
func (f *function) DynamicSlice(x compute.Value, starts []compute.Value, sizes []int) (compute.Value, error) {
	starts, err := f.scalars(starts)
	if err != nil {
		return nil, err
	}
	shape, err := f.dynamicSliceShape(compute.OpTypeDynamicSlice, x, starts, sizes)
	if err != nil {
		return nil, err
	}
	if len(sizes) == 0 {
		return f.Identity(x)
	}
	sizes = slices.Clone(sizes)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		e := &formula{f: t.Function}
		var parts []compute.Value
		limits := make([]int, len(sizes))
		for i, start := range in[1:] {
			parts = append(parts, e.keep(t.Reshape(e.convert(start, dtypes.Int64), 1)))
			limits[i] = shape.Dimensions[i] - sizes[i]
		}
		if e.err != nil {
			return nil, e.err
		}
		index := e.keep(t.Concatenate(0, parts...))
		index = e.binary(compute.Function.Max, index, e.number(dtypes.Int64, 0))
		index = e.binary(compute.Function.Min, index, e.keep(t.Constant(numbers(dtypes.Int64, limits...), len(limits))))
		if e.err != nil {
			return nil, e.err
		}
		axes := allBut(len(sizes), -1)
		return one(t.Gather(in[0], index, 0, axes, nil, axes, slices.Clone(sizes), false))
	}
	return f.record1(compute.OpTypeDynamicSlice, dynamicSliceAttrs{sizes}, emit, append([]compute.Value{x}, starts...)...)
}

// scalars takes a vector apart.
func (f *function) scalars(starts []compute.Value) ([]compute.Value, error) {
	if len(starts) != 1 {
		return starts, nil
	}
	shape, err := f.Shape(starts[0])
	if err != nil || shape.Rank() != 1 {
		return starts, err
	}
	out := make([]compute.Value, shape.Dimensions[0])
	for i := range out {
		x, err := f.Slice(starts[0], []int{i}, []int{i + 1}, nil)
		if err != nil {
			return nil, err
		}
		if out[i], err = f.Reshape(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (f *function) dynamicSliceShape(op compute.OpType, x compute.Value, starts []compute.Value, sizes []int) (shapes.Shape, error) {
	shape, err := f.Shape(x)
	switch {
	case err != nil:
		return shape, err
	case shape.IsDynamic():
		return shape, fmt.Errorf("%s: operand has axes of unknown size (%s): %w", op, shape, compute.ErrNotImplemented)
	case len(starts) != shape.Rank() || len(sizes) != shape.Rank():
		return shape, fmt.Errorf("%s: %d starts and %d sizes for an operand of shape %s", op, len(starts), len(sizes), shape)
	}
	for i, n := range sizes {
		if n < 0 || n > shape.Dimensions[i] {
			return shape, fmt.Errorf("%s: size %d on axis %d of an operand of shape %s", op, n, i, shape)
		}
	}
	for i, s := range starts {
		index, err := f.Shape(s)
		if err != nil {
			return shape, err
		}
		if index.Rank() != 0 || !index.DType.IsInt() {
			return shape, fmt.Errorf("%s: start %d must be a scalar integer, not %s", op, i, index)
		}
	}
	return shape, nil
}
