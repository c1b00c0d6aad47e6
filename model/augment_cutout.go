package model

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// drawCutout draws the middle of the square, to the right and down, as shares of the edge.
func drawCutout(_ Augment, c chance) []float64 {
	r := c.stream("cutout")
	return []float64{r.Float64(), r.Float64()}
}

// cutout is DeVries & Taylor's (2017): a square around a pixel drawn from the whole image, so that part of it may lie
// outside, gets the mean colour that normalisation subtracts.
func cutout(a Augment, p planes, middle []*Node) planes {
	g, n, size := p[0].Graph(), p[0].Shape().Dim(0), p[0].Shape().Dim(1)
	edge := math.Round(a.Cutout * float64(size))
	within := func(at *Node, share *Node) *Node {
		first := AddScalar(Floor(MulScalar(spread(share, at), float64(size))), -math.Floor(edge/2))
		behind := Sub(at, first)
		return LogicalAnd(GreaterOrEqual(behind, ScalarZero(g, at.DType())), LessThan(behind, Scalar(g, at.DType(), edge)))
	}
	gone := LogicalAnd(within(each(g, n, size, func(_, x int) float32 { return float32(x) }), middle[0]),
		within(each(g, n, size, func(y, _ int) float32 { return float32(y) }), middle[1]))
	for c := range p {
		p[c] = Where(gone, Scalar(g, p[c].DType(), 255*float64(imagenetMean[c])), p[c])
	}
	return p
}
