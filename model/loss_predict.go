package model

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// simsiamLoss is SimSiam (Chen & He 2021), with projector and predictor of the authors' builder.py; the hidden layers are
// 2048 wide, as in the paper, whatever the encoder's feature. The bias that their code keeps at its random start before the last
// normalisation, which takes it away again, is left out.
var simsiamLoss = loss{
	name: "simsiam",
	projector: head{func(_, width int) []layer {
		hidden := layer{out: width, norm: affineNorm, relu: true}
		return []layer{hidden, hidden, {out: width, norm: plainNorm}}
	}, always(2048)},
	predictor: head{func(in, width int) []layer {
		return []layer{{out: width, norm: affineNorm, relu: true}, {out: in, bias: true}}
	}, always(512)},
	takes:  []string{"predictor"},
	remedy: "simsiam has nothing but its predictor and a stopped gradient against this; train with a lower lr, a predictor narrower than the projector, or loss: vicreg",
	value: func(v views) *Node {
		return MulScalar(Add(cosine(v.predictedA, StopGradient(v.b)), cosine(v.predictedB, StopGradient(v.a))), -0.5)
	},
}

// DefaultTargetMomentum is what share of the target BYOL keeps in its first step, for 100 and 300 epochs by its authors.
const DefaultTargetMomentum = 0.99

// byolLoss is BYOL (Grill et al. 2020), with the MLPs of the authors' code (networks.py of deepmind-research/byol). Its value
// is the sum of both directions of 2 − 2·cosine, as in the paper and in solo-learn; lightly's is a quarter of it, less 1.
var byolLoss = loss{
	name:      "byol",
	projector: head{func(_, width int) []layer { return byolMLP(width, byolOut) }, always(4096)},
	predictor: head{func(in, width int) []layer { return byolMLP(width, in) }, always(4096)},
	target:    true,
	takes:     []string{"predictor", "target_momentum"},
	remedy:    "byol has no term that pushes apart; train with target_momentum nearer to 1, a lower lr, or loss: vicreg",
	value: func(v views) *Node {
		both := Add(cosine(v.predictedA, StopGradient(v.targetB)), cosine(v.predictedB, StopGradient(v.targetA)))
		return AddScalar(MulScalar(both, -2), 4)
	},
}

const byolOut = 256 // numbers that BYOL compares

func byolMLP(width, out int) []layer {
	return []layer{{out: width, bias: true, norm: affineNorm, relu: true}, {out: out}}
}

// targetMomentum is the share of itself that BYOL's target keeps in step t (from 1): rising to 1 along half a cosine.
func (o *objective) targetMomentum(t int) float64 {
	return 1 - (1-o.cfg.TargetMomentum)*(math.Cos(math.Pi*float64(t-1)/float64(o.steps))+1)/2
}

// cosine is the mean over the batch of the cosine between a row of a and one of b.
func cosine(a, b *Node) *Node { return ReduceAllMean(ReduceSum(Mul(unit(a), unit(b)), 1)) }

// unit divides each row by its L2 norm, or by 1e-12 where that is larger, as torch's normalize.
func unit(x *Node) *Node {
	square := ReduceAndKeep(Square(x), ReduceSum, 1)
	return Mul(x, BroadcastToDims(Reciprocal(Sqrt(MaxScalar(square, float32(1e-24)))), x.Shape().Dimensions...))
}
