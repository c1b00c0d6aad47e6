package synth

// part is a piece of a garment cut from one cloth: a front, a sleeve, a leg.
type part struct {
	outline path // body cm, closed
	origin  pt   // of the cloth's coordinates
	along   pt   // unit vector: the direction of the cloth's length
	cloth   shader
	plain   *rgb    // if not nil, the one colour it has instead of a cloth
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
	c.line = sized(c.line, m.Rect.Dx())
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:][:m.Rect.Dx()]
		c.row(y, c.line)
		o := (m.Rect.Min.Y+y)*c.w + m.Rect.Min.X
		for x, cov := range row {
			if cov == 0 {
				continue
			}
			n := &c.line[x]
			s := n.light * p.tint
			var col rgb
			if p.plain != nil {
				col = *p.plain
			} else {
				col = p.cloth(n.u, n.v, px)
			}
			col = rgb{col.r * s, col.g * s, col.b * s}
			if gloss > 0 && n.light > 1 {
				col = col.mix(rgb{255, 255, 255}, gloss*2.2*(n.light-1))
			}
			d := c.img.Pix[4*(o+x) : 4*(o+x)+3 : 4*(o+x)+3]
			put(d, int(byteOf(col.r)), int(byteOf(col.g)), int(byteOf(col.b)), int(cov)*256)
			if cov >= 128 {
				c.owner[o+x] = item
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
	c.fill(k, stroke(s.line.mapped(cam.px), w)...)
}
