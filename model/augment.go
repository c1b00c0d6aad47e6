package model

import (
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"

	"fashionpipe/internal/rng"
)

// Augment says how training changes the views, each photo and each view by chances of its own. Its zero value changes
// nothing. They are applied in the order of the fields.
type Augment struct {
	Geometry   float64 // 0 … 1: how far a weak affine and perspective change may go, see geometry
	Brightness float64 // the factor is drawn from max(0, 1 − Brightness) … 1 + Brightness
	Contrast   float64 // likewise
	Saturation float64 // likewise
	Hue        float64 // at most ½: the turn of the colour wheel is drawn from −Hue … Hue
}

// Jitter sets brightness, contrast and saturation to a strength, and hue to a quarter of it, which is the ratio of
// SimCLR (Chen et al. 2020).
func (a Augment) Jitter(strength float64) Augment {
	a.Brightness, a.Contrast, a.Saturation, a.Hue = strength, strength, strength, strength/4
	return a
}

// planes are a batch of images as three arrays [N, S, S] of 0 … 255: red, green, blue. Whatever mixes colours or differs
// from photo to photo then goes over whole planes, which backend cpu makes into loops over memory once.
type planes [3]*Node

// augmentation is one way to change images. Its numbers are drawn on the host, from the seed and what they are for: so
// they depend neither on the device, nor on what else is in the batch, nor on where training was resumed.
type augmentation struct {
	name    string // of the stream of chances
	numbers int    // per photo
	on      func(Augment) bool
	draw    func(Augment, *rand.Rand) []float64
	apply   func(p planes, numbers []*Node) planes // numbers: [N, 1, 1] each; nil where warp does it
}

var augmentations = []augmentation{
	warping,
	{"brightness", 1, func(a Augment) bool { return a.Brightness > 0 }, factorOf(func(a Augment) float64 { return a.Brightness }), brightness},
	{"contrast", 1, func(a Augment) bool { return a.Contrast > 0 }, factorOf(func(a Augment) float64 { return a.Contrast }), contrast},
	{"saturation", 1, func(a Augment) bool { return a.Saturation > 0 }, factorOf(func(a Augment) float64 { return a.Saturation }), saturation},
	{"hue", 1, func(a Augment) bool { return a.Hue > 0 }, drawTurn, hue},
}

// active lists the augmentations that are on.
func (a Augment) active() (list []augmentation) {
	for _, m := range augmentations {
		if m.on(a) {
			list = append(list, m)
		}
	}
	return list
}

// numbers is how many numbers the active augmentations take per photo.
func (a Augment) numbers() (n int) {
	for _, m := range a.active() {
		n += m.numbers
	}
	return n
}

// draw gives the numbers for a batch's rows of the image table in an epoch: [numbers, N], one after the other.
func (a Augment) draw(seed uint64, epoch int, v View, rows []int) []float32 {
	out := make([]float32, a.numbers()*len(rows))
	first := 0
	for _, m := range a.active() {
		for j, row := range rows {
			for k, x := range m.draw(a, rng.New(seed, m.name, string(v), epoch, row)) {
				out[(first+k)*len(rows)+j] = float32(x)
			}
		}
		first += m.numbers
	}
	return out
}

// apply changes images of bytes [N, S, S, 3] by numbers [a.numbers(), N]: float32 [N, S, S, 3] of 0 … 255, which nothing
// is learnt through.
func (a Augment) apply(x, numbers *Node) *Node {
	n := x.Shape().Dim(0)
	var p planes
	first := 0
	for i, m := range a.active() {
		var own []*Node
		for k := range m.numbers {
			own = append(own, Reshape(Slice(numbers, AxisElem(first+k)), n, 1, 1))
		}
		first += m.numbers
		switch {
		case m.apply == nil:
			p = warp(x, own)
			continue
		case i == 0:
			p = split(x)
		}
		p = m.apply(p, own)
	}
	return StopGradient(p.join())
}

// split takes images of bytes [N, S, S, 3] apart.
func split(x *Node) (p planes) {
	d := x.Shape().Dimensions
	for c := range p {
		plane := Reshape(Slice(x, AxisRange(), AxisRange(), AxisRange(), AxisElem(c)), d[0], d[1], d[2])
		p[c] = ConvertDType(plane, dtypes.Float32)
	}
	return p
}

// join puts images together again: [N, S, S, 3].
func (p planes) join() *Node {
	return Stack(p[:], -1)
}
