package model

import (
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/rng"
)

// Augment says how training changes the views, each photo and each view by chances of its own. Its zero value changes
// nothing. They are applied in the order of the fields.
type Augment struct {
	Flip        bool    // mirror left to right with probability ½
	Crop        float64 // the least share of the area that a crop keeps; 1, or 0, for none
	Affine      float64 // 0 … 1: how far a weak rotation, shift, scale and shear may go, see geometry
	Perspective float64 // likewise for a weak change of perspective
	Brightness  float64 // the factor is drawn from max(0, 1 − Brightness) … 1 + Brightness
	Contrast    float64 // likewise
	Saturation  float64 // likewise
	Hue         float64 // at most ½: the turn of the colour wheel is drawn from −Hue … Hue
	Grey        float64 // the probability of no colour at all
	Blur        float64 // the probability of a blur
	Cutout      float64 // the edge of a square that is taken out, as a share of the image's; 0 for none
}

// Jitter sets brightness, contrast and saturation to a strength, and hue to a quarter of it, which is the ratio of
// SimCLR (Chen et al. 2020).
func (a Augment) Jitter(strength float64) Augment {
	a.Brightness, a.Contrast, a.Saturation, a.Hue = strength, strength, strength, strength/4
	return a
}

// Geometry sets the strengths of the affine change and of the perspective.
func (a Augment) Geometry(strength float64) Augment {
	a.Affine, a.Perspective = strength, strength
	return a
}

// planes are a batch of images as three arrays [N, S, S] of 0 … 255: red, green, blue. Whatever mixes colours or differs
// from photo to photo then goes over whole planes, which backend cpu makes into loops over memory once.
type planes [3]*Node

// augmentation is one way to change images. Its numbers are drawn on the host, from the seed and what they are for: so
// they depend neither on the device, nor on what else is in the batch, nor on where training was resumed. It has one of
// the three functions, which get the numbers as [N, 1, 1] each. Those on bytes come first, and at most one reads bytes.
type augmentation struct {
	numbers int // per photo
	on      func(Augment) bool
	draw    func(Augment, chance) []float64
	bytes   func(x *Node, numbers []*Node) *Node              // [N, S, S, 3] as it comes
	read    func(x *Node, numbers []*Node) planes             // from bytes to planes
	apply   func(a Augment, p planes, numbers []*Node) planes // on planes
}

var augmentations = []augmentation{
	flipping,
	warping,
	jittering("brightness", func(a Augment) float64 { return a.Brightness }, brightness),
	jittering("contrast", func(a Augment) float64 { return a.Contrast }, contrast),
	jittering("saturation", func(a Augment) float64 { return a.Saturation }, saturation),
	{numbers: 1, on: func(a Augment) bool { return a.Hue > 0 }, draw: drawTurn, apply: hue},
	{numbers: 1, on: func(a Augment) bool { return a.Grey > 0 }, draw: drawGrey, apply: decolour},
	{numbers: 1, on: func(a Augment) bool { return a.Blur > 0 }, draw: drawBlur, apply: blur},
	{numbers: 2, on: func(a Augment) bool { return a.Cutout > 0 }, draw: drawCutout, apply: cutout},
}

// chance is what the numbers for one view of a photo are drawn for.
type chance struct {
	seed       uint64
	view       View
	epoch, row int
}

// stream gives an augmentation's own chances, so that they are the same whichever others are on.
func (c chance) stream(name string) *rand.Rand {
	return rng.New(c.seed, name, string(c.view), c.epoch, c.row)
}

// between is uniform over low … high.
func between(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }

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
	if len(out) == 0 {
		return out
	}
	active := a.active()
	parallel.For(len(rows), func(_, j int) {
		first := 0
		for _, m := range active {
			for k, x := range m.draw(a, chance{seed, v, epoch, rows[j]}) {
				out[(first+k)*len(rows)+j] = float32(x)
			}
			first += m.numbers
		}
	})
	return out
}

// apply changes images of bytes [N, S, S, 3] by numbers [a.numbers(), N], nothing being learnt through it: bytes again
// where they are only mirrored, else float32 of 0 … 255.
func (a Augment) apply(x, numbers *Node) *Node {
	n := x.Shape().Dim(0)
	var p planes
	first := 0
	for _, m := range a.active() {
		var own []*Node
		for k := range m.numbers {
			own = append(own, Reshape(Slice(numbers, AxisElem(first+k)), n, 1, 1))
		}
		first += m.numbers
		switch {
		case m.bytes != nil:
			x = m.bytes(x, own)
		case m.read != nil:
			p = m.read(x, own)
		default:
			if p[0] == nil {
				p = split(x)
			}
			p = m.apply(a, p, own)
		}
	}
	if p[0] != nil {
		x = p.join()
	}
	return StopGradient(x)
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
