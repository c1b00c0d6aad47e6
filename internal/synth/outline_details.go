package synth

import "math"

// fold gives the body of a garment its creases, and the skirt of a dress the folds it hangs in.
func (g *garment) fold(q *part, t torso, p pose) {
	d, c := p.d, &g.cut
	for _, s := range sides {
		a := t.armpit.side(s)
		q.creases = append(q.creases,
			crease{a, pt{s * d.in(3, 9), a.y + d.in(6, 16)}, d.in(2, 3.5), d.in(-1, -0.3)},
			crease{a.add(pt{-s, 4}), pt{s * d.in(2, 8), a.y + d.in(14, 24)}, d.in(2, 4), d.in(0.3, 1)},
			crease{pt{s * (c.waistW + 1), c.waistY}, pt{s * d.in(-2, 6), c.waistY + d.in(-6, 8)}, d.in(2, 4), d.in(-0.9, 0.9)},
		)
	}
	if isDress(g.category) {
		q.drape = drape(c, d, c.waistY)
		return
	}
	for range 4 {
		x := d.in(-0.8, 0.8) * c.hemW
		q.creases = append(q.creases, crease{pt{x, c.hemY + 4}, pt{x * 0.8, c.hemY - d.in(14, 30)}, d.in(2, 4.5), d.in(-0.8, 0.8)})
	}
}

// drape is the form of cloth that hangs from a line at height y: folds that deepen towards the hem.
func drape(c *cut, d dice, y float64) func(pt) float64 {
	phase, depth, n, wob := d.in(0, 6), c.pleatDepth, c.pleats, d.in(0.6, 1.6)
	return func(q pt) float64 {
		k := unit((q.y - y) / (c.hemY - y))
		if k <= 0 {
			return 0
		}
		w := lerp(c.waistW, c.hemW, k)
		x := q.x / w
		return depth * math.Sqrt(k) * math.Sin(phase+n*math.Pi*x+wob*math.Sin(2.3*x+1.7*k))
	}
}

// details are hem, front edges, buttons, pockets and belt.
func (g *garment) details(s *shape, t torso, p pose) {
	c := &g.cut
	dark, bottom := g.fabric.colour[0].mul(0.35), c.hemY+c.droop
	if c.rib {
		up := 5.0
		band := from(pt{0, bottom - up}).quad(pt{c.hemW * 0.55, bottom - up}, pt{c.hemW, c.hemY - up}).line(t.hem)
		s.parts = append(s.parts, g.ribbed(append(band, t.bottom[1:]...).mirrored()))
		if c.open > 0 && !p.back { // the rib is open too
			s.parts = s.parts[:len(s.parts)-1]
		}
	} else {
		s.seams = append(s.seams, seam{append(t.bottom.mapped(pt.flip), t.bottom.reversed()...).mapped(func(a pt) pt { return a.add(pt{0, -2.2}) }), 0.3, dark, 0.4})
	}
	if c.belt && isDress(g.category) {
		w := c.waistW + 0.4
		s.parts = append(s.parts, g.ribbed(from(pt{0, c.waistY - 1}).quad(pt{w * 0.6, c.waistY - 1}, pt{w, c.waistY - 1.8}).line(pt{w, c.waistY + 1.8}).quad(pt{w * 0.6, c.waistY + 2.6}, pt{0, c.waistY + 2.6}).mirrored()))
	} else if isDress(g.category) && c.pleatDepth > 0.3 {
		s.seams = append(s.seams, seam{from(pt{-c.waistW, c.waistY}).quad(pt{0, c.waistY + 2}, pt{c.waistW, c.waistY}), 0.45, dark, 0.45})
	}
	if p.back {
		return
	}
	g.fastening(s, t)
	g.pockets(s)
}

func (g *garment) fastening(s *shape, t torso) {
	c := &g.cut
	dark, end := g.fabric.colour[0].mul(0.35), c.hemY+c.droop-1
	button := g.trim.mix(hex(0xf2ead8), 0.5)
	if c.closure == "half" {
		end = c.neckD + 16
	}
	x := 0.0
	if c.open > 0 {
		x = c.open * 0.6
	}
	switch c.closure {
	case "buttons", "half":
		if c.open == 0 {
			s.seams = append(s.seams, seam{path{{1.6, t.front.y + 1}, {1.6, end}}, 0.35, dark, 0.5}, seam{path{{-1.6, t.front.y}, {-1.6, end}}, 0.25, dark, 0.35})
		}
		for y := c.neckD + 4; y < end-3 && y < c.neckD+62; y += 8.5 {
			s.seams = append(s.seams, seam{path{{-x * 1.1, y}}, 1.5, dark, 0.5}, seam{path{{-x * 1.1, y - 0.15}}, 1.2, button, 1})
		}
	case "zip":
		if c.open == 0 {
			s.seams = append(s.seams, seam{path{{0, t.front.y}, {0, end}}, 1, g.trim.mul(0.6), 0.9})
			return
		}
		for _, k := range sides {
			s.seams = append(s.seams, seam{from(pt{k * (0.4 + c.open*0.25), c.neckD}).cubic(pt{k * c.open * 0.4, c.neckD + 12}, pt{k * c.open * 0.8, c.hemY * 0.6}, pt{k * c.open, end}), 1.4, g.trim.mix(hex(0x999999), 0.5).mul(0.7), 0.9})
		}
	}
}

