package synth

// sleeve is a sleeve for the right side (as seen) of the photo; shape flips it for the left.
type sleeve struct {
	outline path
	hole    path // the armhole, from the shoulder to the armpit
	marks   []pt // from the shoulder down the outer edge and up the inner one, without the armpit
	cuff    path // a line a little above the end
	rib     path // outline of the rib at the end
	along   pt
	elbow   pt
	out     pt // outwards at the elbow
}

// newSleeve cuts a sleeve for an armhole, which runs from the shoulder to the armpit.
func newSleeve(c *cut, arm arm, hole path) sleeve {
	s, a := hole[0], hole.last()
	j := joint(s)
	edgeAt := func(t, side float64) pt {
		m, d := arm.along(j, t)
		k := t / c.sleeve
		w := lerp(7.6, c.cuffW, k) + c.bell*smooth(0.3, 0.9, k)
		if c.bell > 0 && c.sleeve > 40 { // gathered at the wrist
			w -= c.bell * smooth(0.92, 1, k)
		}
		e := m.add(pt{d.y, -d.x}.mul(w * side))
		if side < 0 && t < upperArm && e.x < a.x { // an arm that hangs: the sleeve starts at the side of the body
			e.x = lerp(e.x, a.x, 0.9*(1-smooth(0.7*upperArm, upperArm, t)))
		}
		return e
	}
	var outer, inner []pt
	steps := max(4, int(c.sleeve/5))
	for i := 1; i <= steps; i++ {
		t := c.sleeve * float64(i) / float64(steps)
		if t > 4 {
			outer = append(outer, edgeAt(t, 1))
		}
		if t > 9 {
			inner = append(inner, edgeAt(t, -1))
		}
	}
	z := sleeve{hole: hole}
	z.outline = from(s).through(outer...).quad(outer[len(outer)-1].lerp(inner[len(inner)-1], 0.5).add(direction(arm.lower).mul(0.8)), inner[len(inner)-1])
	z.outline = z.outline.through(append(path(inner).reversed()[1:], a)...)
	for _, p := range hole.reversed()[1:] { // a little over the body, so that no gap shows
		z.outline = append(z.outline, p.add(pt{-0.8, 0}))
	}
	z.marks = append(z.marks, s)
	n := 1 // outer points between shoulder and cuff
	if c.sleeve > 40 {
		n = 3
	}
	for i := 1; i <= n+1; i++ {
		z.marks = append(z.marks, edgeAt(c.sleeve*float64(i)/float64(n+1), 1))
	}
	for i := n + 1; i >= 1; i-- {
		z.marks = append(z.marks, edgeAt(c.sleeve*float64(i)/float64(n+1), -1))
	}
	cuff := 2.0
	if c.sleeve > 40 {
		cuff = 5
	}
	p, q := edgeAt(c.sleeve-cuff, 1), edgeAt(c.sleeve-cuff, -1)
	z.cuff = path{p, q}
	z.rib = path{p, edgeAt(c.sleeve, 1), edgeAt(c.sleeve, -1), q}
	z.along = direction(lerp(arm.upper, arm.lower, unit((c.sleeve-upperArm)/c.sleeve)))
	var d pt
	z.elbow, d = arm.along(j, upperArm)
	z.out = pt{d.y, -d.x}
	return z
}

// flipped is the sleeve of the other side.
func (z sleeve) flipped() sleeve {
	for _, p := range []*path{&z.outline, &z.hole, &z.cuff, &z.rib} {
		*p = p.mapped(pt.flip)
	}
	z.marks = path(z.marks).mapped(pt.flip)
	z.along, z.elbow, z.out = z.along.flip(), z.elbow.flip(), z.out.flip()
	return z
}

// addSleeve sews a sleeve on, with its creases and its seams.
func (g *garment) addSleeve(s *shape, z sleeve, p pose) {
	q := g.part(z.outline)
	q.cloth, q.origin, q.along, q.puff = g.plainCloth, z.marks[0], z.along, 4
	if g.cut.sleeve > 40 {
		for range 4 {
			m := z.elbow.add(z.along.mul(p.d.in(-8, 9)))
			q.creases = append(q.creases, crease{m.add(z.out.mul(p.d.in(2, 7))).add(z.along.mul(p.d.in(-3, 3))), m.sub(z.out.mul(p.d.in(3, 7))), p.d.in(1.5, 3), p.d.in(-0.9, 0.9)})
		}
	}
	q.creases = append(q.creases, crease{z.marks[0].lerp(z.hole.last(), 0.9), z.elbow.lerp(z.marks[0], 0.3), 2.5, p.d.in(-0.9, -0.3)})
	s.sleeves = append(s.sleeves, q)
	dark := g.fabric.colour[0].mul(0.35)
	s.seams = append(s.seams, seam{z.hole, 0.5, dark, 0.5}, seam{z.cuff, 0.35, dark, 0.4})
	if g.cut.rib {
		r := g.ribbed(z.rib)
		r.along = z.along
		s.sleeves = append(s.sleeves, r)
	}
}
