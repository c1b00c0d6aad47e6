package cpu

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// Reshape implements compute.Function.
func (f *function) Reshape(x compute.Value, dims ...int) (compute.Value, error) {
	dims = slices.Clone(dims)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.Reshape(in[0], slices.Clone(dims)...))
	}
	return f.record1(compute.OpTypeReshape, axesAttrs{dims}, emit, x)
}

type broadcastAttrs struct{ axes []int } // the output's axis of each operand axis; the output's shape is the node's

// BroadcastInDim implements compute.Function.
func (f *function) BroadcastInDim(x compute.Value, shape shapes.Shape, axes []int) (compute.Value, error) {
	shape, axes = shape.Clone(), slices.Clone(axes)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.BroadcastInDim(in[0], shape.Clone(), slices.Clone(axes)))
	}
	return f.record1(compute.OpTypeBroadcastInDim, broadcastAttrs{axes}, emit, x)
}

type axisAttrs struct{ axis int }

// Concatenate implements compute.Function.
func (f *function) Concatenate(axis int, operands ...compute.Value) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.Concatenate(axis, slices.Clone(in)...))
	}
	return f.record1(compute.OpTypeConcatenate, axisAttrs{axis}, emit, operands...)
}

type padAttrs struct{ axes []compute.PadAxis }

// Pad implements compute.Function. On the Go backend (compute v0.1.5), which panics where padding is negative, what is to
// go is cut off afterwards.
func (f *function) Pad(x, fill compute.Value, axes ...compute.PadAxis) (compute.Value, error) {
	axes = slices.Clone(axes)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		grow, cut := slices.Clone(axes), false
		for i, a := range axes {
			grow[i].Start, grow[i].End = max(a.Start, 0), max(a.End, 0)
			cut = cut || a.Start < 0 || a.End < 0
		}
		y, err := t.Pad(in[0], in[1], grow...)
		if err != nil || !cut {
			return one(y, err)
		}
		shape, err := t.Shape(y)
		if err != nil {
			return nil, err
		}
		starts, limits := make([]int, shape.Rank()), slices.Clone(shape.Dimensions)
		for i, a := range axes {
			starts[i] = max(-a.Start, 0)
			limits[i] -= max(-a.End, 0)
		}
		return one(t.Slice(y, starts, limits, nil))
	}
	return f.record1(compute.OpTypePad, padAttrs{axes}, emit, x, fill)
}

type sliceAttrs struct{ starts, limits, strides []int } // strides may be nil: ones

// Slice implements compute.Function.
func (f *function) Slice(x compute.Value, starts, limits, strides []int) (compute.Value, error) {
	a := sliceAttrs{slices.Clone(starts), slices.Clone(limits), slices.Clone(strides)}
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.Slice(in[0], slices.Clone(a.starts), slices.Clone(a.limits), slices.Clone(a.strides)))
	}
	return f.record1(compute.OpTypeSlice, a, emit, x)
}

// Iota implements compute.Function.
func (f *function) Iota(shape shapes.Shape, axis int) (compute.Value, error) {
	shape = shape.Clone()
	emit := func(t target, _ []compute.Value) ([]compute.Value, error) { return one(t.Iota(shape.Clone(), axis)) }
	return f.record1(compute.OpTypeIota, axisAttrs{axis}, emit)
}

// ConvertDType implements compute.Function.
func (f *function) ConvertDType(x compute.Value, dtype dtypes.DType) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) { return one(t.ConvertDType(in[0], dtype)) }
	return f.record1(compute.OpTypeConvertDType, nil, emit, x)
}

// Bitcast implements compute.Function.
func (f *function) Bitcast(x compute.Value, dtype dtypes.DType) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) { return one(t.Bitcast(in[0], dtype)) }
	return f.record1(compute.OpTypeBitcast, nil, emit, x)
}

// Where implements compute.Function.
func (f *function) Where(condition, onTrue, onFalse compute.Value) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) { return one(t.Where(in[0], in[1], in[2])) }
	return f.record1(compute.OpTypeWhere, nil, emit, condition, onTrue, onFalse)
}

// Clamp is min(max(low, x), high), as on GoMLX's Go backend.
func (f *function) Clamp(low, x, high compute.Value) (compute.Value, error) {
	x, err := f.Max(low, x)
	if err != nil {
		return nil, err
	}
	return f.Min(x, high)
}

// OptimizationBarrier implements compute.Function: what is computed from its results is not merged with equal
// expressions of its operands.
func (f *function) OptimizationBarrier(operands ...compute.Value) ([]compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return t.OptimizationBarrier(slices.Clone(in)...)
	}
	out, err := f.record(compute.OpTypeOptimizationBarrier, nil, emit, operands...)
	if err == nil {
		out[0].(*value).node.unique = true
	}
	return out, err
}

// SchedulingBarrier implements compute.Function: nothing is computed from its result before the dependencies are.
func (f *function) SchedulingBarrier(x compute.Value, dependencies ...compute.Value) (compute.Value, error) {
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.SchedulingBarrier(in[0], in[1:]...))
	}
	v, err := f.record1(compute.OpTypeSchedulingBarrier, nil, emit, append([]compute.Value{x}, dependencies...)...)
	if err == nil {
		v.(*value).node.unique = true
	}
	return v, err
}

// RNGBitGenerator implements compute.Function.
func (f *function) RNGBitGenerator(state compute.Value, shape shapes.Shape) (newState, values compute.Value, err error) {
	shape = shape.Clone()
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		s, v, err := t.RNGBitGenerator(in[0], shape.Clone())
		return []compute.Value{s, v}, err
	}
	out, err := f.record(compute.OpTypeRNGBitGenerator, nil, emit, state)
	if err != nil {
		return nil, nil, err
	}
	return out[0], out[1], nil
}

// FFT implements compute.Function.
func (f *function) FFT(x compute.Value, kind compute.FFTType, lengths []int) (compute.Value, error) {
	lengths = slices.Clone(lengths)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.FFT(in[0], kind, slices.Clone(lengths)))
	}
	return f.record1(compute.OpTypeFFT, struct {
		compute.FFTType
		lengths []int
	}{kind, lengths}, emit, x)
}
