package cpu

import (
	"github.com/gomlx/compute/dtypes"

	"fashionpipe/model/cpu/array"
	"fashionpipe/model/cpu/conv"
)

// convKernel makes the kernel of a convolution of float32 over one or two spatial axes, or of the gradient of one's weights.
func convKernel(n *node) kernel { return newConvolution(n, n.inputs[1], nil) }

// newConvolution makes the kernel of convolution n for a kernel operand w that is first to be reversed along the axes
// reversed, some of its spatial ones. It gives nil for what packages conv and winograd don't compute, and a broken kernel
// if they should but can't plan it.
func newConvolution(n *node, w *value, reversed []int) kernel {
	x, y, a := n.inputs[0], n.outputs[0], n.attrs.(convAttrs)
	if x.shape.DType != dtypes.Float32 || w.shape.DType != dtypes.Float32 || y.shape.DType != dtypes.Float32 {
		return nil
	}
	g := generalOf(a, x, w, y)
	g.Reversed = reversed
	native, ok := conv.FromGeneral(g)
	if !ok {
		return nil
	}
	k := &convolution{weights: native.Weights,
		input: newTurn(dimsOf(x), native.ToInput), kernel: newTurn(dimsOf(w), native.ToKernel)}
	if native.ToOutput != nil { // axis ToOutput[i] of what is made is the output's axis i
		made := make([]int, len(native.ToOutput))
		for i, a := range native.ToOutput {
			made[a] = dimsOf(y)[i]
		}
		k.output = newTurn(made, native.ToOutput)
	}
	var err error
	if native.Gradient {
		k.gradient, err = newGradient(native.Shape)
	} else {
		k.forward, err = newForward(native.Shape)
	}
	if err != nil {
		return broken{err}
	}
	return k
}

func generalOf(a convAttrs, x, w, y *value) conv.General {
	return conv.General{
		Input: dimsOf(x), Kernel: dimsOf(w), Output: dimsOf(y),
		InputBatch: a.axes.InputBatch, InputChannels: a.axes.InputChannels, InputSpatial: a.axes.InputSpatial,
		KernelIn: a.axes.KernelInputChannels, KernelOut: a.axes.KernelOutputChannels, KernelSpatial: a.axes.KernelSpatial,
		OutputBatch: a.axes.OutputBatch, OutputChannels: a.axes.OutputChannels, OutputSpatial: a.axes.OutputSpatial,
		Strides: a.strides, InputDilations: a.inputDil, KernelDilations: a.kernelDil, Paddings: a.paddings,
		Groups: a.channelGroups, BatchGroups: a.batchGroups,
	}
}

// turn brings an operand's axes in another order, if it has a move.
type turn struct {
	move *array.Move
	size int // numbers; 0 without a move
}

func newTurn(dims, order []int) turn {
	if order == nil {
		return turn{}
	}
	t := turn{move: array.Transpose(4, dims, order), size: 1}
	for _, d := range dims {
		t.size *= d
	}
	return t
}

// in gives x in the order wanted, in scratch if it must be moved, and the rest of scratch.
func (t turn) in(x, scratch []float32) (there, rest []float32) {
	if t.move == nil {
		return x, scratch
	}
	there, rest = scratch[:t.size], scratch[t.size:]
	t.move.Do(array.Bytes(there), array.Bytes(x))
	return there, rest
}

// convolution is a convolution or the gradient of one's weights.
type convolution struct {
	forward               forwardPlan // one of both
	gradient              gradientPlan
	weights               conv.Weights // strides
	input, kernel, output turn
}

func (k *convolution) Scratch() int {
	n := k.input.size + k.kernel.size + k.output.size
	if k.gradient != nil {
		return n + k.gradient.ScratchLen()
	}
	return n + k.forward.ScratchLen()
}

func (k *convolution) Run(in, out []any, scratch []float32) error {
	k.run(f32(out[0]), f32(in[0]), f32(in[1]), scratch, nil)
	return nil
}

// finishes says whether run calls done: the rows it tells of are then pixels of the output, which lies channels innermost.
func (k *convolution) finishes() bool { return k.forward != nil && k.output.move == nil }

// run computes y from x and w. done, if not nil, is called for each block of pixels row0 … row1-1 of y as soon as they
// are finished for all channels, in the goroutine that finished them: they may still be in its core's cache. It must
// only be given where the convolution finishes.
func (k *convolution) run(y, x, w, scratch []float32, done func(row0, row1 int)) {
	x, scratch = k.input.in(x, scratch)
	w, scratch = k.kernel.in(w, scratch)
	weights := k.weights
	if k.gradient != nil {
		weights.Data = y
		k.gradient.Run(weights, x, w, scratch)
		return
	}
	weights.Data = w
	made := y
	if k.output.move != nil {
		made, scratch = scratch[:k.output.size], scratch[k.output.size:]
	}
	k.forward.Run(made, x, weights, scratch, done)
	if k.output.move != nil {
		k.output.move.Do(array.Bytes(y), array.Bytes(made))
	}
}
