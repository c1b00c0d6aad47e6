package winograd

import "fashionpipe/internal/simd/gemm"

// The costs below are in products of gemm's for each pair of an input and an output channel. They were fitted to measurements on
// one core of Zen 4 against package conv, AVX-512 and AVX2, 16 to 512 channels, images of 2×2 to 224×224 (BenchmarkChoice):
// of the shapes found to pay nearly all were at least a tenth faster, and those found not to pay were at most slightly so.
const (
	transformCost = 250 // a tile's transform of a channel, in or out: shared by the channels on the other side
	weightsCost   = 200 // a pair's weights transformed, or put in place for direct convolution
	tapsCost      = 300 // a pair's taps made of sums
	margin        = 1.1
)

// Pays tells whether a Forward of the shape is faster than direct convolution, which needn't multiply by padding.
func Pays(s Shape) bool {
	t := newTiling(s, choose(s))
	return min(s.Ci, s.Co) >= leastChannels && s.directProducts() > margin*(t.products(ceil(t.tiles(), gemm.MR())*gemm.MR())+weightsCost)
}

// GradientPays tells the same of a Gradient.
func GradientPays(s Shape) bool {
	t := newTiling(s, tile4)
	return min(s.Ci, s.Co) >= leastChannels && s.directProducts() > margin*(t.products(t.tiles())+tapsCost)
}

// leastChannels fill a register.
const leastChannels = 16

// products is the cost of all tiles, of which gemm computes some more for nothing.
func (t tiling) products(computed int) float64 {
	transforms := transformCost * (1/float64(t.Ci) + 1/float64(t.Co)) * float64(t.kernels.planes()) / 36
	return float64(t.kernels.planes()*computed) + float64(t.tiles())*transforms
}

// directProducts is the cost of direct convolution.
func (s Shape) directProducts() float64 {
	meet := func(out, in, pad int) (n int) { // pairs of an output position and a tap that meet the input
		for o := range out {
			n += max(0, min(3, in+pad-o)-max(0, pad-o))
		}
		return n
	}
	return float64(s.N*meet(s.OH, s.H, s.PadTop)*meet(s.OW, s.W, s.PadLeft)) + weightsCost
}