func (g *garment) pockets(s *shape) {
	c := &g.cut
	if !c.pocket {
		return
	}
	dark := g.fabric.colour[0].mul(0.3)
	switch {
	case isOutwear(g.category):
		y := min(c.hemY-18, 46)
		for _, k := range sides {
			s.seams = append(s.seams, seam{path{{k * (c.open + 3), y}, {k * c.armW * 0.86, y - 1}}, 1.3, dark, 0.55})
		}
	case c.collar == "hood":
		y := c.hemY - 20
		s.seams = append(s.seams, seam{path{{-12, y + 15}, {-12, y + 7}, {-7, y}, {7, y}, {12, y + 7}, {12, y + 15}}, 0.5, dark, 0.6})
	default:
		s.seams = append(s.seams, seam{path{{4, 18}, {12, 18}, {12, 27}, {8, 28.5}, {4, 27}, {4, 18}}, 0.4, dark, 0.55})
	}
}

// addCollar puts a collar on the neckline.
func (g *garment) addCollar(s *shape, t torso, p pose) {
	c := &g.cut
	dark := g.fabric.colour[0].mul(0.35)
	n, f := t.neck, t.front
	switch {
	case c.collar == "roll":
		q := g.ribbed(from(pt{0, -8}).quad(pt{4, -8}, pt{6, -7}).quad(pt{6, -3}, pt{n.x + 0.5, 1}).quad(pt{n.x * 0.6, f.y + 1.5}, pt{0, f.y + 1.5}).mirrored())
		q.tint = 1.02
		s.parts = append(s.parts, q)
	case p.back || c.collar == "":
		if c.strap == 0 || c.strap > 2 { // a binding
			s.seams = append(s.seams, seam{append(t.neckline.mapped(pt.flip).reversed(), t.neckline[1:]...), 1.5, g.trim.mul(0.92), 0.75})
		}
	case c.collar == "shirt" || c.collar == "lapel":
		tip := pt{n.x * 0.8, f.y + 4.5}
		back := pt{n.x + 2.6, 1.6}
		if c.collar == "lapel" {
			tip, back = pt{n.x + 3.5, f.y + 6}, pt{n.x + 3, 2}
		}
		for _, k := range sides {
			l := from(pt{0.5, f.y}).quad(pt{n.x * 0.45, f.y * 0.5}, pt{n.x - 0.8, -2.4}).quad(back.add(pt{0, -2}), back).line(tip).line(pt{0.5 + c.open*0.25, f.y + 1.5})
			if c.collar == "lapel" {
				l = l[:len(l)-1].line(tip.add(pt{-2, 1.2}), tip.add(pt{0.4, 3})).line(pt{1 + c.open*0.4, f.y + 20}, pt{0.4 + c.open*0.25, f.y})
			}
			l = l.mapped(func(a pt) pt { return a.side(k) })
			q := g.part(l)
			q.puff, q.tint = 1.6, 1.04
			s.parts = append(s.parts, q)
			s.seams = append(s.seams, seam{append(l, l[0]), 0.4, dark, 0.55})
		}
	case c.collar == "hood":
		for _, k := range sides {
			s.seams = append(s.seams, seam{from(pt{k * 2.5, f.y}).quad(pt{k * 3.5, f.y + 8}, pt{k * 2.8, f.y + 16}), 0.6, g.trim.mix(hex(0xffffff), 0.6), 0.95})
		}
		s.seams = append(s.seams, seam{append(t.neckline.mapped(pt.flip).reversed(), t.neckline[1:]...), 1.2, dark, 0.5})
	}
}

// graphic prints a picture on the chest, around (0, y).
func graphic(f *fabric, base shader, kind int, y float64) shader {
	a, b := f.colour[1], f.colour[2]
	return func(u, v, px float64) rgb {
		c := base(u, v, px)
		x, w := u, v-y
		if math.Abs(x) > 12 || math.Abs(w) > 12 {
			if kind == 2 && math.Abs(w) < 5 { // a band around the chest
				return c.mix(a, edge(5-math.Abs(w), px)*1).mix(b, edge(1.2-math.Abs(w), px))
			}
			return c
		}
		r := math.Sqrt(x*x + w*w)
		switch kind {
		case 1: // a disc with a ring
			return c.mix(a, edge(8.5-r, px)).mix(c, edge(6-r, px)).mix(b, edge(4.5-r, px))
		case 2:
			return c.mix(a, edge(5-math.Abs(w), px)).mix(b, edge(1.2-math.Abs(w), px))
		case 3: // a word
			i := int(math.Floor((x + 11) / 3.7))
			s := wrap(x+11, 3.7)
			k := band(s, 3.7, 0.3, 3.1, px) * edge(3-math.Abs(w), px)
			hole := edge(0.7-math.Abs(s-1.7), px) * edge(1.9-math.Abs(w+(hash(i, 3, f.seed)-0.5)*2), px)
			return c.mix(a, k*(1-hole))
		case 4: // mountains and sun
			k := edge(9-math.Max(math.Abs(x), math.Abs(w)), px)
			sky := b.mix(a, edge(w+2-3*math.Abs(wrap(x+9, 6)-3)*0.9+2, px))
			return c.mix(sky, k).mix(hex(0xf6c445), edge(2.4-math.Sqrt((x-4)*(x-4)+(w+5)*(w+5)), px)*k)
		case 5: // a diamond
			return c.mix(a, edge(9-math.Abs(x)-math.Abs(w), px)).mix(b, edge(5-math.Abs(x)-math.Abs(w), px))
		default: // a small badge on the heart
			return c.mix(a, edge(2-math.Max(math.Abs(x-8), math.Abs(w+4)), px))
		}
	}
}
