package cpu

import (
	"fashionpipe/internal/parallel"
	"fashionpipe/model/cpu/conv"
	"fashionpipe/model/cpu/winograd"
)

// Two packages compute convolutions: conv all of them, winograd those of 3×3 taps and stride 1, with fewer
// multiplications but more to move.

// forwardPlan computes a convolution.
type forwardPlan interface {
	ScratchLen() int
	Finishes() int // how often Run calls done, at most
	Run(y, x []float32, w conv.Weights, scratch []float32, done func(row0, row1 int))
}

// gradientPlan computes the gradient of a convolution's weights.
type gradientPlan interface {
	ScratchLen() int
	Run(dw conv.Weights, x, dy, scratch []float32)
}

func newForward(s conv.Shape) (forwardPlan, error) {
	if w, ok := winogradShape(s); ok && fewerCycles(s) {
		return winogradForward{winograd.NewForward(w, parallel.Workers())}, nil
	}
	return conv.NewForward(s, parallel.Workers())
}

func newGradient(s conv.Shape) (gradientPlan, error) {
	if w, ok := winogradShape(s); ok && fewerCyclesBack(s) {
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

// Costs in cycles of a core, by measurement (AMD Zen 4, AVX-512) of the layers of ResNet18 and VGG16, as are the rules.
const (
	perProduct   = 1.0 / 16 // a multiplication in a tile
	perPair      = 24.0     // transforming the taps of a pair of channels
	perPairBack  = 75.0     // transforming the sums of a pair of channels, as long as all sums fit the caches
	perValue     = 11.0     // transforming a tile of a channel
	perValueBack = 80.0
	mostPairs    = 1 << 16 // of channels, for which the sums fit the caches
)

// fewerCycles tells whether winograd is clearly faster than conv, which leaves out products with padding.
func fewerCycles(s conv.Shape) bool {
	tiles, products := tilesOf(s)
	pairs, channels := float64(s.Ci*s.Co), float64(s.Ci+s.Co)
	other := tiles*(products*1.1*perProduct*pairs+perValue*channels) + perPair*pairs
	return 1.15*other < directProducts(s)*perProduct
}

// fewerCyclesBack is the same for the gradient of the weights.
func fewerCyclesBack(s conv.Shape) bool {
	pairs, channels := s.Ci*s.Co, float64(s.Ci+s.Co)
	tiles := float64(s.N * ((s.OH + 3) / 4) * ((s.OW + 3) / 4)) // of 4×4
	other := tiles*(36*1.3*perProduct*float64(pairs)+perValueBack*channels) + perPairBack*float64(pairs)
	return pairs <= mostPairs && 1.1*other < directProducts(s)*perProduct
}

// tilesOf is the number of winograd's tiles and the products of each, of its two sizes for the one with fewer products.
func tilesOf(s conv.Shape) (tiles, products float64) {
	count := func(size int) float64 { return float64(s.N * ((s.OH + size - 1) / size) * ((s.OW + size - 1) / size)) }
	if count(2)*16 < count(4)*36 {
		return count(2), 16
	}
	return count(4), 36
}

// directProducts is the number of multiplications with pixels, not with padding.
func directProducts(s conv.Shape) float64 {
	met := func(out, in, pad int) (n int) {
		for o := range out {
			for k := range 3 {
				if at := o + k - pad; at >= 0 && at < in {
					n++
				}
			}
		}
		return n
	}
	return float64(s.N) * float64(met(s.OH, s.H, s.PadTop)) * float64(met(s.OW, s.W, s.PadLeft)) * float64(s.Ci*s.Co)
}
