package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// pickMax is maxPool of x [N, H, W, C] for XLA in training. The gradient that XLA has for its own pooling scatters, on GPUs
// by atomic additions. Here each window's place of the maximum is kept as a byte, and the gradient is a sum over the places,
// of which XLA makes one loop.
func pickMax(x *Node, window, stride, pad int) *Node {
	g := x.Graph()
	places := inWindows(x, window, stride, pad)
	best := StopGradient(places[0])
	at := Zeros(g, shapes.Make(dtypes.Uint8, best.Shape().Dimensions...))
	for k, place := range places {
		more := GreaterThan(place, best) // the first of equal ones stays
		best = Where(more, StopGradient(place), best)
		at = Where(more, Const(g, uint8(k)), at)
	}
	var sum *Node
	for k, place := range places {
		here := Where(Equal(at, Const(g, uint8(k))), place, ScalarZero(g, x.DType()))
		if sum == nil {
			sum = here
			continue
		}
		sum = Add(sum, here)
	}
	return sum
}

// inWindows gives, for each place in a window in row order, what all windows have there: [N, H', W', C].
func inWindows(x *Node, window, stride, pad int) (places []*Node) {
	beside := PadAxis{Start: pad, End: pad}
	x = Pad(x, Const(x.Graph(), x.DType().LowestValue()), PadAxis{}, beside, beside, PadAxis{})
	along := func(axis, from int) SliceAxisSpec {
		size := x.Shape().Dim(axis)
		return AxisRange(from, from+(size-window)/stride*stride+1).Stride(stride)
	}
	for i := range window {
		for j := range window {
			places = append(places, Slice(x, AxisRange(), along(1, i), along(2, j), AxisRange()))
		}
	}
	return places
}
