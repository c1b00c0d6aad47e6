package cpu

import (
	"fashionpipe/internal/parallel"
	"fashionpipe/model/cpu/conv"
	"fashionpipe/model/cpu/winograd"
)

// Two packages compute convolutions: conv all of them, winograd those of 3×3 taps and stride 1, with fewer
// multiplications but more to move: it says itself where that pays.

// forwardPlan computes a convolution.
type forwardPlan interface {
	ScratchLen() int
	Finishes() int // how often Run calls done, at most
	Workers() int  // how many goroutines call it at once, at most
	Run(y, x []float32, w conv.Weights, scratch []float32, done func(row0, row1 int))
}

// gradientPlan computes the gradient of a convolution's weights.
type gradientPlan interface {
	ScratchLen() int
	Run(dw conv.Weights, x, dy, scratch []float32)
}

func newForward(s conv.Shape) (forwardPlan, error) {
	if w, ok := winogradShape(s); ok && winograd.Pays(w) {
		return winogradForward{winograd.NewForward(w, parallel.Workers())}, nil
	}
	return conv.NewForward(s, parallel.Workers())
}

func newGradient(s conv.Shape) (gradientPlan, error) {
	if w, ok := winogradShape(s); ok && winograd.GradientPays(w) {
		return winogradGradient{winograd.NewGradient(w, parallel.Workers())}, nil
	}
	return conv.NewGradient(s, parallel.Workers())
}

type winogradForward struct{ *winograd.Forward }

func (f winogradForward) Run(y, x []float32, w conv.Weights, scratch []float32, done func(row0, row1 int)) {
	f.Forward.Run(y, x, winograd.Weights(w), scratch, done)
}

type winogradGradient struct{ *winograd.Gradient }

func (g winogradGradient) Run(dw conv.Weights, x, dy, scratch []float32) {
	g.Gradient.Run(winograd.Weights(dw), x, dy, scratch)
}

// winogradShape is s for package winograd, if that computes such.
func winogradShape(s conv.Shape) (winograd.Shape, bool) {
	ones := max(s.StrideH, s.StrideW, s.DilH, s.DilW, s.InDilH, s.InDilW, s.Groups, s.BatchGroups) <= 1
	ok := ones && s.KH == 3 && s.KW == 3 && min(s.N, s.H, s.W, s.Ci, s.Co, s.OH, s.OW) > 0
	return winograd.Shape{N: s.N, H: s.H, W: s.W, Ci: s.Ci, Co: s.Co, OH: s.OH, OW: s.OW, PadTop: s.PadTop, PadLeft: s.PadLeft}, ok
}
