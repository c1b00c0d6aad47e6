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

// batchNorm normalises each channel of x [N, H, W, C], in training by the statistics of this pass's batch over N, H and
// W (biased variance), else by the running statistics. Running statistics move by momentum 0.1 towards the batch's mean
// and its unbiased variance, as torch.nn.BatchNorm2d has it.
func (n *net) batchNorm(x *Node, name string) *Node {
	gamma, beta := n.param(name+".weight"), n.param(name+".bias")
	if !n.train {
		scale := Div(gamma, Sqrt(AddScalar(n.param(name+".running_var"), bnEpsilon)))
		shift := Sub(beta, Mul(n.param(name+".running_mean"), scale))
		return Add(Mul(x, perChannel(scale, x)), perChannel(shift, x))
	}
	y, mean, variance := normaliseBatch(x, gamma, beta)
	m := float64(x.Shape().Size() / x.Shape().Dim(-1))
	n.moveStats(name+".running_mean", mean)
	n.moveStats(name+".running_var", MulScalar(variance, m/(m-1)))
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

func (n *net) moveStats(name string, batch *Node) {
	old := n.stats[name]
	if old == nil {
		old = n.param(name)
	}
	n.stats[name] = Add(MulScalar(old, 1-bnMomentum), MulScalar(batch, bnMomentum))
}
