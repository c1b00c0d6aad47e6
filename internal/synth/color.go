package synth

import "math"

// rgb is an sRGB colour, 0 to 255 a channel.
type rgb struct{ r, g, b float64 }

func (c rgb) mix(d rgb, t float64) rgb {
	return rgb{c.r + (d.r-c.r)*t, c.g + (d.g-c.g)*t, c.b + (d.b-c.b)*t}
}
func (c rgb) mul(f float64) rgb { return rgb{c.r * f, c.g * f, c.b * f} }
func (c rgb) luma() float64     { return 0.299*c.r + 0.587*c.g + 0.114*c.b }
func (c rgb) apart(d rgb) float64 {
	return math.Abs(c.r-d.r) + math.Abs(c.g-d.g) + math.Abs(c.b-d.b)
}

func hex(v uint32) rgb {
	return rgb{float64(v >> 16 & 255), float64(v >> 8 & 255), float64(v & 255)}
}

func byteOf(x float64) uint8 {
	if x <= 0 {
		return 0
	}
	if x >= 255 {
		return 255
	}
	return uint8(x + 0.5)
}

// dyes are the colours clothes come in; a garment's colour is one of them, varied.
var dyes = []rgb{
	hex(0xf4f1ea), hex(0x1c1c20), hex(0x8b8d92), hex(0x22304f), hex(0x2f4f8f), hex(0x7fa8d1), hex(0xb3202c), hex(0xd95d39),
	hex(0xe8a33d), hex(0xf0d264), hex(0x4f7a4a), hex(0x2b5b4c), hex(0x8fae8b), hex(0x6b6b3a), hex(0xc9a27a), hex(0x7a4b2e),
	hex(0xe7c9b5), hex(0xe58fa5), hex(0xc2477f), hex(0x6d2b50), hex(0x7d6aa8), hex(0xbfb2dd), hex(0x2a8c93), hex(0x8fd0c6),
	hex(0xd8d2c4), hex(0x4a4f57), hex(0xd43f6a), hex(0x355e3b),
}

// dye picks a colour of clothes.
func (d dice) dye() rgb {
	c := dyes[d.IntN(len(dyes))]
	f, w := d.in(0.88, 1.1), d.in(-8, 8)
	return rgb{clamp(c.r*f+w, 6, 250), clamp(c.g*f+d.in(-6, 6), 6, 250), clamp(c.b*f-w, 6, 250)}
}

// dyeApart picks a colour of clothes that can be told from those given.
func (d dice) dyeApart(least float64, from ...rgb) rgb {
	for range 40 {
		c, ok := d.dye(), true
		for _, f := range from {
			ok = ok && c.apart(f) >= least
		}
		if ok {
			return c
		}
	}
	if from[0].luma() > 128 {
		return hex(0x1c1c20)
	}
	return hex(0xf4f1ea)
}
