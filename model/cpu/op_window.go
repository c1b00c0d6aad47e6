package cpu

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"

	"fashionpipe/model/cpu/window"
)

// Pooling of float32 and its gradient, by package window.

var windowOps = map[compute.ReduceOpType]window.Op{
	compute.ReduceOpSum: window.Sum, compute.ReduceOpProduct: window.Product,
	compute.ReduceOpMax: window.Max, compute.ReduceOpMin: window.Min,
}

// windowsOn is the plan of windows on v, or nil if v is not of float32.
func windowsOn(v *value, a windowAttrs) *window.Pool {
	if v.shape.DType != dtypes.Float32 {
		return nil
	}
	return window.NewPool(v.shape.Dimensions, window.Config{
		Size: a.window, Strides: a.strides, BaseDilation: a.inputDil, WindowDilation: a.winDil, Padding: a.paddings})
}

func reduceWindowKernel(n *node) kernel {
	a := n.attrs.(windowAttrs)
	op, ok := windowOps[a.reduce]
	p := windowsOn(n.inputs[0], a)
	if !ok || p == nil {
		return nil
	}
	return runFunc(func(in, out []any) { p.Reduce(op, f32(out[0]), f32(in[0])) })
}

func selectAndScatterKernel(n *node) kernel {
	p := windowsOn(n.inputs[0], n.attrs.(windowAttrs))
	if p == nil {
		return nil
	}
	least := n.op == compute.OpTypeSelectAndScatterMin
	return runFunc(func(in, out []any) {
		p.Scatter(f32(out[0]), f32(in[0]), f32(in[1]), least)
	})
}
