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

func gatherKernel(n *node) kernel {
	a, x, indices := n.attrs.(gatherAttrs), n.inputs[0], n.inputs[1]
	if !movable(x) || !readable(indices) {
		return nil
	}
	g := array.NewGather(elementSize(x), dimsOf(x), dimsOf(indices), a.sizes,
		array.GatherAxes{IndexVector: a.indexAxis, OffsetOutput: a.offset, Collapsed: a.collapsed, StartIndexMap: a.starts})
	return runFunc(func(in, out []any) { g.Do(bytesOf(out[0]), bytesOf(in[0]), array.Indices(in[1])) })
}

// readable says whether array.Indices reads v.
func readable(v *value) bool { return v.shape.DType.IsInt() && !v.shape.DType.IsPacked() }

// scatterKernel makes the maker of the kernels of a scatter of float32.
func scatterKernel(op array.ScatterOp) func(*node) kernel {
	return func(n *node) kernel {
		a, x, indices, updates := n.attrs.(scatterAttrs), n.inputs[0], n.inputs[1], n.inputs[2]
		if x.shape.DType != dtypes.Float32 || !readable(indices) {
			return nil
		}
		return scatter{array.NewScatter(op, dimsOf(x), dimsOf(indices), dimsOf(updates),
			array.ScatterAxes{IndexVector: a.indexAxis, UpdateWindow: a.window, InsertedWindow: a.inserted, ScatterToOperand: a.toAxes})}
	}
}

type scatter struct{ *array.Scatter }

func (scatter) Scratch() int         { return 0 }
func (scatter) Overwrites() [][2]int { return [][2]int{{0, 0}} }

func (k scatter) Run(in, out []any, _ []float32) error {
	copyParallel(bytesOf(out[0]), bytesOf(in[0]))
	k.Do(f32(out[0]), f32(in[2]), array.Indices(in[1]))
	return nil
}

func convertKernel(n *node) kernel {
	x, y := n.inputs[0], n.outputs[0]
	if !array.Convert(dtypes.MakeAnySlice(y.shape.DType, 0), dtypes.MakeAnySlice(x.shape.DType, 0)) || !movable(x, y) {
		return nil // half precision, for one
	}
	return runFunc(func(in, out []any) { array.Convert(out[0], in[0]) })
}

func dynamicSliceKernel(n *node) kernel {
	x, starts := n.inputs[0], n.inputs[1:]
	if !movable(x) || slices.ContainsFunc(starts, func(v *value) bool { return !readable(v) }) {
		return nil
	}
	d := array.DynamicSlice(elementSize(x), dimsOf(x), n.attrs.(dynamicSliceAttrs).sizes)
	return runFunc(func(in, out []any) { d.Do(bytesOf(out[0]), bytesOf(in[0]), startsOf(in[1:])) })
}

// startsOf reads scalars.
func startsOf(in []any) []int {
	starts := make([]int, len(in))
	for i, x := range in {
		starts[i] = array.Indices(x)(0)
	}
	return starts
}

func dynamicUpdateKernel(n *node) kernel {
	x, update, starts := n.inputs[0], n.inputs[1], n.inputs[2:]
	if !movable(x) || slices.ContainsFunc(starts, func(v *value) bool { return !readable(v) }) {
		return nil
	}
	return dynamicUpdate{array.DynamicUpdate(elementSize(x), dimsOf(x), dimsOf(update))}
}

type dynamicUpdate struct{ *array.Dynamic }

func (dynamicUpdate) Scratch() int         { return 0 }
func (dynamicUpdate) Overwrites() [][2]int { return [][2]int{{0, 0}} }

func (k dynamicUpdate) Run(in, out []any, _ []float32) error {
	copyParallel(bytesOf(out[0]), bytesOf(in[0]))
	k.Do(bytesOf(out[0]), bytesOf(in[1]), startsOf(in[2:]))
	return nil
}
