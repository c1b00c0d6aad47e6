package synth

// bottom is the shape of shorts, trousers and skirts.
func (g *garment) bottom(p pose) shape {
	if g.category == skirt {
		return g.skirt(p)
	}
	return g.legs(p)
}

func (g *garment) legs(p pose) shape {
	c, d := &g.cut, p.d
	leg := func(y float64) float64 { return 9.6 + p.spread*(y-c.crotch)/75 } // middle of the right leg
	knee := min(112, lerp(c.crotch, c.hemY, 0.55))
	waist, hem := pt{c.waistW, c.waistY}, c.hemY
	hip := pt{c.hipW + 0.15*p.spread, 63}
	outer := from(waist).through(hip, pt{leg(knee) + c.kneeW, knee}, pt{leg(hem) + c.hemW, hem})
	in := pt{leg(hem) - c.hemW, hem + 0.5}
	in.x = max(in.x, 0.4)
	kneeIn := pt{max(leg(knee)-c.kneeW, 0.35), knee}
	half := from(pt{0, c.waistY + 1.2}).quad(pt{c.waistW * 0.6, c.waistY + 1.2}, waist)
	half = append(half, outer[1:]...)
	half = half.quad(pt{leg(hem), hem + 2}, in).through(kneeIn, pt{0.3, c.crotch}).line(pt{0, c.crotch - 1})
	q := g.part(half.mirrored())
	q.puff = 4.5
	dark := g.fabric.colour[0].mul(0.3)
	s := shape{}
	for _, k := range sides {
		crotch := pt{0, c.crotch - 2}
		q.creases = append(q.creases,
			crease{crotch, pt{k * d.in(9, 15), c.crotch - d.in(4, 10)}, d.in(2, 3), d.in(-1, -0.4)},
			crease{crotch.add(pt{k, 5}), pt{k * d.in(10, 16), c.crotch + d.in(0, 6)}, d.in(2, 3), d.in(-1, 0.8)})
		for range 5 {
			y := d.in(c.crotch+4, c.hemY)
			q.creases = append(q.creases, crease{pt{k * (leg(y) - 8), y + d.in(-4, 4)}, pt{k * (leg(y) + 8), y + d.in(-4, 4)}, d.in(1.8, 3.5), d.in(-0.8, 0.8)})
		}
		s.seams = append(s.seams,
			seam{outer.mapped(func(a pt) pt { return pt{(a.x - 1.1) * k, a.y} }), 0.3, dark, 0.3},
			seam{path{{k * (leg(hem) - c.hemW), hem - 2.4}, {k * (leg(hem) + c.hemW), hem - 2.4}}, 0.35, dark, 0.5})
		if c.pocket {
			s.seams = append(s.seams, seam{from(pt{k * c.waistW * 0.62, c.waistY + 5}).quad(pt{k * c.waistW * 0.8, c.waistY + 12}, pt{k * (c.hipW - 1), c.waistY + 14}), 0.4, dark, 0.6})
		}
	}
	s.seams = append(s.seams, seam{path{{0, c.waistY + 5}, {0, c.crotch}}, 0.4, dark, 0.6},
		seam{from(pt{0.3, c.waistY + 19}).quad(pt{3.4, c.waistY + 17}, pt{3.4, c.waistY + 5}), 0.3, dark, 0.4})
	s.behind = g.waistInside()
	s.parts = append([]part{q}, g.waistband()...)
	if g.fabric.pattern == "washed" {
		s.seams = append(s.seams, seam{path{{0, c.waistY + 3}}, 1.5, hex(0xb98b4e), 1})
	}
	side := pt{lerp(c.waistW, c.hipW, 0.8), 56}
	l, r := pt.flip, func(a pt) pt { return a }
	s.marks = []pt{l(waist), {0, c.waistY + 1.2}, waist}
	ho := pt{leg(hem) + c.hemW, hem}
	if g.category == shorts {
		s.marks = append(s.marks, l(hip), l(ho), l(in), pt{0, c.crotch - 0.5}, r(in), ho, hip)
	} else {
		ko := pt{leg(knee) + c.kneeW, knee}
		s.marks = append(s.marks, l(side), l(ko), l(ho), l(in), l(kneeIn), pt{0, c.crotch - 0.5}, kneeIn, in, ho, ko, side)
	}
	return s
}

func (g *garment) skirt(p pose) shape {
	c := &g.cut
	waist, hem := pt{c.waistW, c.waistY}, pt{c.hemW, c.hemY}
	hip := pt{max(c.hipW*0.94, lerp(c.waistW, c.hemW, 0.4)), lerp(c.waistY, c.hemY, 0.36)}
	side := from(waist).through(hip, hem)
	half := from(pt{0, c.waistY + 1.2}).quad(pt{c.waistW * 0.6, c.waistY + 1.2}, waist)
	half = append(half, side[1:]...)
	half = half.quad(pt{c.hemW * 0.6, c.hemY + c.droop}, pt{0, c.hemY + c.droop})
	q := g.part(half.mirrored())
	q.drape = drape(c, p.d, c.waistY+3)
	for range 3 {
		x := p.d.in(-12, 12)
		q.creases = append(q.creases, crease{pt{x, c.waistY + 2}, pt{x * 1.3, c.waistY + p.d.in(14, 26)}, p.d.in(1.5, 3), p.d.in(-0.7, 0.7)})
	}
	s := shape{behind: g.waistInside(), parts: append([]part{q}, g.waistband()...)}
	dark := g.fabric.colour[0].mul(0.35)
	low := from(hem.flip()).quad(pt{-c.hemW * 0.6, c.hemY + c.droop}, pt{0, c.hemY + c.droop}).quad(pt{c.hemW * 0.6, c.hemY + c.droop}, hem)
	s.seams = append(s.seams, seam{low.mapped(func(a pt) pt { return a.add(pt{0, -2.5}) }), 0.3, dark, 0.4})
	s.marks = []pt{waist.flip(), {0, c.waistY + 1.2}, waist, side.at(0.5).flip(), hem.flip(), {0, c.hemY + c.droop}, hem, side.at(0.5)}
	return s
}

// waistInside is the inside of the back, seen above the front of the waist.
func (g *garment) waistInside() []part {
	c := &g.cut
	q := g.part(from(pt{0, c.waistY - 0.8}).quad(pt{c.waistW * 0.7, c.waistY - 0.8}, pt{c.waistW, c.waistY}).line(pt{c.waistW, c.waistY + 3}, pt{0, c.waistY + 3}).mirrored())
	q.tint, q.puff = 0.5, 1
	return []part{q}
}

func (g *garment) waistband() []part {
	c := &g.cut
	w := c.waistW
	half := from(pt{0, c.waistY + 1.2}).quad(pt{w * 0.6, c.waistY + 1.2}, pt{w, c.waistY}).line(pt{w + 0.9, c.waistY + 4}).quad(pt{w * 0.6, c.waistY + 5.2}, pt{0, c.waistY + 5.2})
	q := g.part(half.mirrored())
	q.puff, q.tint = 1.2, 0.94
	if c.belt {
		q.cloth = g.ribbed(nil).cloth
	}
	return []part{q}
}
