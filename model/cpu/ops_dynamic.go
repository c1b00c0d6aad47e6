package cpu

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// operands collects the operands of an operation some of which may be left out.
type operands struct{ values []compute.Value }

// add gives a function that picks the operand from an emitFunc's list: nil if v is.
func (o *operands) add(v compute.Value) func(in []compute.Value) compute.Value {
	if v == nil {
		return func([]compute.Value) compute.Value { return nil }
	}
	i := len(o.values)
	o.values = append(o.values, v)
	return func(in []compute.Value) compute.Value { return in[i] }
}

// dimensions adds the operands among specs, and gives a function that puts others in their place.
func (o *operands) dimensions(specs []compute.DynamicDimensionSpec) func(in []compute.Value) []compute.DynamicDimensionSpec {
	specs = slices.Clone(specs)
	picks := make([]func([]compute.Value) compute.Value, len(specs))
	for i, s := range specs {
		picks[i] = o.add(s.Value)
	}
	return func(in []compute.Value) []compute.DynamicDimensionSpec {
		c := slices.Clone(specs)
		for i := range c {
			c[i].Value = picks[i](in)
		}
		return c
	}
}

// DynamicDimensionSize implements compute.Function.
func (f *function) DynamicDimensionSize(x compute.Value, axis int) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.DynamicDimensionSize(in[0], axis))
	}
	return f.record1(compute.OpTypeDynamicDimensionSize, axisAttrs{axis}, emit, x)
}

// DynamicReshape implements compute.Function.
func (f *function) DynamicReshape(x compute.Value, dims ...compute.DynamicDimensionSpec) (compute.Value, error) {
	o := operands{values: []compute.Value{x}}
	specs := o.dimensions(dims)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.DynamicReshape(in[0], specs(in)...))
	}
	return f.recordUnique(compute.OpTypeDynamicReshape, emit, o.values)
}

// DynamicBroadcastInDim implements compute.Function.
func (f *function) DynamicBroadcastInDim(x compute.Value, axes []int, dims ...compute.DynamicDimensionSpec) (compute.Value, error) {
	o := operands{values: []compute.Value{x}}
	specs := o.dimensions(dims)
	axes = slices.Clone(axes)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.DynamicBroadcastInDim(in[0], slices.Clone(axes), specs(in)...))
	}
	return f.recordUnique(compute.OpTypeDynamicBroadcastInDim, emit, o.values)
}

// DynamicIota implements compute.Function.
func (f *function) DynamicIota(dtype dtypes.DType, axis int, dims ...compute.DynamicDimensionSpec) (compute.Value, error) {
	var o operands
	specs := o.dimensions(dims)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.DynamicIota(dtype, axis, specs(in)...))
	}
	return f.recordUnique(compute.OpTypeDynamicIota, emit, o.values)
}

// DynamicPad implements compute.Function.
func (f *function) DynamicPad(x, fill compute.Value, axes ...compute.DynamicPadAxis) (compute.Value, error) {
	axes = slices.Clone(axes)
	o := operands{values: []compute.Value{x, fill}}
	picks := make([][3]func([]compute.Value) compute.Value, len(axes))
	for i, a := range axes {
		picks[i] = [3]func([]compute.Value) compute.Value{o.add(a.StartValue), o.add(a.EndValue), o.add(a.InteriorValue)}
	}
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		c := slices.Clone(axes)
		for i := range c {
			c[i].StartValue, c[i].EndValue, c[i].InteriorValue = picks[i][0](in), picks[i][1](in), picks[i][2](in)
		}
		return one(t.DynamicPad(in[0], in[1], c...))
	}
	return f.recordUnique(compute.OpTypeDynamicPad, emit, o.values)
}

// recordUnique is record1 for operations that are not compared with others.
func (f *function) recordUnique(op compute.OpType, emit emitFunc, operands []compute.Value) (compute.Value, error) {
	v, err := f.record1(op, nil, emit, operands...)
	if err != nil {
		return nil, err
	}
	v.(*value).node.unique = true
	return v, nil
}
