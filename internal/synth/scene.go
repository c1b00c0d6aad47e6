package synth

import (
	"math"
	"slices"
)

// scene draws a background on an empty canvas. Scenes know nothing of the garments: which one a photo gets depends on its
// own dice only.
type scene struct {
	name string
	draw func(s *set, d dice)
}

// set is a canvas in coordinates of its own: the width is 1, the height about 1.33, (0, 0) at the left top; mirrored,
// moved and enlarged a little from photo to photo.
type set struct {
	c    *canvas
	k    float64
	move pt
	flip bool
}

func newSet(c *canvas, d dice) *set {
	k := d.in(1, 1.35)
	size := max(float64(c.w), 0.75*float64(c.h))
	return &set{c: c, k: k * size, move: pt{d.in(-(k - 1), 0), d.in(-(k-1)*1.3, 0)}.mul(size), flip: d.chance(0.5)}
}

func (s *set) px(p pt) pt {
	if s.flip {
		p.x = 1 - p.x
	}
	return p.mul(s.k).add(s.move)
}

func (s *set) rect(k rgb, x0, y0, x1, y1 float64) {
	s.c.fill(opaque(k), box(x0, y0, x1, y1).mapped(s.px))
}

func (s *set) poly(k rgb, p ...pt) { s.c.fill(opaque(k), path(p).mapped(s.px)) }
func (s *set) oval(k rgb, x, y, rx, ry float64) {
	s.c.fill(opaque(k), ovalPath(x, y, rx, ry).mapped(s.px))
}
func (s *set) line(k rgb, w float64, p ...pt) {
	s.c.fill(opaque(k), stroke(path(p).mapped(s.px), w*s.k)...)
}
func (s *set) tint(k rgb, alpha float64, p ...pt) {
	s.c.fill(ink{rgb: k, alpha: alpha}, path(p).mapped(s.px))
}
func ovalPath(x, y, rx, ry float64) path {
	return ellipse(pt{0, 0}, 100*rx, 100*ry).mapped(func(p pt) pt { return pt{x + p.x/100, y + p.y/100} })
}

// wash fills rows from y0 to y1 with a gradient, over the whole width.
func (s *set) wash(top, bottom rgb, y0, y1 float64) {
	a, b := s.px(pt{0, y0}).y, s.px(pt{0, y1}).y
	for y := max(0, pixel(a+0.5)); y < min(s.c.h, pixel(b+0.5)); y++ {
		k := top.mix(bottom, unit((float64(y)-a)/(b-a)))
		row := s.c.img.Pix[4*y*s.c.w : 4*(y+1)*s.c.w]
		r, g, bl := byteOf(k.r), byteOf(k.g), byteOf(k.b)
		for i := 0; i < len(row); i += 4 {
			row[i], row[i+1], row[i+2] = r, g, bl
		}
	}
}

// vary moves a colour a little, so that two photos of a scene are not alike to the byte.
func vary(d dice, k rgb) rgb {
	f := d.in(0.9, 1.1)
	return rgb{k.r*f + d.in(-7, 7), k.g*f + d.in(-7, 7), k.b*f + d.in(-7, 7)}
}

var userScenes = []scene{
	{"bedroom", bedroom}, {"living room", livingRoom}, {"street", street}, {"park", park}, {"cafe", cafe},
	{"fitting room", fittingRoom}, {"tiles", tiles}, {"beach", beach}, {"corridor", corridor}, {"brick wall", brickWall},
}

// floors are the scenes for garments that are photographed from above.
var floors = []scene{{"planks", planks}, {"sheets", sheets}, {"carpet", carpet}}

var shopScenes = []scene{{"paper", paperSweep}, {"paper", paperSweep}, {"halo", halo}, {"two tone", twoTone}}

// backdrop draws the background of a photo. Every scene starts with washes that cover the whole canvas, so nothing of the photo
// before remains.
func (c *canvas) backdrop(d dice, source string, lies bool) {
	s := newSet(c, d)
	switch {
	case source == "shop":
		pick(d, shopScenes...).draw(s, d)
	case lies:
		pick(d, floors...).draw(s, d)
	default:
		pick(d, userScenes...).draw(s, d)
		if d.chance(0.45) {
			c.defocus(pick(d, 1, 2, 3, 5) * c.w / 400)
		}
	}
}

// shared draws the background of the given number, from 1: the same to the last pixel in every photo of a data set. Kinds of
// scenes come in turn, so that no two numbers look alike before all kinds have been there.
func (c *canvas) shared(seed uint64, number int) {
	kinds := slices.Concat(userScenes, floors, shopScenes[1:]) // paper is in it twice
	turn := throw(seed, "scenes").Perm(len(kinds))
	d := throw(seed, "scene", number)
	kinds[turn[(number-1)%len(kinds)]].draw(newSet(c, d), d)
}

func paperSweep(s *set, d dice) {
	k := pick(d, hex(0xf6f6f4), hex(0xeeeeee), hex(0xe4e6e8), hex(0xf1ece4), hex(0xd9dcdf))
	s.wash(k, k.mix(hex(0xffffff), 0.4), -0.5, 1)
	s.wash(k.mix(hex(0xffffff), 0.3), k.mul(0.94), 1, 1.9)
}

func halo(s *set, d dice) {
	k := pick(d, hex(0xdfe3e6), hex(0xe9dfd6), hex(0xdcdfe8), hex(0xd8d8d8))
	s.wash(k.mul(0.93), k.mul(0.86), -0.5, 1.9)
	s.glow(hex(0xffffff), 0.55, pt{0.5, 0.6}, 0.85)
}

// glow lightens the canvas around a point, fading out at a radius.
func (s *set) glow(k rgb, alpha float64, at pt, radius float64) {
	at, radius = s.px(at), radius*s.k
	r, g, b := int(byteOf(k.r)), int(byteOf(k.g)), int(byteOf(k.b))
	var fade [257]int
	for i := range fade {
		t := 1 - math.Sqrt(float64(i)/256)
		fade[i] = int(alpha * t * t * (3 - 2*t) * 65280)
	}
	for y := range s.c.h {
		dy := (float64(y) - at.y) / radius
		for x := range s.c.w {
			dx := (float64(x) - at.x) / radius
			if q := dx*dx + dy*dy; q < 1 {
				o := 4 * (y*s.c.w + x)
				put(s.c.img.Pix[o:o+3:o+3], r, g, b, fade[int(q*256)])
			}
		}
	}
}

func twoTone(s *set, d dice) {
	k := pick(d, hex(0xe8d5cc), hex(0xd5dfd8), hex(0xd3dbe6), hex(0xe9e2cf))
	s.wash(k, k.mul(1.03), -0.5, 1.12)
	s.wash(k.mul(0.86), k.mul(0.95), 1.12, 1.9)
}
