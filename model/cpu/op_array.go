package cpu

import (
	"slices"

	"github.com/gomlx/compute/dtypes"

	"fashionpipe/model/cpu/array"
)

// The kernels that move elements take every type of whole bytes.

// bytesOf is the memory of a slice of any type.
func bytesOf(x any) []byte { return dtypes.UnsafeByteSliceFromAny(x) }

// movable says whether all operands and results have elements of whole bytes, of the first result's type if they are not
// indices.
func movable(vs ...*value) bool {
	return !slices.ContainsFunc(vs, func(v *value) bool { return v.shape.DType.IsPacked() })
}

func dimsOf(v *value) []int    { return v.shape.Dimensions }
func elementSize(v *value) int { return v.shape.DType.Size() }

// moveKernel copies elements of the first operand to other places.
type moveKernel struct{ *array.Move }

func (moveKernel) Scratch() int { return 0 }

func (k moveKernel) Run(in, out []any, _ []float32) error {
	k.Do(bytesOf(out[0]), bytesOf(in[0]))
	return nil
}

// mover makes the maker of kernels that are moves.
func mover(plan func(n *node, x *value, size int) *array.Move) func(*node) kernel {
	return func(n *node) kernel {
		x := n.inputs[0]
		if !movable(x) {
			return nil
		}
		return moveKernel{plan(n, x, elementSize(x))}
	}
}

var (
	transposeKernel = mover(func(n *node, x *value, size int) *array.Move {
		return array.Transpose(size, dimsOf(x), n.attrs.(axesAttrs).axes)
	})
	reverseKernel = mover(func(n *node, x *value, size int) *array.Move {
		return array.Reverse(size, dimsOf(x), n.attrs.(axesAttrs).axes)
	})
	sliceKernel = mover(func(n *node, x *value, size int) *array.Move {
		starts, limits, steps := n.attrs.(sliceAttrs).within(dimsOf(x))
		return array.Slice(size, dimsOf(x), starts, limits, steps)
	})
	broadcastKernel = mover(func(n *node, x *value, size int) *array.Move {
		return array.Broadcast(size, dimsOf(x), dimsOf(n.outputs[0]), n.attrs.(broadcastAttrs).axes)
	})
)

// within reads a slice's attributes as the Go backend does: what is below zero counts from the end, all is moved inside
// the operand, and strides are at least 1.
func (a sliceAttrs) within(dims []int) (starts, limits, steps []int) {
	inside := func(i, d int) int {
		if i < 0 {
			i += d
		}
		return min(max(i, 0), d)
	}
	for i, d := range dims {
		starts, limits, steps = append(starts, inside(a.starts[i], d)), append(limits, inside(a.limits[i], d)), append(steps, 1)
		if len(a.strides) > 0 {
			steps[i] = max(1, a.strides[i])
		}
	}
	return starts, limits, steps
}

func padKernel(n *node) kernel {
	x := n.inputs[0]
	if !movable(x) {
		return nil
	}
	var paddings []array.Padding
	for _, a := range n.attrs.(padAttrs).axes {
		paddings = append(paddings, array.Padding{Start: a.Start, End: a.End, Interior: a.Interior})
	}
	p := array.NewPad(elementSize(x), dimsOf(x), paddings...)
	return runFunc(func(in, out []any) { p.Do(bytesOf(out[0]), bytesOf(in[0]), bytesOf(in[1])) })
}

func concatenateKernel(n *node) kernel {
	var dims [][]int
	for _, x := range n.inputs {
		dims = append(dims, dimsOf(x))
	}
	if !movable(n.inputs...) {
		return nil
	}
	c := array.Concatenate(elementSize(n.inputs[0]), n.attrs.(axisAttrs).axis, dims...)
	return runFunc(func(in, out []any) {
		parts := make([][]byte, len(in))
		for i, x := range in {
			parts[i] = bytesOf(x)
		}
		c.Do(bytesOf(out[0]), parts...)
	})
}

func convertKernel(n *node) kernel {
	x, y := n.inputs[0], n.outputs[0]
	if !array.Convert(dtypes.MakeAnySlice(y.shape.DType, 0), dtypes.MakeAnySlice(x.shape.DType, 0)) || !movable(x, y) {
		return nil // half precision, for one
	}
	return runFunc(func(in, out []any) { array.Convert(out[0], in[0]) })
}
