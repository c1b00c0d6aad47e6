package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
)

// flipping changes left and right. Its number is 1 for a photo that is mirrored, else 0.
var flipping = augmentation{
	numbers: 1,
	on:      func(a Augment) bool { return a.Flip },
	draw:    func(_ Augment, c chance) []float64 { return []float64{float64(c.stream("flip").Uint64() & 1)} },
	bytes:   flip,
}

// flip mirrors the photos [N, S, S, 3] that drew 1.
func flip(x *Node, drawn []*Node) *Node {
	whole := BroadcastToDims(InsertAxes(drawn[0], -1), x.Shape().Dimensions...)
	return Where(GreaterThan(whole, ScalarZero(x.Graph(), dtypes.Float32)), Reverse(x, 2), x)
}
