package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute"
)

// Constants of torch.nn.BatchNorm2d.
const (
	bnEpsilon  = 1e-5
	bnMomentum = 0.1
)

// convNorm is a convolution and a batch normalisation of what it gives, [N, H, W, C]: by this pass's batch in training, else
// by running statistics.
func (n *net) convNorm(x *Node, conv, norm string, stride, pad int) *Node {
	w := n.param(conv + ".weight")
	if n.folds(x) {
		scale, shift := n.running(norm)
		return n.addBias(n.conv(x, Mul(w, perOutput(scale, w)), stride, pad), shift)
	}
	y := n.conv(x, w, stride, pad)
	if n.train {
		return n.batchNorm(y, norm)
	}
	y = wide(y)
	scale, shift := n.running(norm)
	return Add(Mul(y, perChannel(scale, y)), perChannel(shift, y))
}

// running gives what normalisation by running statistics multiplies each channel by, and then adds to it.
func (n *net) running(name string) (scale, shift *Node) {
	scale = Div(n.param(name+".weight"), Sqrt(AddScalar(n.param(name+".running_var"), bnEpsilon)))
	return scale, Sub(n.param(name+".bias"), Mul(n.param(name+".running_mean"), scale))
}

// perOutput spreads v [O] over weights [O, I, k, k].
func perOutput(v, w *Node) *Node {
	return BroadcastToDims(Reshape(v, v.Shape().Dim(0), 1, 1, 1), w.Shape().Dimensions...)
}

// batchNorm normalises each channel of x [N, H, W, C] by the statistics of the batch over N, H and W (biased variance),
// and gives float32. Running statistics move by momentum 0.1 towards the batch's mean and its unbiased variance, as
// torch.nn.BatchNorm2d has it.
func (n *net) batchNorm(x *Node, name string) *Node {
	y, mean, variance := normaliseBatch(wide(x), n.param(name+".weight"), n.param(name+".bias"))
	m := float64(x.Shape().Size() / x.Shape().Dim(-1))
	n.moveStats(name+".running_mean", mean)
	n.moveStats(name+".running_var", MulScalar(variance, m/(m-1)))
	return y
}

// normaliseBatch is batch normalisation in training: as one operation where the backend has it, else written out.
func normaliseBatch(x, gamma, beta *Node) (y, mean, variance *Node) {
	if onXLA(x) {
		return normaliseOnXLA(x, gamma, beta)
	}
	if x.Graph().Backend().Capabilities().Operations[compute.OpTypeBatchNormForTraining] {
		return InternalBatchNormForTraining(x, gamma, beta, bnEpsilon, -1)
	}
	mean = ReduceMean(x, 0, 1, 2)
	centred := Sub(x, perChannel(mean, x))
	variance = ReduceMean(Square(centred), 0, 1, 2)
	scale := Div(gamma, Sqrt(AddScalar(variance, bnEpsilon)))
	return Add(Mul(centred, perChannel(scale, x)), perChannel(beta, x)), mean, variance
}

// normaliseOnXLA is normaliseBatch for XLA, whose operation reads x once for both statistics: it takes the mean of the squares
// less the square of the mean, which has nothing left where the mean is large beside the deviation. So each channel is
// shifted first by one of its own values, the middle of the first image, which costs no pass (Chan, Golub & LeVeque 1983).
func normaliseOnXLA(x, gamma, beta *Node) (y, mean, variance *Node) {
	d := x.Shape().Dimensions
	some := StopGradient(ReduceMean(Slice(x, AxisRange(), AxisElem(d[1]/2), AxisElem(d[2]/2), AxisRange()), 0, 1, 2))
	y, mean, variance = InternalBatchNormForTraining(Sub(x, perChannel(some, x)), gamma, beta, bnEpsilon, -1)
	return y, Add(mean, some), variance
}

func (n *net) moveStats(name string, batch *Node) {
	old := n.stats[name]
	if old == nil {
		old = n.param(name)
	}
	n.stats[name] = Add(MulScalar(old, 1-bnMomentum), MulScalar(batch, bnMomentum))
}
