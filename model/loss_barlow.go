package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// DefaultLambda is the weight of Barlow Twins' second term, by its paper; the authors' code has 0.0051.
const DefaultLambda = 0.005

// barlowLoss is Barlow Twins (Zbontar et al. 2021), with the projector of its authors' main.py.
var barlowLoss = loss{
	name: "barlow",
	projector: head{func(_, width int) []layer {
		hidden := layer{out: width, norm: affineNorm, relu: true}
		return []layer{hidden, hidden, {out: width}}
	}, always(8192)},
	takes:  []string{"lambda"},
	remedy: "barlow keeps numbers of the feature apart within a batch; train with a larger batch, a lower lr or fewer epochs",
	value:  func(v views) *Node { return barlow(v.a, v.b, v.cfg.Lambda) },
}

// barlow is Σ_i (1 − C_ii)² + λ·Σ_{i≠j} C_ij² of the correlations C [D, D] between the numbers of the two views over the
// batch. As in the authors' code, lightly and solo-learn, the views are standardised by the biased variance, with 1e-5 added.
func barlow(a, b *Node, lambda float64) *Node {
	n := float64(a.Shape().Dim(0))
	a, b = standardise(a), standardise(b)
	c := DivScalar(DotGeneral(a, []int{0}, nil, b, []int{0}, nil), n)
	diagonal := DivScalar(ReduceSum(Mul(a, b), 0), n)
	return Add(ReduceAllSum(Square(AddScalar(diagonal, -1))), MulScalar(offDiagonal(c, diagonal), lambda))
}
