package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute"
)

// kernels are the heavy operations, in the form that suits a backend. Arrays of channels are [C, M], M = N·H·W;
// vectors per channel are [C].
type kernels interface {
	// conv convolves x [C, N, H, W] with w [out, in, k, k] and adds bias [out] unless it is nil. vjp turns the
	// gradient of the result into those of x (nil unless needX) and w.
	conv(x, w, bias *Node, stride, pad int, needX bool) (y *Node, vjp func(dy *Node) (dx, dw *Node))
	// maxPool takes the maximum over windows; of equal values the first in row order gets the gradient, as in torch.
	maxPool(x *Node, window, stride, pad int) (y *Node, vjp func(dy *Node) (dx *Node))
	sum(x *Node) *Node                               // Σ_m x[c, m] → [C]
	dot(x, y *Node) *Node                            // Σ_m x[c, m]·y[c, m] → [C]
	affine(x, scale, shift *Node) *Node              // x·scale[c] + shift[c]; a nil scale is 1
	affine2(x, scale, x2, scale2, shift *Node) *Node // x·scale[c] + x2·scale2[c] + shift[c]
}

// torchAxes are the axes of x [C, N, H, W], w [out, in, k, k] and y [C, N, H, W].
var torchAxes = compute.ConvolveAxesConfig{
	InputChannels: 0, InputBatch: 1, InputSpatial: []int{2, 3},
	KernelOutputChannels: 0, KernelInputChannels: 1, KernelSpatial: []int{2, 3},
	OutputChannels: 0, OutputBatch: 1, OutputSpatial: []int{2, 3},
}

// compiled are the kernels for compilers (XLA): the plain operations, which the compiler fuses.
type compiled struct{}

func (compiled) conv(x, w, bias *Node, stride, pad int, needX bool) (*Node, func(*Node) (*Node, *Node)) {
	one := []int{1, 1}
	y := ConvGeneral(x, w, torchAxes, []int{stride, stride}, [][2]int{{pad, pad}, {pad, pad}}, nil, one, 1, 1)
	vjp := func(dy *Node) (dx, dw *Node) {
		loss := ReduceAllSum(Mul(y, StopGradient(dy)))
		if !needX {
			return nil, Gradient(loss, w)[0]
		}
		g := Gradient(loss, x, w)
		return g[0], g[1]
	}
	if bias == nil {
		return y, vjp
	}
	return Add(y, BroadcastToDims(Reshape(bias, y.Shape().Dim(0), 1, 1, 1), y.Shape().Dimensions...)), vjp
}

func (compiled) maxPool(x *Node, window, stride, pad int) (*Node, func(*Node) *Node) {
	return windowMax(x, window, stride, pad)
}

func (compiled) sum(x *Node) *Node    { return ReduceSum(x, 1) }
func (compiled) dot(x, y *Node) *Node { return ReduceSum(Mul(x, y), 1) }

func (k compiled) affine(x, scale, shift *Node) *Node {
	if scale != nil {
		x = Mul(x, perChannel(scale, x))
	}
	return Add(x, perChannel(shift, x))
}

func (k compiled) affine2(x, scale, x2, scale2, shift *Node) *Node {
	return Add(Mul(x, perChannel(scale, x)), k.affine(x2, scale2, shift))
}

// perChannel spreads v [C] over like [C, M].
func perChannel(v, like *Node) *Node {
	return BroadcastToDims(Reshape(v, v.Shape().Dim(0), 1), like.Shape().Dimensions...)
}
