package synth

// part is a piece of a garment cut from one cloth: a front, a sleeve, a leg.
type part struct {
	outline path // body cm, closed
	origin  pt   // of the cloth's coordinates
	along   pt   // unit vector: the direction of the cloth's length
	cloth   shader
	tint    float64 // of the cloth; below 1 for an inside
	puff    float64 // radius in cm over which its edges are rounded
	creases []crease
	drape   func(pt) float64 // height in cm of the folds it hangs in; nil: none
}

// seam is a line on a garment: a stitching, a zip, the edge of a pocket. A seam of one point is a button.
type seam struct {
	line  path
	width float64 // cm
	color rgb
	alpha float64
}

// draw paints a part of an item.
func (c *canvas) draw(cam *camera, p *part, item uint8, l lamp, gloss float64) {
	if !c.cover(p.outline.mapped(cam.px)) {
		return
	}
	c.shape(cam, p, l)
	m := &c.mask
	px := 1 / cam.scale
	across := pt{p.along.y, -p.along.x}
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:][:m.Rect.Dx()]
		for x, cov := range row {
			if cov == 0 {
				continue
			}
			n := c.relief.at(x, y)
			X, Y := m.Rect.Min.X+x, m.Rect.Min.Y+y
			q := cam.cm(pt{float64(X) + 0.5, float64(Y) + 0.5})
			q = pt{q.x + 0.7*float64(n.du) - p.origin.x, q.y + 0.7*float64(n.dv) - p.origin.y}
			col := p.cloth(dot(q, across), dot(q, p.along), px)
			s := float64(n.light)
			col = col.mul(s * p.tint)
			if gloss > 0 && s > 1 {
				col = col.mix(rgb{255, 255, 255}, gloss*2.2*(s-1))
			}
			o := Y*c.w + X
			d := c.img.Pix[4*o : 4*o+3 : 4*o+3]
			t := int(cov) * 256
			d[0] = mixByte(d[0], int(byteOf(col.r)), t)
			d[1] = mixByte(d[1], int(byteOf(col.g)), t)
			d[2] = mixByte(d[2], int(byteOf(col.b)), t)
			if cov >= 128 {
				c.owner[o] = item
			}
		}
	}
}

// sew draws a seam on the pixels of an item.
func (c *canvas) sew(cam *camera, s seam, item uint8) {
	k := ink{rgb: s.color, alpha: s.alpha, only: item}
	if len(s.line) == 1 {
		c.fill(k, ellipse(s.line[0], s.width/2, s.width/2).mapped(cam.px))
		return
	}
	w := s.width * cam.scale
	if w < 0.8 { // a line finer than a pixel gets fainter, not thinner
		k.alpha *= w / 0.8
		w = 0.8
	}
	c.fill(k, stroke(s.line.mapped(cam.px), w, false)...)
}
