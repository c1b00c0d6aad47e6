package synth

// shape is a garment in a pose: what to draw in which order, in body cm.
type shape struct {
	behind  []part // behind the wearer's neck: the inside of the back, a hood
	parts   []part
	sleeves []part // over the wearer's arms
	seams   []seam
	marks   []pt // DeepFashion2's landmarks, in the order of its contour
}

// shape puts a garment into a pose.
func (g *garment) shape(p pose) shape {
	if isBottom(g.category) {
		return g.bottom(p)
	}
	return g.upper(p)
}

// torso holds the points an upper body garment hangs from; all of the right side.
type torso struct {
	neck, shoulder, armpit, hem pt
	front                       pt   // lowest point of the neckline, in the middle
	neckline                    path // from the middle to neck
	hole                        path // armhole, from shoulder to armpit
	side                        path // from armpit to hem
	bottom                      path // from hem to the middle
}

func (g *garment) torso(p pose) torso {
	c := &g.cut
	t := torso{neck: pt{c.neckW, 0}, shoulder: pt{c.shoulderW, 4}, armpit: pt{c.armW, c.armY}, hem: pt{c.hemW, c.hemY}}
	depth, neck := c.neckD, c.neck
	if p.back && c.strap == 0 {
		depth, neck = 2.5, "crew"
	}
	t.front = pt{0, depth}
	switch {
	case c.strap > 0 && c.strap < 2: // sling: the neckline ends where the straps begin
		t.neck = pt{c.neckW, c.neckD - 3}
		t.shoulder = t.neck.add(pt{1, 0.3})
	case c.strap > 0:
		t.shoulder.y = 2
	}
	t.neckline = from(t.front)
	switch neck {
	case "v":
		t.neckline = t.neckline.quad(t.front.lerp(t.neck, 0.5).add(pt{0.6, 0.8}), t.neck)
	case "square":
		t.neckline = t.neckline.line(pt{t.neck.x - 0.6, depth - 0.3}, t.neck)
	case "sweetheart":
		t.neckline = t.neckline.cubic(pt{2, depth - 4.5}, pt{t.neck.x - 2, depth - 5}, t.neck)
	default:
		t.neckline = t.neckline.cubic(pt{t.neck.x * 0.62, depth}, pt{t.neck.x * 0.98, depth * 0.6}, t.neck)
	}
	pull := 2.8
	if c.sleeve == 0 {
		pull = 1 + 0.35*(c.armW-c.shoulderW)
	}
	t.hole = from(t.shoulder).cubic(t.shoulder.add(pt{-pull, 0.5 * (c.armY - t.shoulder.y)}), t.armpit.add(pt{-pull, -2.5}), t.armpit)
	if isDress(g.category) {
		hip := pt{lerp(c.waistW, c.hemW, 0.42) + 1.5, lerp(c.waistY, c.hemY, 0.32)}
		t.side = from(t.armpit).through(pt{c.waistW, c.waistY}, hip, t.hem)
	} else {
		t.side = from(t.armpit).through(pt{lerp(c.waistW, c.hemW, 0.1), min(c.waistY, c.hemY-8)}, t.hem)
	}
	t.bottom = from(t.hem).quad(pt{c.hemW * 0.55, c.hemY + c.droop}, pt{0, c.hemY + c.droop})
	return t
}

// at gives the point at a share of a path's points.
func (p path) at(f float64) pt {
	x := f * float64(len(p)-1)
	i := min(int(x), len(p)-2)
	return p[i].lerp(p[i+1], x-float64(i))
}

func (g *garment) upper(p pose) shape {
	c, t := &g.cut, g.torso(p)
	var s shape
	var z [2]sleeve
	if c.sleeve > 0 {
		for i := range z {
			z[i] = newSleeve(c, p.arms[i], t.hole)
		}
		z[0] = z[0].flipped()
	}
	s.behind = g.inside(t, p)
	s.parts = g.fronts(t, p)
	g.details(&s, t, p)
	for _, z := range z {
		if c.sleeve > 0 {
			g.addSleeve(&s, z, p)
		}
	}
	g.addCollar(&s, t, p)
	s.marks = g.upperMarks(t, z)
	return s
}

