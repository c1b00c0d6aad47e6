package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute"

	"github.com/gomlx/compute/dtypes"
)

// net builds a network on a graph. Activations are [N, H, W, C] (channels innermost: what vector units and tensor
// cores want), weights have torchvision's shapes. Gradients are GoMLX's.
type net struct {
	params map[string]*Node // weights by torchvision's name
	stats  map[string]*Node // new running statistics; filled by the forward pass in training
	train  bool             // batch normalisation uses (and moves) the statistics of the batch
}

func newNet(params map[string]*Node, train bool) *net {
	return &net{params: params, stats: map[string]*Node{}, train: train}
}

func (n *net) param(name string) *Node {
	p := n.params[name]
	if p == nil {
		panic("model: no weight " + name)
	}
	return p
}

// torchAxes are the axes of x [N, H, W, C], w [out, in, k, k] and y [N, H, W, C].
var torchAxes = compute.ConvolveAxesConfig{
	InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
	KernelOutputChannels: 0, KernelInputChannels: 1, KernelSpatial: []int{2, 3},
	OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3,
}

// conv is a convolution without bias.
func (n *net) conv(x *Node, name string, stride, pad int) *Node {
	return Convolve(x, n.param(name)).AxesConfig(torchAxes).Strides(stride).
		PaddingPerDim([][2]int{{pad, pad}, {pad, pad}}).Done()
}

// convBias is a convolution with bias and then ReLU, as VGG has it.
func (n *net) convBias(x *Node, name string, pad int) *Node {
	y := n.conv(x, name+".weight", 1, pad)
	return relu(Add(y, perChannel(n.param(name+".bias"), y)))
}

// relu has torch's gradient: 0 at 0.
func relu(x *Node) *Node {
	zero := ScalarZero(x.Graph(), x.DType())
	return Where(GreaterThan(x, zero), x, zero)
}

// maxPool takes the maximum over windows; of equal values the first in row order gets the gradient, as in torch.
func maxPool(x *Node, window, stride, pad int) *Node {
	return MaxPool(x).Window(window).Strides(stride).PaddingPerDim([][2]int{{pad, pad}, {pad, pad}}).Done()
}

// linear is x·wᵀ + b on [N, F].
func (n *net) linear(x *Node, name string) *Node {
	y := DotGeneral(x, []int{1}, nil, n.param(name+".weight"), []int{1}, nil)
	return Add(y, alongRows(n.param(name+".bias"), y))
}

// globalMean averages each channel over its pixels: [N, H, W, C] → [N, C].
func globalMean(x *Node) *Node { return ReduceMean(x, 1, 2) }

// perChannel spreads v [C] over like [N, H, W, C].
func perChannel(v, like *Node) *Node {
	return BroadcastToDims(Reshape(v, 1, 1, 1, v.Shape().Dim(0)), like.Shape().Dimensions...)
}

// alongRows repeats a vector [D] for each row of like [N, D].
func alongRows(v, like *Node) *Node {
	return BroadcastToDims(Reshape(v, 1, v.Shape().Dim(0)), like.Shape().Dimensions...)
}

// normalise turns bytes [N, S, S, 3] into (x/255 − mean)/std.
func normalise(x *Node, mean, std [3]float32) *Node {
	scale, shift := make([]float32, 3), make([]float32, 3)
	for c := range 3 {
		scale[c] = 1 / (255 * std[c])
		shift[c] = -mean[c] / std[c]
	}
	g := x.Graph()
	f := ConvertDType(x, dtypes.Float32)
	return Add(Mul(f, perChannel(Const(g, scale), f)), perChannel(Const(g, shift), f))
}
