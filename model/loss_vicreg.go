package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// vicregLoss is VICReg (Bardes, Ponce & LeCun 2022): 25·mse + 25·variance + 1·covariance. Its authors' expander, 8192
// wide, is only there if a projector is asked for: without one the terms act on the encoder's own feature.
var vicregLoss = loss{
	name:      "vicreg",
	projector: head{expander, always(0)},
	remedy:    "Train with a lower lr or fewer epochs",
	value:     func(v views) *Node { return vicreg(v.a, v.b) },
}

// expander is Projector of the authors' main_vicreg.py.
func expander(_, width int) []layer {
	hidden := layer{out: width, bias: true, norm: affineNorm, relu: true}
	return []layer{hidden, hidden, {out: width}}
}

// VICReg's published coefficients.
const (
	vicregInvariance = 25
	vicregVariance   = 25
	vicregCovariance = 1
	vicregTarget     = 1    // γ: the standard deviation each number of the feature should reach
	vicregEpsilon    = 1e-4 // under the root of the variance
)

// vicreg follows the authors' code: the variance term is the mean of both views' (½ each), the covariance term their
// sum, variance and covariance are unbiased (divided by N − 1).
func vicreg(a, b *Node) *Node {
	variance := MulScalar(Add(varianceTerm(a), varianceTerm(b)), 0.5)
	covariance := Add(covarianceTerm(a), covarianceTerm(b))
	return Add(MulScalar(mse(a, b), vicregInvariance),
		Add(MulScalar(variance, vicregVariance), MulScalar(covariance, vicregCovariance)))
}

// varianceTerm is mean_j max(0, γ − √(var_j + ε)).
func varianceTerm(x *Node) *Node {
	n := float64(x.Shape().Dim(0))
	variance := DivScalar(ReduceSum(Square(centre(x)), 0), n-1)
	std := Sqrt(AddScalar(variance, vicregEpsilon))
	return ReduceAllMean(MaxScalar(AddScalar(Neg(std), vicregTarget), float32(0)))
}

// covarianceTerm is the sum of the squared off-diagonal entries of the covariance, divided by D.
func covarianceTerm(x *Node) *Node {
	n, d := float64(x.Shape().Dim(0)), float64(x.Shape().Dim(1))
	c := centre(x)
	cov := DivScalar(DotGeneral(c, []int{0}, nil, c, []int{0}, nil), n-1)
	variance := DivScalar(ReduceSum(Square(c), 0), n-1)
	return DivScalar(offDiagonal(cov, variance), d)
}
