package conv

import (
	"math/rand/v2"

	"pgregory.net/rapid"
)

// reference computes the convolution by its definition, in float64.
func reference(x []float32, w Weights, s Shape) []float64 {
	s, _ = s.normal()
	y := make([]float64, s.rows()*s.OW*s.Co)
	each(s, func(out, in, weight int) { y[out] += float64(x[in]) * float64(w.Data[weight]) }, w)
	return y
}

// referenceGrad computes the gradient of the weights by its definition: the layout is that of w.
func referenceGrad(x, dy []float32, w Weights, s Shape) []float64 {
	s, _ = s.normal()
	dw := make([]float64, len(w.Data))
	each(s, func(out, in, weight int) { dw[weight] += float64(x[in]) * float64(dy[out]) }, w)
	return dw
}

// each calls f with all triples of an output, an input and a weight that belong together.
func each(s Shape, f func(out, in, weight int), w Weights) {
	n, co, ci := s.images(), s.out(), s.in()
	for i := range n * s.OH * s.OW * s.Co {
		o, ow, oh, img := i%s.Co, i/s.Co%s.OW, i/s.Co/s.OW%s.OH, i/s.Co/s.OW/s.OH
		g := o / co
		for k := range s.KH * s.KW {
			kh, kw := k/s.KW, k%s.KW
			h, inH := at(oh, kh, s.StrideH, s.DilH, s.PadTop, s.InDilH, s.H)
			v, inW := at(ow, kw, s.StrideW, s.DilW, s.PadLeft, s.InDilW, s.W)
			if !inH || !inW {
				continue
			}
			for c := range ci {
				from, channel := img, c+g*ci
				if s.BatchGroups > 1 {
					from, channel = g*n+img, c
				}
				f(i, ((from*s.H+h)*s.W+v)*s.Ci+channel, w.Offset+kh*w.KH+kw*w.KW+c*w.In+o*w.Out)
			}
		}
	}
}

func at(o, k, stride, dil, pad, inDil, size int) (int, bool) {
	p := o*stride + k*dil - pad
	return p / inDil, p >= 0 && p%inDil == 0 && p/inDil < size
}

// drawShape draws a small convolution of any kind.
func drawShape(t *rapid.T) Shape {
	n := func(lo, hi int, name string) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	s := Shape{
		N: n(0, 3, "n"), H: n(0, 9, "h"), W: n(0, 9, "w"), KH: n(1, 4, "kh"), KW: n(1, 4, "kw"),
		StrideH: n(1, 3, "sh"), StrideW: n(1, 3, "sw"), PadTop: n(-3, 4, "top"), PadLeft: n(-3, 4, "left"),
		DilH: n(1, 3, "dh"), DilW: n(1, 3, "dw"), InDilH: n(1, 3, "ih"), InDilW: n(1, 3, "iw"),
		OH: n(0, 7, "oh"), OW: n(0, 7, "ow"), Groups: 1, BatchGroups: 1,
	}
	ci, co := n(0, 20, "ci"), n(0, 40, "co")
	switch n(0, 6, "kind") {
	case 0:
		s.Groups = n(2, 3, "groups")
	case 1:
		s.BatchGroups = n(2, 3, "batch groups")
		s.N *= s.BatchGroups
	case 2: // many small images
		s.N, s.H, s.W, s.OH, s.OW = n(10, 30, "images"), n(1, 4, "h"), n(1, 4, "w"), n(1, 4, "oh"), n(1, 4, "ow")
	case 3: // nothing special
		s.StrideH, s.StrideW, s.DilH, s.DilW, s.InDilH, s.InDilW = 1, 1, 1, 1, 1, 1
	case 4: // many channels
		ci, co = n(60, 70, "many ci"), n(250, 270, "many co")
		s.N, s.H, s.W, s.OH, s.OW = 1, n(1, 3, "h"), n(1, 3, "w"), n(1, 3, "oh"), n(1, 3, "ow")
	case 5: // many blocks in an image
		s.H, s.W, s.OH, s.OW = n(20, 40, "h"), n(8, 20, "w"), n(20, 40, "oh"), n(8, 20, "ow")
		ci, co = n(1, 20, "few ci"), n(1, 4, "few co")
		s.StrideH, s.StrideW = n(1, 2, "sh"), n(1, 2, "sw")
	}
	s.Ci, s.Co = ci*s.Groups, co*s.Groups*s.BatchGroups
	return s
}

// drawWeights draws one of the ways a kernel can lie, with its number of elements.
func drawWeights(t *rapid.T, s Shape) Weights {
	in, data := s.Ci/s.Groups, make([]float32, s.KH*s.KW*(s.Ci/s.Groups)*s.Co)
	var w Weights
	switch rapid.IntRange(0, 4).Draw(t, "layout") {
	case 0:
		w = HWIO(data, s.KW, in, s.Co)
	case 1:
		w = oihw(data, in, s.KH, s.KW)
	case 2:
		w = HWIO(data, s.KW, s.Co, in).swapped()
	case 3:
		w = oihw(data, s.Co, s.KH, s.KW).swapped()
	case 4: // [in, KW, out, KH], output channels backwards
		w = Weights{Data: data, KH: 1, Out: -s.KH, KW: s.KH * s.Co, In: s.KH * s.Co * s.KW, Offset: max(0, s.Co-1) * s.KH}
	}
	return w.Reversed(s.KH, s.KW, rapid.Bool().Draw(t, "reverse h"), rapid.Bool().Draw(t, "reverse w"))
}

// random fills x with numbers that have few bits: their products are exact, sums of fewer than 2^12 of them too, so that
// any order of summation must give the same.
func random(x []float32, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range x {
		x[i] = float32(r.IntN(129) - 64)
	}
}

// guarded is a slice of n with numbers before and after it that must not change.
type guarded struct{ whole []float32 }

const (
	guard     = 64
	untouched = float32(-12345.5)
)

func newGuarded(n int) guarded {
	g := guarded{make([]float32, n+2*guard)}
	for i := range g.whole {
		g.whole[i] = untouched
	}
	return g
}

func (g guarded) data() []float32 { return g.whole[guard : len(g.whole)-guard : len(g.whole)-guard] }

func (g guarded) check(t failer, name string) {
	t.Helper()
	for i := range guard {
		if g.whole[i] != untouched || g.whole[len(g.whole)-1-i] != untouched {
			t.Fatalf("%s: wrote outside", name)
		}
	}
}
