package model

import (
	"slices"

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

// batchNorm normalises each channel of x [N, H, W, C] by the statistics of the batch over N, H and W (biased variance), of
// several views each by its own, and gives float32. Running statistics move by momentum 0.1 towards each view's mean and its
// unbiased variance, as torch.nn.BatchNorm2d has it, one view after the other.
func (n *net) batchNorm(x *Node, name string) *Node {
	gamma, beta := n.param(name+".weight"), n.param(name+".bias")
	m := x.Shape().Size() / x.Shape().Dim(-1) / n.views
	if !onXLA(x) {
		y, mean, variance := normaliseBatch(x, gamma, beta)
		n.moveStats(name, mean, variance, m)
		return y
	}
	y, means, variances := normaliseViews(wide(x), gamma, beta, n.views)
	for v := range n.views {
		of := func(all *Node) *Node { return Reshape(Slice(all, AxisElem(v)), gamma.Shape().Dim(0)) }
		n.moveStats(name, of(means), of(variances), m)
	}
	return y
}

// normaliseBatch is batch normalisation in training: as one operation where the backend has it, else written out.
func normaliseBatch(x, gamma, beta *Node) (y, mean, variance *Node) {
	if x.Graph().Backend().Capabilities().Operations[compute.OpTypeBatchNormForTraining] {
		return InternalBatchNormForTraining(x, gamma, beta, bnEpsilon, -1)
	}
	mean = ReduceMean(x, 0, 1, 2)
	centred := Sub(x, perChannel(mean, x))
	variance = ReduceMean(Square(centred), 0, 1, 2)
	scale := Div(gamma, Sqrt(AddScalar(variance, bnEpsilon)))
	return Add(Mul(centred, perChannel(scale, x)), perChannel(beta, x)), mean, variance
}

// normaliseViews is batch normalisation in training for XLA, of x [views·N, H, W, C], each view by its own statistics, which
// come as [views, C]. It is written such that it and its gradient each read x twice: once for the sums, once for what is
// made of them. Both sums come of one pass, the variance as the mean of the squares less the square of the mean. That has
// nothing left where the mean is large beside the deviation, so each channel is shifted first by one of its own values, in
// the middle of the view's first image (Chan, Golub & LeVeque 1983).
func normaliseViews(x, gamma, beta *Node, views int) (y, mean, variance *Node) {
	d := x.Shape().Dimensions
	n, c := d[0]/views, d[3]
	spread := func(v *Node) *Node { // [views, C] over [views·N, H, W, C]
		return BroadcastToDims(Reshape(BroadcastToDims(Reshape(v, views, 1, c), views, n, c), d[0], 1, 1, c), d...)
	}
	average := func(x *Node) *Node { // [views·N, H, W, C] to [views, C], image by image
		return DivScalar(ReduceSum(Reshape(ReduceSum(x, 1, 2), views, n, c), 1), float64(n*d[1]*d[2]))
	}
	each := func(v *Node) *Node { // not by broadcasting: XLA would make of its gradient a sum over all pixels anew
		return Concatenate(slices.Repeat([]*Node{Reshape(v, 1, c)}, views), 0)
	}
	some := StopGradient(Reshape(Slice(x, AxisRange().Stride(n), AxisElem(d[1]/2), AxisElem(d[2]/2), AxisRange()), views, c))
	x = Sub(x, spread(some))
	mean = average(x)
	variance = MaxScalar(Sub(average(Square(x)), Square(mean)), 0)
	scale := Div(each(gamma), Sqrt(AddScalar(variance, bnEpsilon)))
	shift := Sub(each(beta), Mul(mean, scale))
	return Add(Mul(x, spread(scale)), spread(shift)), Add(mean, some), variance
}

// moveStats moves running statistics towards those of a batch of m numbers per channel.
func (n *net) moveStats(name string, mean, variance *Node, m int) {
	n.move(name+".running_mean", mean)
	n.move(name+".running_var", MulScalar(variance, float64(m)/float64(m-1)))
}

func (n *net) move(name string, batch *Node) {
	old := n.stats[name]
	if old == nil {
		old = n.param(name)
	}
	n.stats[name] = Add(MulScalar(old, 1-bnMomentum), MulScalar(batch, bnMomentum))
}
