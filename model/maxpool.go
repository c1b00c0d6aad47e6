package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// windowMax is max pooling as the maximum of window² shifted views, on any backend (GoMLX's Go backend takes 100 ns a
// pixel for its own pooling, and this 15). The border counts as the lowest number.
func windowMax(x *Node, window, stride, pad int) (*Node, func(*Node) *Node) {
	d := x.Shape().Dimensions
	oh, ow := outSize(d[2], window, stride, pad), outSize(d[3], window, stride, pad)
	lowest := Const(x.Graph(), dtypes.Float32.LowestValue().(float32))
	padded := padWith(x, lowest, 0, pad, pad, pad, pad)
	var taps []*Node
	for ky := range window {
		for kx := range window {
			taps = append(taps, tap(padded, ky, kx, stride, oh, ow))
		}
	}
	y := taps[0]
	for _, t := range taps[1:] {
		y = Max(y, t)
	}
	return y, func(dy *Node) *Node { return windowMaxGrad(padded, y, dy, taps, window, stride, pad) }
}

// windowMaxGrad gives each window's gradient to its first maximum.
func windowMaxGrad(padded, y, dy *Node, taps []*Node, window, stride, pad int) *Node {
	zero := ScalarZero(y.Graph(), dtypes.Float32)
	ph, pw := padded.Shape().Dim(2), padded.Shape().Dim(3)
	span := func(out int) int { return (out-1)*stride + 1 }
	left := dy // what no earlier tap has taken
	var total *Node
	for i, t := range taps {
		mine := Equal(t, y)
		g := Where(mine, left, zero)
		if i < len(taps)-1 {
			left = Where(mine, BroadcastToShape(zero, left.Shape()), left)
		}
		ky, kx := i/window, i%window
		g = Pad(g, zero, compute.PadAxis{}, compute.PadAxis{},
			compute.PadAxis{Start: ky, End: ph - ky - span(dy.Shape().Dim(2)), Interior: stride - 1},
			compute.PadAxis{Start: kx, End: pw - kx - span(dy.Shape().Dim(3)), Interior: stride - 1})
		if total != nil {
			g = Add(total, g)
		}
		total = g
	}
	return tap(total, pad, pad, 1, ph-2*pad, pw-2*pad)
}