func (g *garment) part(outline path) part {
	return part{outline: outline, along: pt{0, 1}, cloth: g.cloth, tint: 1, puff: 5}
}

// fronts are the pieces of the body: one, or two where the front is open.
func (g *garment) fronts(t torso, p pose) []part {
	c := &g.cut
	half := t.neckline.line(t.shoulder)
	if c.strap > 0 && c.strap < 2 {
		half = t.neckline
		half = half.quad(t.shoulder.lerp(t.armpit, 0.5).add(pt{-1.5, 1.5}), t.armpit)
	} else {
		half = append(half, t.hole[1:]...)
	}
	half = append(append(half, t.side[1:]...), t.bottom[1:]...)
	if c.open == 0 || p.back {
		q := g.part(half.mirrored())
		g.fold(&q, t, p)
		out := []part{q}
		if c.strap > 0 && c.strap < 2 {
			out = append(g.straps(t), out...)
		}
		return out
	}
	var out []part
	for _, s := range sides {
		l := from(t.neck).line(t.shoulder)
		l = append(append(l, t.hole[1:]...), t.side[1:]...)
		l = l.quad(pt{c.hemW * 0.6, c.hemY + c.droop}, pt{c.open, c.hemY + c.droop}).cubic(pt{c.open * 0.8, c.hemY * 0.6}, pt{c.open * 0.4, c.neckD + 12}, pt{0.4 + c.open*0.25, c.neckD})
		q := g.part(l.mapped(func(a pt) pt { return a.side(s) }))
		g.fold(&q, t, p)
		out = append(out, q)
	}
	return out
}

func (g *garment) straps(t torso) []part {
	var out []part
	for _, s := range sides {
		w := g.cut.strap / 2
		q := g.part(limb([]pt{t.neck.add(pt{0.4, 2}), t.neck.add(pt{-0.6, -5}), {t.neck.x - 1.8, -0.5}}, []float64{w, w, w}).mapped(func(a pt) pt { return a.side(s) }))
		q.puff, q.tint = 0.6, 0.96
		out = append(out, q)
	}
	return out
}

// inside is what is seen through the neck and the open front: the back from inside.
func (g *garment) inside(t torso, p pose) []part {
	c := &g.cut
	var out []part
	if c.collar == "hood" {
		q := g.part(from(pt{0, -13}).cubic(pt{12, -13}, pt{17, -6}, pt{c.neckW + 4, 3}).line(pt{0, 6}).mirrored())
		q.tint = 0.78
		out = append(out, q)
	}
	if c.strap > 0 && c.strap < 2 {
		back := t.armpit.y - 1
		q := g.part(from(pt{0, back}).line(t.armpit).line(pt{t.armpit.x, back + 8}, pt{0, back + 8}).mirrored())
		q.tint = 0.6
		return append(out, q)
	}
	bottom := t.front.y + 4
	half := from(pt{0, 1.8}).quad(pt{t.neck.x * 0.7, 1.8}, t.neck).line(pt{t.shoulder.x * 0.8, 3.5})
	half = half.line(pt{t.shoulder.x * 0.7, bottom}, pt{0, bottom})
	if c.open > 0 && !p.back {
		half = from(pt{0, 1.8}).quad(pt{t.neck.x * 0.7, 1.8}, t.neck).line(t.shoulder.mul(0.9), pt{t.armpit.x * 0.8, t.armpit.y})
		half = half.line(pt{c.hemW * 0.9, c.hemY - 3}, pt{0, c.hemY - 3})
	}
	q := g.part(half.mirrored())
	q.tint, q.puff = 0.55, 2
	return append(out, q)
}

// ribbed is a rib in the colour of the trim.
func (g *garment) ribbed(outline path) part {
	f := fabric{surface: "corduroy", colour: [4]rgb{g.trim}}
	q := g.part(outline)
	q.cloth, q.puff = surfaced(&f, plain(&f)), 2
	return q
}
