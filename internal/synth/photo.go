package synth

import "math"

// worn is a garment in a photo.
type worn struct {
	garment *garment
	style   int
	shape   shape
}

// take draws one photo, in front of what backdrop draws, and gives its annotation. All else that differs between two
// photos of a garment comes from d.
func (c *canvas) take(d dice, source string, items []worn, backdrop func(d dice, lies bool)) Annotation {
	f := newFigure(d, source)
	p := newPose(d, source, f.kind != "")
	if f.kind == "bust" {
		a := arm{d.in(8, 16), d.in(3, 10)}
		p.arms = [2]arm{a, a}
	}
	for i := range items {
		items[i].shape = items[i].garment.shape(p)
		k := items[i].garment.category
		f.bare = f.bare || !isBottom(k) && !isOutwear(k)
	}
	v := c.compose(d, source, &f, items)
	side := p.worn && !p.back && d.chance(0.14)
	if side {
		v.aspect *= d.in(0.7, 0.8)
	}
	cam := newCamera(v)
	l := lamp{from: direction(d.in(120, 240)).mul(d.in(0.6, 1)), hard: d.in(0.55, 0.85)}
	clear(c.owner)
	backdrop(d, f.kind == "" && source == "user")
	c.shadows(d, cam, &f, items)
	c.wearer(cam, &f, p, items, l)
	if source == "user" && d.chance(0.5) || f.kind == "person" && d.chance(0.08) {
		c.occlude(d, cam, &f, items)
	}
	a := Annotation{Source: source}
	viewpoint := 2
	switch {
	case f.kind == "":
		viewpoint = 1
	case p.back || side:
		viewpoint = 3
	}
	for i := range items {
		w := &items[i]
		if it, ok := c.annotate(uint8(i+1), w.garment, w.style, &w.shape, cam, viewpoint); ok {
			a.Items = append(a.Items, it)
		}
	}
	c.develop(newExposure(d, source))
	return a
}

// extent is the rectangle that garments take on the body.
func extent(items []worn) (lo, hi pt) {
	var all path
	for _, w := range items {
		for _, p := range w.shape.parts {
			all = append(all, p.outline...)
		}
		for _, p := range w.shape.sleeves {
			all = append(all, p.outline...)
		}
	}
	return all.bounds()
}

// compose points the camera: at the garments, at the whole person, or close by.
func (c *canvas) compose(d dice, source string, f *figure, items []worn) view {
	lo, hi := extent(items)
	w, h := float64(c.w), float64(c.h)
	fit := math.Min(0.84*w/(hi.x-lo.x), 0.86*h/(hi.y-lo.y))
	v := view{look: lo.lerp(hi, 0.5), aspect: d.in(0.94, 1.06), scale: fit * d.in(0.82, 1.02)}
	user := source == "user"
	x := d.Float64()
	switch {
	case f.kind == "person" && x < 0.28: // from head to toe
		v.look, v.scale = pt{0, 64}, math.Min(0.92*h/198, v.scale*1.05)
	case f.kind == "person" && x < 0.45: // with the head
		lo.y = math.Min(lo.y, -33)
		v.look.y = (lo.y + hi.y) / 2
		v.scale = math.Min(v.scale, 0.9*h/(hi.y-lo.y))
	case user && x > 0.93: // far away
		v.scale *= d.in(0.45, 0.65)
	case user && x > 0.72, x > 0.93: // close by
		v.scale *= d.in(1.25, 1.8)
		v.look.y += d.in(-0.12, 0.12) * (hi.y - lo.y)
	}
	v.at = pt{w / 2, h / 2}
	if !user {
		v.degrees, v.bend = d.in(-1.5, 1.5), d.in(-2, 2)
		v.at = v.at.add(pt{w * d.in(-0.02, 0.02), h * d.in(-0.02, 0.02)})
		return v
	}
	v.at = v.at.add(pt{w * d.in(-0.09, 0.09), h * d.in(-0.06, 0.06)})
	v.degrees, v.shear, v.bend = d.in(-8, 8), d.in(-0.06, 0.06), d.in(-9, 9)
	v.tilt = pt{d.in(-0.12, 0.12), d.in(-0.14, 0.14)}
	if f.kind == "" {
		v.degrees = d.in(-28, 28)
	}
	return v
}

// wearer draws the body and the garments on it, from back to front.
func (c *canvas) wearer(cam *camera, f *figure, p pose, items []worn, l lamp) {
	each := func(list func(*shape) []part) {
		for i := len(items) - 1; i >= 0; i-- { // the first item is the uppermost
			g := items[i].garment
			parts := list(&items[i].shape)
			for k := range parts {
				c.draw(cam, &parts[k], uint8(i+1), l, g.fabric.gloss)
			}
		}
	}
	each(func(s *shape) []part { return s.behind })
	c.body(cam, f, p, l)
	each(func(s *shape) []part { return s.parts })
	if f.kind == "person" {
		for i, a := range p.arms {
			if a.lower < -30 {
				c.arm(cam, f, p, i, 24, l)
			}
		}
	}
	each(func(s *shape) []part { return s.sleeves })
	for i := len(items) - 1; i >= 0; i-- {
		for _, s := range items[i].shape.seams {
			c.sew(cam, s, uint8(i+1))
		}
	}
	if f.kind == "person" && f.long && !p.back {
		for _, s := range sides {
			lock := from(pt{s * 6, -30}).cubic(pt{s * 11, -24}, pt{s * 12, -8}, pt{s * 11, 10}).quad(pt{s * 9, 14}, pt{s * 8, 12}).cubic(pt{s * 8, 0}, pt{s * 9, -16}, pt{s * 6, -30})
			c.flesh(cam, f.hair, lock, 1.2, l)
		}
	}
}

// shadows puts garments on their ground: a soft shadow behind what lies or hangs, one on the floor below who stands.
func (c *canvas) shadows(d dice, cam *camera, f *figure, items []worn) {
	dark := rgb{30, 26, 30}
	if f.kind != "" {
		for i := range 6 {
			k := 1 + 0.16*float64(i)
			c.fill(ink{rgb: dark, alpha: 0.06}, ellipse(pt{3, 160}, 24*k, 4.2*k).mapped(cam.px))
		}
		return
	}
	off := pt{d.in(-3, 3), d.in(1, 4)}
	for i := range 5 {
		o := off.mul(0.5 + 0.3*float64(i))
		for _, w := range items {
			for _, p := range append(w.shape.parts[:len(w.shape.parts):len(w.shape.parts)], w.shape.sleeves...) {
				m := p.outline.mapped(func(a pt) pt { return cam.px(a.add(o)) })
				c.fill(ink{rgb: dark, alpha: 0.055}, m)
			}
		}
	}
}
