package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// ntxentLoss is SimCLR's NT-Xent (Chen et al. 2020), at the temperature 0.5 of lightly and of the authors on CIFAR; on
// ImageNet they have 0.1.
var ntxentLoss = loss{
	name:        "ntxent",
	projector:   simclrHead,
	temperature: 0.5,
	takes:       []string{"temperature"},
	remedy:      "ntxent pushes every two photos apart, so training has diverged: train with a lower lr or a higher temperature",
	value: func(v views) *Node {
		own := Iota(v.a.Graph(), shapes.Make(dtypes.Float32, v.a.Shape().Dim(0)), 0)
		return contrastive(v.a, v.b, own, v.cfg.Temperature)
	},
}

// supconLoss is the supervised contrastive loss (Khosla et al. 2020), L_out: the authors' SupConLoss over both views, and
// pytorch-metric-learning's. The authors' code also multiplies by temperature/0.07, which the paper's formula does not.
var supconLoss = loss{
	name:        "supcon",
	projector:   simclrHead,
	temperature: 0.07,
	takes:       []string{"temperature", "by", "together"},
	remedy:      "supcon pushes photos with different labels apart, so training has diverged: train with a lower lr or a higher temperature",
	value:       func(v views) *Node { return contrastive(v.a, v.b, v.labels, v.cfg.Temperature) },
}

// simclrHead is SimCLR's and SupCon's: one hidden layer as wide as the feature, 128 numbers out, no normalisation, as in both
// papers and in the code of SupCon's authors.
var simclrHead = head{
	func(_, width int) []layer {
		return []layer{{out: width, bias: true, relu: true}, {out: contrastOut, bias: true}}
	},
	func(dim int) int { return dim },
}

const contrastOut = 128 // numbers that SimCLR and SupCon compare

// contrastive is, over all 2N views, the mean of −log of the share that a view's likeness to another with its label has in
// its likeness to all other views, exp(cosine/temperature), itself averaged over those with its label. labels [N] are the photos'.
func contrastive(a, b, labels *Node, temperature float64) *Node {
	z := unit(Concatenate([]*Node{a, b}, 0))
	labels = Concatenate([]*Node{labels, labels}, 0)
	n := labels.Shape().Dim(0)
	likeness := DivScalar(DotGeneral(z, []int{1}, nil, z, []int{1}, nil), temperature)
	itself := Diagonal(z.Graph(), n)
	likeness = Where(itself, MulScalar(OnesLike(likeness), -1e9), likeness) // no share in it
	rows := BroadcastToDims(Reshape(labels, n, 1), n, n)
	columns := BroadcastToDims(Reshape(labels, 1, n), n, n)
	same := ConvertDType(Equal(rows, columns), dtypes.Float32)
	same = Where(itself, ZerosLike(same), same)
	own := Div(ReduceSum(Mul(same, logSoftmax(likeness)), 1), ReduceSum(same, 1))
	return Neg(ReduceAllMean(own))
}

// logSoftmax is the logarithm of exp(x) divided by its sum over each row.
func logSoftmax(x *Node) *Node {
	top := StopGradient(ReduceAndKeep(x, ReduceMax, 1))
	x = Sub(x, BroadcastToDims(top, x.Shape().Dimensions...))
	return Sub(x, BroadcastToDims(Log(ReduceAndKeep(Exp(x), ReduceSum, 1)), x.Shape().Dimensions...))
}
