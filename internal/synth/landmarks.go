package synth

// upperMarks lists the landmarks: the neck from behind and along the front, then around the outline.
func (g *garment) upperMarks(t torso, z [2]sleeve) []pt {
	c := &g.cut
	m := []pt{{0, 1.8}, t.neck.flip(), t.neckline.at(0.5).flip(), t.front, t.neckline.at(0.5), t.neck}
	side := []float64{0.33, 0.67}
	switch {
	case c.strap > 0 && isDress(g.category):
		side = []float64{0.25, 0.5, 0.75}
	case c.strap > 0:
		side = []float64{0.5}
	case isDress(g.category):
		side = []float64{0.2, 0.4, 0.6, 0.8}
	}
	if c.sleeve > 0 {
		m = append(m, z[0].marks...)
	} else {
		m = append(m, t.shoulder.flip())
	}
	m = append(m, t.armpit.flip())
	for _, f := range side {
		m = append(m, t.side.at(f).flip())
	}
	if isOutwear(g.category) { // the hem of each front, and points up its edge
		for _, s := range sides {
			h := []pt{t.hem, t.bottom.at(0.5), {c.open, c.hemY + c.droop}}
			for i := range h {
				k := i
				if s > 0 {
					k = 2 - i
				}
				m = append(m, h[k].side(s))
			}
		}
		for _, f := range []float64{0.25, 0.5, 0.75} {
			m = append(m, pt{lerp(0.4+c.open*0.25, c.open, f*f), lerp(c.neckD, c.hemY, f)})
		}
	} else {
		m = append(m, t.hem.flip(), pt{0, c.hemY + c.droop}, t.hem)
	}
	for i := len(side) - 1; i >= 0; i-- {
		m = append(m, t.side.at(side[i]))
	}
	m = append(m, t.armpit)
	if c.sleeve > 0 {
		return append(m, path(z[1].marks).reversed()...)
	}
	return append(m, t.shoulder)
}
