package cpu

import (
	"slices"

	"github.com/gomlx/compute/dtypes"

	"fashionpipe/model/cpu/array"
)

// The kernels that move elements from or to places that other operands name.

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
