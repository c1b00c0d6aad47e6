package synth

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// canvas is a photo being drawn: pixels, and for each pixel the item that is seen there. A worker uses one canvas
// for one photo after the other.
type canvas struct {
	w, h  int
	img   *image.RGBA // opaque
	owner []uint8     // number of the item seen at a pixel; 0: none
	ras   *vector.Rasterizer
	mask  image.Alpha // coverage of the outline being filled, in mask.Rect
	relief
	line    []node  // of the relief, one row
	scratch []uint8 // a second picture
	seen    []bool  // for contours
}

func newCanvas(w, h int) *canvas {
	c := &canvas{w: w, h: h, img: image.NewRGBA(image.Rect(0, 0, w, h)), owner: make([]uint8, w*h), ras: vector.NewRasterizer(w, h)}
	for i := 3; i < len(c.img.Pix); i += 4 {
		c.img.Pix[i] = 255
	}
	return c
}

// cover rasterises a closed outline (pixels) into c.mask and says whether any of it lies in the photo. Winding: an outline
// that turns back on itself is filled where it winds around at least once.
func (c *canvas) cover(outlines ...path) bool {
	var r image.Rectangle
	for _, p := range outlines {
		lo, hi := p.bounds()
		r = r.Union(image.Rect(pixel(lo.x), pixel(lo.y), pixel(hi.x)+1, pixel(hi.y)+1))
	}
	r = r.Intersect(c.img.Rect)
	if r.Empty() {
		return false
	}
	if n := r.Dx() * r.Dy(); cap(c.mask.Pix) < n {
		c.mask.Pix = make([]uint8, n, c.w*c.h)
	}
	c.mask.Pix, c.mask.Stride, c.mask.Rect = c.mask.Pix[:r.Dx()*r.Dy()], r.Dx(), r
	c.ras.Reset(r.Dx(), r.Dy())
	c.ras.DrawOp = draw.Src
	x0, y0 := float64(r.Min.X), float64(r.Min.Y)
	for _, p := range outlines {
		c.ras.MoveTo(float32(p[0].x-x0), float32(p[0].y-y0))
		for _, q := range p[1:] {
			c.ras.LineTo(float32(q.x-x0), float32(q.y-y0))
		}
		c.ras.ClosePath()
	}
	c.ras.Draw(&c.mask, r, image.Opaque, image.Point{})
	return true
}

// pixel is the number of the pixel that holds a coordinate, kept in a range that can't overflow.
func pixel(x float64) int { return int(math.Floor(clamp(x, -1e6, 1e6))) }

// ink is a plain colour with an opacity of 0 to 1. What is opaque belongs to item; translucent ink (a shadow, a seam)
// leaves what is seen below it.
type ink struct {
	rgb
	alpha float64
	item  uint8
	only  uint8 // if not 0, draw only on pixels of this item
}

func opaque(c rgb) ink { return ink{rgb: c, alpha: 1} }

// fill paints closed outlines (pixels) with one colour.
func (c *canvas) fill(k ink, outlines ...path) {
	if !c.cover(outlines...) {
		return
	}
	r, g, b := int(byteOf(k.r)), int(byteOf(k.g)), int(byteOf(k.b))
	a := int(k.alpha*256 + 0.5)
	m := &c.mask
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		row := m.Pix[(y-m.Rect.Min.Y)*m.Stride:][:m.Rect.Dx()]
		o := y*c.w + m.Rect.Min.X
		for i, cov := range row {
			if cov == 0 || k.only != 0 && c.owner[o+i] != k.only {
				continue
			}
			t := int(cov) * a // of 255·256
			p := c.img.Pix[4*(o+i) : 4*(o+i)+3 : 4*(o+i)+3]
			put(p, r, g, b, t)
			if cov >= 128 && k.alpha > 0.6 && k.only == 0 {
				c.owner[o+i] = k.item
			}
		}
	}
}

// put mixes a colour into a pixel; t of 65280 replaces it.
func put(p []uint8, r, g, b, t int) {
	_ = p[2]
	if t == 65280 {
		p[0], p[1], p[2] = uint8(r), uint8(g), uint8(b)
		return
	}
	p[0], p[1], p[2] = mixByte(p[0], r, t), mixByte(p[1], g, t), mixByte(p[2], b, t)
}

func mixByte(p uint8, to, t int) uint8 {
	return uint8(int(p) + ((to-int(p))*t+32640)/65280)
}

// stroke gives outlines that cover a line of the given width.
func stroke(line path, width float64) []path {
	n := len(line) - 1
	out := make([]path, 0, n)
	for i := range n {
		a, b := line[i], line[i+1]
		d := b.sub(a)
		l := d.len()
		if l < 1e-6 {
			continue
		}
		d = d.mul(width / 2 / l)
		s := d.left()
		e := d.mul(0.5) // overlap, so that corners close
		out = append(out, path{a.sub(e).add(s), b.add(e).add(s), b.add(e).sub(s), a.sub(e).sub(s)})
	}
	return out
}
