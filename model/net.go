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
	views  int              // that a batch holds, one after the other, each with its own statistics

	precision Precision
}

func newNet(params map[string]*Node, train bool, p Precision) *net {
	return &net{params: params, stats: map[string]*Node{}, train: train, views: 1, precision: p}
}

func (n *net) param(name string) *Node {
	p := n.params[name]
	if p == nil {
		panic("model: no weight " + name)
	}
	return p
}

// narrow gives activations, or weights, as products take them. Each use of a weight narrows it for itself, so that the
// gradients of several uses are added as float32.
func (p Precision) narrow(x *Node) *Node { return cast(x, p.activations()) }

// torchAxes are the axes of x [N, H, W, C], w [out, in, k, k] and y [N, H, W, C].
var torchAxes = compute.ConvolveAxesConfig{
	InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
	KernelOutputChannels: 0, KernelInputChannels: 1, KernelSpatial: []int{2, 3},
	OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3,
}

// conv is a convolution without bias. Its result is as narrow as its factors.
func (n *net) conv(x, w *Node, stride, pad int) *Node {
	return Convolve(n.precision.narrow(x), n.precision.narrow(w)).AxesConfig(torchAxes).Strides(stride).
		PaddingPerDim([][2]int{{pad, pad}, {pad, pad}}).Done()
}

// convBias is a convolution with bias and then ReLU, as VGG has it.
func (n *net) convBias(x *Node, name string, pad int) *Node {
	return n.rectify(n.addBias(n.conv(x, n.param(name+".weight"), 1, pad), n.param(name+".bias")), nil)
}

// addBias adds a number to each channel.
func (n *net) addBias(x, bias *Node) *Node {
	if !n.folds(x) {
		x = wide(x)
	}
	return Add(x, perChannel(cast(bias, x.DType()), x))
}

// rectify is ReLU of x, or of its sum with a shortcut, as products take it.
func (n *net) rectify(x, shortcut *Node) *Node {
	if n.folds(x) {
		if shortcut != nil {
			x = Add(x, shortcut)
		}
		return Max(x, ScalarZero(x.Graph(), x.DType()))
	}
	if shortcut != nil {
		x = Add(x, wide(shortcut))
	}
	return n.precision.narrow(relu(x))
}

// folds says whether convolution, bias, shortcut and ReLU are written in the one form that XLA makes a single kernel of
// cuDNN of: in inference, all of one type, the ReLU as a maximum.
func (n *net) folds(x *Node) bool { return !n.train && onXLA(x) }

// onXLA says whether XLA compiles the graph of x. It joins loops itself where they are plain enough; backend cpu has
// kernels of its own.
func onXLA(x *Node) bool { return x.Graph().Backend().Name() == "xla" }

// relu has torch's gradient: 0 at 0.
func relu(x *Node) *Node {
	zero := ScalarZero(x.Graph(), x.DType())
	return Where(GreaterThan(x, zero), x, zero)
}

// maxPool takes the maximum over windows; of equal values the first in row order gets the gradient, as in torch.
func (n *net) maxPool(x *Node, window, stride, pad int) *Node {
	if n.train && onXLA(x) {
		return pickMax(x, window, stride, pad)
	}
	return MaxPool(x).Window(window).Strides(stride).PaddingPerDim([][2]int{{pad, pad}, {pad, pad}}).Done()
}

// linear is x·wᵀ + b on [N, F].
func (n *net) linear(x *Node, name string) *Node {
	y := n.precision.product(x, n.param(name+".weight"))
	return Add(y, alongRows(n.param(name+".bias"), y))
}

// product is x·wᵀ of x [N, F] and w [G, F], as float32. Without an accumulator of their own its gradients would be
// products of float32s.
func (p Precision) product(x, w *Node) *Node {
	return wide(Dot(p.narrow(x), p.narrow(w)).WithAccumulatorDType(dtypes.InvalidDType).General([]int{1}, nil, []int{1}, nil))
}

// globalMean averages each channel over its pixels: [N, H, W, C] → [N, C], float32.
func globalMean(x *Node) *Node { return ReduceMean(wide(x), 1, 2) }

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
