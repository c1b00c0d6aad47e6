package cpu

import (
	"slices"

	"github.com/gomlx/compute"
)

type gatherAttrs struct {
	indexAxis                        int
	offset, collapsed, starts, sizes []int
	sorted                           bool
}

func (a gatherAttrs) clone() gatherAttrs {
	a.offset, a.collapsed = slices.Clone(a.offset), slices.Clone(a.collapsed)
	a.starts, a.sizes = slices.Clone(a.starts), slices.Clone(a.sizes)
	return a
}

// Gather implements compute.Function.
func (f *function) Gather(x, indices compute.Value, indexVectorAxis int, offsetOutputAxes, collapsedSliceAxes, startIndexMap, sliceSizes []int, sorted bool) (compute.Value, error) {
	a := gatherAttrs{indexVectorAxis, offsetOutputAxes, collapsedSliceAxes, startIndexMap, sliceSizes, sorted}.clone()
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		c := a.clone()
		return one(t.Gather(in[0], in[1], c.indexAxis, c.offset, c.collapsed, c.starts, c.sizes, c.sorted))
	}
	return f.record1(compute.OpTypeGather, a, emit, x, indices)
}

type scatterAttrs struct {
	indexAxis                int
	window, inserted, toAxes []int
	sorted, distinct         bool
}

func (a scatterAttrs) clone() scatterAttrs {
	a.window, a.inserted, a.toAxes = slices.Clone(a.window), slices.Clone(a.inserted), slices.Clone(a.toAxes)
	return a
}

type scatterMethod func(_ compute.Function, x, indices, updates compute.Value, indexAxis int, window, inserted, toAxes []int, sorted, distinct bool) (compute.Value, error)

func (f *function) scatter(op compute.OpType, method scatterMethod, x, indices, updates compute.Value, a scatterAttrs) (compute.Value, error) {
	a = a.clone()
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		c := a.clone()
		return one(method(t.Function, in[0], in[1], in[2], c.indexAxis, c.window, c.inserted, c.toAxes, c.sorted, c.distinct))
	}
	return f.record1(op, a, emit, x, indices, updates)
}

// ScatterSum implements compute.Function.
func (f *function) ScatterSum(x, indices, updates compute.Value, indexVectorAxis int, updateWindowAxes, insertedWindowAxes, scatterAxesToOperandAxes []int, sorted, distinct bool) (compute.Value, error) {
	return f.scatter(compute.OpTypeScatterSum, compute.Function.ScatterSum, x, indices, updates,
		scatterAttrs{indexVectorAxis, updateWindowAxes, insertedWindowAxes, scatterAxesToOperandAxes, sorted, distinct})
}

// ScatterMax implements compute.Function.
func (f *function) ScatterMax(x, indices, updates compute.Value, indexVectorAxis int, updateWindowAxes, insertedWindowAxes, scatterAxesToOperandAxes []int, sorted, distinct bool) (compute.Value, error) {
	return f.scatter(compute.OpTypeScatterMax, compute.Function.ScatterMax, x, indices, updates,
		scatterAttrs{indexVectorAxis, updateWindowAxes, insertedWindowAxes, scatterAxesToOperandAxes, sorted, distinct})
}

// ScatterMin implements compute.Function.
func (f *function) ScatterMin(x, indices, updates compute.Value, indexVectorAxis int, updateWindowAxes, insertedWindowAxes, scatterAxesToOperandAxes []int, sorted, distinct bool) (compute.Value, error) {
	return f.scatter(compute.OpTypeScatterMin, compute.Function.ScatterMin, x, indices, updates,
		scatterAttrs{indexVectorAxis, updateWindowAxes, insertedWindowAxes, scatterAxesToOperandAxes, sorted, distinct})
}
