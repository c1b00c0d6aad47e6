package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// The formulas are those of torchvision's transforms.functional for images of floating-point numbers, with 255 for 1.
// torchvision's ColorJitter draws the order of the four for each photo; here it is always brightness, contrast, saturation,
// hue, since a graph has one order.

// jittering is a change by a factor, drawn as torchvision's ColorJitter does.
func jittering(name string, strength func(Augment) float64, apply func(Augment, planes, []*Node) planes) augmentation {
	return augmentation{
		numbers: 1, on: func(a Augment) bool { return strength(a) > 0 },
		draw: func(a Augment, c chance) []float64 {
			s := strength(a)
			return []float64{between(c.stream(name), max(0, 1-s), 1+s)}
		},
		apply: apply,
	}
}

func brightness(_ Augment, p planes, factor []*Node) planes {
	for c := range p {
		p[c] = ClipScalar(Mul(p[c], spread(factor[0], p[c])), 0, 255)
	}
	return p
}

// contrast pulls every colour to the mean grey of its photo, or away from it.
func contrast(_ Augment, p planes, factor []*Node) planes {
	mean := ReduceAndKeep(p.grey(), ReduceMean, 1, 2)
	return blend(p, spread(mean, p[0]), factor[0])
}

// saturation pulls every colour to the grey of its pixel, or away from it.
func saturation(_ Augment, p planes, factor []*Node) planes { return blend(p, p.grey(), factor[0]) }

// blend is factor·p + (1 − factor)·grey.
func blend(p planes, grey, factor *Node) planes {
	f := spread(factor, p[0])
	rest := Mul(OneMinus(f), grey)
	for c := range p {
		p[c] = ClipScalar(Add(Mul(f, p[c]), rest), 0, 255)
	}
	return p
}

// grey is ITU-R 601's luma: [N, S, S].
func (p planes) grey() *Node {
	return Add(Add(MulScalar(p[0], 0.2989), MulScalar(p[1], 0.587)), MulScalar(p[2], 0.114))
}

// drawTurn draws hue's turn in sixths of the colour wheel.
func drawTurn(a Augment, c chance) []float64 {
	return []float64{6 * between(c.stream("hue"), -a.Hue, a.Hue)}
}

// hue turns the colour wheel by a number of its sixths. With the largest and the least of the three colours, chroma c their
// difference, and h the hue in sixths, a colour of the result is largest − c·clip(min(k, 4 − k), 0, 1) for k = (n + h) mod 6
// and n = 5, 3, 1 for red, green, blue: the same as torchvision's way by HSV with six cases.
func hue(_ Augment, p planes, turn []*Node) planes {
	red, green, blue := p[0], p[1], p[2]
	largest := Max(red, Max(green, blue))
	chroma := Sub(largest, Min(red, Min(green, blue)))
	grey := Equal(chroma, ScalarZero(chroma.Graph(), chroma.DType())) // any hue will do: it is multiplied by 0
	by := Where(grey, ScalarOne(chroma.Graph(), chroma.DType()), chroma)
	h := Where(Equal(largest, red), Div(Sub(green, blue), by),
		Where(Equal(largest, green), AddScalar(Div(Sub(blue, red), by), 2), AddScalar(Div(Sub(red, green), by), 4)))
	h = Add(h, spread(turn[0], h))
	for c, n := range [3]float64{5, 3, 1} {
		k := AddScalar(h, n)
		k = Sub(k, MulScalar(Floor(MulScalar(k, 1.0/6)), 6))
		share := ClipScalar(Min(k, AddScalar(Neg(k), 4)), 0, 1)
		p[c] = Sub(largest, Mul(chroma, share))
	}
	return p
}

// drawGrey draws 1 for a photo that loses its colours, as torchvision's RandomGrayscale, else 0.
func drawGrey(a Augment, c chance) []float64 {
	if c.stream("grey").Float64() < a.Grey {
		return []float64{1}
	}
	return []float64{0}
}

// decolour leaves the grey of the photos that drew 1.
func decolour(_ Augment, p planes, drawn []*Node) planes {
	loses := GreaterThan(spread(drawn[0], p[0]), ScalarZero(p[0].Graph(), p[0].DType()))
	grey := p.grey()
	for c := range p {
		p[c] = Where(loses, grey, p[c])
	}
	return p
}

// spread repeats v [N, 1, 1] over like [N, S, S].
func spread(v, like *Node) *Node { return BroadcastToDims(v, like.Shape().Dimensions...) }
