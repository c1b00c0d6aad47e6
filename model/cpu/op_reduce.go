package cpu

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"

	"fashionpipe/model/cpu/window"
)

// Reductions of float32 over axes, and places of extremes, by package window.

var reduceOps = map[compute.OpType]window.Op{
	compute.OpTypeReduceSum: window.Sum, compute.OpTypeReduceProduct: window.Product,
	compute.OpTypeReduceMax: window.Max, compute.OpTypeReduceMin: window.Min,
}

func reduceKernel(n *node) kernel {
	x, axes := n.inputs[0], n.attrs.(axesAttrs).axes
	op, ok := reduceOps[n.op]
	if !ok || x.shape.DType != dtypes.Float32 {
		return nil
	}
	if len(axes) == 0 {
		axes = allBut(x.shape.Rank(), -1)
	}
	return &reduction{op, window.NewReduction(x.shape.Dimensions, axes...)}
}

type reduction struct {
	op   window.Op
	plan *window.Reduction
}

func (k *reduction) Scratch() int { return k.plan.Scratch() }

func (k *reduction) Run(in, out []any, scratch []float32) error {
	k.plan.Do(k.op, f32(out[0]), f32(in[0]), scratch)
	return nil
}

func argKernel(n *node) kernel {
	x, a := n.inputs[0], n.attrs.(argMinMaxAttrs)
	if x.shape.DType != dtypes.Float32 || x.shape.Dimensions[a.axis] == 0 {
		return nil
	}
	switch n.outputs[0].shape.DType {
	case dtypes.Int8:
		return arg[int8](x, a)
	case dtypes.Int16:
		return arg[int16](x, a)
	case dtypes.Int32:
		return arg[int32](x, a)
	case dtypes.Int64:
		return arg[int64](x, a)
	case dtypes.Uint8:
		return arg[uint8](x, a)
	case dtypes.Uint16:
		return arg[uint16](x, a)
	case dtypes.Uint32:
		return arg[uint32](x, a)
	case dtypes.Uint64:
		return arg[uint64](x, a)
	}
	return nil
}

func arg[T window.Integer](x *value, a argMinMaxAttrs) kernel {
	dims := x.shape.Dimensions
	return runFunc(func(in, out []any) {
		window.Arg(out[0].([]T), f32(in[0]), dims, a.axis, a.min)
	})
}
