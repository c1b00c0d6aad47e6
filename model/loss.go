package model

import (
	"fmt"
	"strings"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// loss is a training objective on the features [N, D] of the two views of the same photos, or on the projector's
// outputs for them.
type loss struct {
	name  string
	doc   string
	value func(a, b *Node) *Node // a scalar
}

// losses lists every objective there is; a new one is a line here.
var losses = []loss{
	{"mse", "mean squared error between the two views' features, as in the paper; nothing pushes apart, so it can collapse", mse},
	{"vicreg", "VICReg (Bardes et al. 2022): 25·mse + 25·variance + 1·covariance; its expander is the projector", vicreg},
}

func lossByName(name string) (loss, error) {
	var names []string
	for _, l := range losses {
		if l.name == name {
			return l, nil
		}
		names = append(names, l.name)
	}
	return loss{}, fmt.Errorf("unknown loss %q: there are %s", name, strings.Join(names, ", "))
}

// mse is the paper's loss: the mean over the batch and the feature's numbers of (a − b)².
func mse(a, b *Node) *Node { return ReduceAllMean(Square(Sub(a, b))) }

// VICReg's published coefficients.
const (
	vicregInvariance = 25
	vicregVariance   = 25
	vicregCovariance = 1
	vicregTarget     = 1    // γ: the standard deviation each number of the feature should reach
	vicregEpsilon    = 1e-4 // under the root of the variance
)

// vicreg follows the authors' code: the variance term is the mean of both views' (½ each), the covariance term their
// sum, variance and covariance are unbiased (divided by N − 1). The expander that the authors put before it is the
// projector (projector.go); without one the terms act on the encoder's own feature.
func vicreg(a, b *Node) *Node {
	variance := MulScalar(Add(varianceTerm(a), varianceTerm(b)), 0.5)
	covariance := Add(covarianceTerm(a), covarianceTerm(b))
	return Add(MulScalar(mse(a, b), vicregInvariance),
		Add(MulScalar(variance, vicregVariance), MulScalar(covariance, vicregCovariance)))
}

// centre subtracts the batch's mean from each number of the feature.
func centre(x *Node) *Node {
	return Sub(x, BroadcastToDims(ReduceAndKeep(x, ReduceMean, 0), x.Shape().Dimensions...))
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
	return DivScalar(Sub(ReduceAllSum(Square(cov)), ReduceAllSum(Square(variance))), d)
}
