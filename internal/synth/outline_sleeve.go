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

// newSleeve cuts a sleeve for a shoulder at s and an armpit at a.
func newSleeve(c *cut, arm arm, s, a pt) sleeve {
	j := joint(s)
	edgeAt := func(t, side float64) pt {
		m, d := arm.along(j, t)
		k := t / c.sleeve
		w := lerp(7.6, c.cuffW, k) + c.bell*smooth(0.3, 0.9, k)
		if c.bell > 0 && c.sleeve > 40 { // gathered at the wrist
			w -= c.bell * smooth(0.92, 1, k)
		}
		return m.add(pt{d.y, -d.x}.mul(w * side))
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
	z := sleeve{hole: from(s).quad(pt{s.x - 2.8, lerp(s.y, a.y, 0.55)}, a)}
	z.outline = from(s).through(outer...).quad(outer[len(outer)-1].lerp(inner[len(inner)-1], 0.5).add(direction(arm.lower).mul(0.8)), inner[len(inner)-1])
	z.outline = z.outline.through(append(path(inner).reversed()[1:], a)...)
	z.outline = z.outline.quad(pt{s.x - 4.5, lerp(s.y, a.y, 0.55)}, s)
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
