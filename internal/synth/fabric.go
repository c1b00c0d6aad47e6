package synth

import "math"

// fabric is a cloth: what is woven or printed on it (pattern) and how its surface looks close by (surface).
type fabric struct {
	pattern string
	surface string
	colour  [4]rgb  // ground, then the colours of the pattern
	size    float64 // of a repeat, in cm
	share   float64 // of the pattern in a repeat
	angle   float64 // degrees
	seed    uint32
	gloss   float64 // 0 matt to 1 satin
	length  float64 // of the garment in cm, for what runs over all of it (ombre, blocks)
}

// shader gives the colour at (u, v) centimetres of cloth for a pixel of px centimetres.
type shader func(u, v, px float64) rgb

// patterns are the designs, with how often they are drawn and the range of their repeat in cm.
var patterns = []struct {
	name   string
	weight float64
	lo, hi float64
	draw   func(f *fabric) shader
}{
	{"plain", 5, 1, 1, plain},
	{"stripes", 4, 2, 9, stripes},
	{"bands", 2, 9, 22, manyStripes},
	{"pinstripe", 1, 2, 4, pinstripe},
	{"gingham", 1.5, 2, 6, gingham},
	{"tartan", 2.5, 8, 18, tartan},
	{"windowpane", 1, 6, 11, windowpane},
	{"dots", 2, 3, 9, dots},
	{"flowers", 2.5, 6, 14, flowers},
	{"leaves", 1.2, 6, 12, leaves},
	{"hearts", 0.8, 5, 10, hearts},
	{"stars", 0.8, 5, 10, stars},
	{"chevron", 1, 4, 9, chevron},
	{"argyle", 1, 9, 16, argyle},
	{"houndstooth", 1, 4, 7, houndstooth},
	{"triangles", 0.8, 4, 8, triangles},
	{"camouflage", 1, 8, 14, camouflage},
	{"leopard", 1, 4, 7, leopard},
	{"tiedye", 0.8, 9, 16, tiedye},
	{"ombre", 1, 1, 1, ombre},
	{"blocks", 1.2, 1, 1, blocks},
	{"marble", 0.8, 8, 14, marble},
}

// newFabric picks a cloth for a garment of the given length in cm.
func newFabric(d dice, length float64) fabric {
	total := 0.0
	for _, p := range patterns {
		total += p.weight
	}
	x, i := d.in(0, total), 0
	for x > patterns[i].weight && i < len(patterns)-1 {
		x -= patterns[i].weight
		i++
	}
	p := patterns[i]
	f := fabric{pattern: p.name, size: d.in(p.lo, p.hi), share: d.in(0.25, 0.6), seed: d.Uint32(), length: length}
	f.angle = pick(d, 0, 0, 90, 90, 45, -45, d.in(-80, 80))
	f.surface = pick(d, "smooth", "smooth", "knit", "cable", "weave", "melange", "corduroy", "twill")
	if f.surface == "cable" && p.name != "plain" && p.name != "blocks" && p.name != "ombre" {
		f.surface = "smooth"
	}
	f.colour[0] = d.dye()
	f.colour[1] = d.dyeApart(150, f.colour[0])
	f.colour[2] = d.dyeApart(110, f.colour[0], f.colour[1])
	f.colour[3] = d.dyeApart(80, f.colour[:3]...)
	if d.chance(0.25) { // ton in ton
		f.colour[1] = f.colour[0].mix(pick(d, hex(0xffffff), hex(0x0a0a10)), d.in(0.35, 0.55))
	}
	f.gloss = pick(d, 0, 0, 0.1, 0.35)
	if p.name == "plain" && d.chance(0.25) {
		f.denim(d)
	}
	return f
}

// denim makes the cloth jeans: indigo (or black, or grey), twilled and washed.
func (f *fabric) denim(d dice) {
	f.pattern, f.surface, f.gloss = "washed", "denim", 0
	f.colour[0] = pick(d, hex(0x2c3f66), hex(0x4a6a96), hex(0x7fa0c4), hex(0x2a2c33), hex(0x6a7078)).mix(d.dye(), 0.04)
	f.colour[1] = f.colour[0].mix(hex(0xdfe8f0), d.in(0.25, 0.5))
	f.size = d.in(14, 24)
}

// shader is the cloth as a function of place.
func (f *fabric) shader() shader {
	base := plain(f)
	if f.pattern == "washed" {
		base = washed(f)
	}
	for _, p := range patterns {
		if p.name == f.pattern {
			base = p.draw(f)
		}
	}
	return surfaced(f, base)
}

// trim is a colour that goes with the cloth: for ribs, collars and buttons.
func (f *fabric) trim() rgb {
	if f.pattern == "plain" || f.pattern == "washed" {
		return f.colour[0].mul(0.8)
	}
	return f.colour[1]
}

// turned gives the coordinates along and across the pattern.
func (f *fabric) turned() func(u, v float64) (float64, float64) {
	s, c := math.Sincos(f.angle * math.Pi / 180)
	return func(u, v float64) (float64, float64) { return c*u + s*v, c*v - s*u }
}

func plain(f *fabric) shader {
	c := f.colour[0]
	return func(_, _, _ float64) rgb { return c }
}

func washed(f *fabric) shader {
	c, w, k := f.colour[0], f.colour[1], 1/f.size
	return func(u, v, _ float64) rgb {
		return c.mix(w, unit(1.6*clouds(u*k*1.6, v*k*0.8, f.seed)-0.5))
	}
}

func ombre(f *fabric) shader {
	c, e, k := f.colour[0], f.colour[1], 1/math.Max(f.length, 20)
	return func(_, v, _ float64) rgb { return c.mix(e, smooth(0.15, 0.95, v*k)) }
}

func blocks(f *fabric) shader {
	c, e, g := f.colour[0], f.colour[1], f.colour[2]
	a, b := f.length*(0.2+0.3*f.share), f.length*(0.45+0.4*f.share)
	return func(_, v, px float64) rgb { return c.mix(e, edge(v-a, px)).mix(g, edge(v-b, px)) }
}
