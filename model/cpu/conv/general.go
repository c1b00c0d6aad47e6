package conv

import "slices"

// General is a convolution as XLA and GoMLX describe it: axes in any order, nil slices meaning ones (paddings: zeros),
// counts of groups below 1 meaning 1.
type General struct {
	Input, Kernel, Output                      []int // sizes of the axes
	InputBatch, InputChannels                  int   // axes
	KernelIn, KernelOut                        int
	OutputBatch, OutputChannels                int
	InputSpatial, KernelSpatial, OutputSpatial []int
	Strides, InputDilations, KernelDilations   []int // one per spatial axis
	Paddings                                   [][2]int
	Groups, BatchGroups                        int
	Reversed                                   []int // axes of the kernel that are to be reversed first, spatial ones
}

// Native is the same convolution in this package's terms: a Forward, or, with Gradient set, a Gradient of which the
// input is x, the kernel dy and the output dw. Weights has the strides of w or dw, without data.
//
// ToInput, ToKernel and ToOutput say how to turn what doesn't lie as needed: axis i of the operand to be given to Run is
// axis ToInput[i] of the input, axis i of the output is axis ToOutput[i] of what Run makes. They are nil for what is
// taken as it lies, as w and dw always are.
type Native struct {
	Gradient                    bool
	Shape                       Shape
	Weights                     Weights
	ToInput, ToKernel, ToOutput []int
}

// FromGeneral translates g. It declines convolutions over more than two spatial axes, or none, and weight gradients with a
// reversed kernel operand.
func FromGeneral(g General) (Native, bool) {
	if n := len(g.InputSpatial); n < 1 || n > 2 {
		return Native{}, false
	}
	g = g.explicit()
	if g.isGradient() {
		return g.gradient(), len(g.Reversed) == 0
	}
	return g.forward(), true
}

// explicit fills in what is left out. A single spatial axis becomes the width; spatial axes are put in the order in which
// they lie in the input.
func (g General) explicit() General {
	n := len(g.InputSpatial)
	ones := func(x []int) []int {
		if len(x) == 0 {
			return []int{1, 1}[:n]
		}
		return x
	}
	g.Strides, g.InputDilations, g.KernelDilations = ones(g.Strides), ones(g.InputDilations), ones(g.KernelDilations)
	if len(g.Paddings) == 0 {
		g.Paddings = make([][2]int, n)
	}
	g.Groups, g.BatchGroups = max(1, g.Groups), max(1, g.BatchGroups)
	if n == 2 && g.InputSpatial[0] > g.InputSpatial[1] {
		for _, x := range []*[]int{&g.InputSpatial, &g.KernelSpatial, &g.OutputSpatial, &g.Strides, &g.InputDilations, &g.KernelDilations} {
			*x = []int{(*x)[1], (*x)[0]}
		}
		g.Paddings = [][2]int{g.Paddings[1], g.Paddings[0]}
	}
	return g
}

// isGradient tells whether g is a weight gradient, as GoMLX's autodiff writes it: the images are the input's channels,
// and the kernel is as large as an image (convVJPWrtKernel in gomlx/core/graph/ops_convolve.go).
func (g *General) isGradient() bool {
	if g.Groups > 1 || g.BatchGroups > 1 {
		return false
	}
	if turn(g.Input, g.InputChannels, g.InputSpatial, g.InputBatch) == nil &&
		turn(g.Kernel, g.KernelIn, g.KernelSpatial, g.KernelOut) == nil &&
		turn(g.Input, g.InputBatch, g.InputSpatial, g.InputChannels) != nil {
		return true
	}
	kernel, output := 1, 1
	for i := range g.KernelSpatial {
		kernel, output = kernel*g.Kernel[g.KernelSpatial[i]], output*g.Output[g.OutputSpatial[i]]
	}
	return kernel > output && turn(g.Input, g.InputBatch, g.InputSpatial, g.InputChannels) != nil
}

func (g *General) forward() Native {
	h, w := g.spatial(0), g.spatial(1)
	weights := stridesOf(g.Kernel, g.KernelSpatial, g.KernelIn, g.KernelOut)
	last := len(g.KernelSpatial) - 1
	return Native{
		Shape: Shape{
			N: g.Input[g.InputBatch], H: h.in, W: w.in, Ci: g.Input[g.InputChannels], KH: h.kernel, KW: w.kernel,
			Co: g.Kernel[g.KernelOut], OH: h.out, OW: w.out, StrideH: h.stride, StrideW: w.stride, PadTop: h.pad, PadLeft: w.pad,
			DilH: h.dil, DilW: w.dil, InDilH: h.inDil, InDilW: w.inDil, Groups: g.Groups, BatchGroups: g.BatchGroups,
		},
		Weights: weights.Reversed(h.kernel, w.kernel,
			last > 0 && slices.Contains(g.Reversed, g.KernelSpatial[0]), slices.Contains(g.Reversed, g.KernelSpatial[last])),
		ToInput:  turn(g.Input, g.InputBatch, g.InputSpatial, g.InputChannels),
		ToOutput: inverse(turn(g.Output, g.OutputBatch, g.OutputSpatial, g.OutputChannels)),
	}
}

// gradient exchanges the roles of kernel and output, and of stride and kernel dilation.
func (g *General) gradient() Native {
	h, w := g.spatial(0), g.spatial(1)
	return Native{
		Gradient: true,
		Shape: Shape{
			N: g.Input[g.InputChannels], H: h.in, W: w.in, Ci: g.Input[g.InputBatch], KH: h.out, KW: w.out,
			Co: g.Kernel[g.KernelOut], OH: h.kernel, OW: w.kernel, StrideH: h.dil, StrideW: w.dil, PadTop: h.pad, PadLeft: w.pad,
			DilH: h.stride, DilW: w.stride, InDilH: h.inDil, InDilW: w.inDil, Groups: 1, BatchGroups: 1,
		},
		Weights:  stridesOf(g.Output, g.OutputSpatial, g.OutputBatch, g.OutputChannels),
		ToInput:  turn(g.Input, g.InputChannels, g.InputSpatial, g.InputBatch),
		ToKernel: turn(g.Kernel, g.KernelIn, g.KernelSpatial, g.KernelOut),
	}
}

type spatial struct{ in, kernel, out, stride, pad, dil, inDil int }

// spatial is the i-th of two spatial axes. With a single one the first is of size 1.
func (g *General) spatial(i int) spatial {
	if i -= 2 - len(g.InputSpatial); i < 0 {
		return spatial{1, 1, 1, 1, 0, 1, 1}
	}
	return spatial{g.Input[g.InputSpatial[i]], g.Kernel[g.KernelSpatial[i]], g.Output[g.OutputSpatial[i]],
		g.Strides[i], g.Paddings[i][0], g.KernelDilations[i], g.InputDilations[i]}
}
