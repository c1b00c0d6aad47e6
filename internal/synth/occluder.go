package synth

// occlude draws something in front of the garments.
func (c *canvas) occlude(d dice, cam *camera, f *figure, items []worn) {
	lo, hi := extent(items)
	at := pt{lerp(lo.x, hi.x, d.in(0.25, 0.75)), lerp(lo.y, hi.y, d.in(0.2, 0.8))}
	s, n := d.sign(), d.IntN(5)
	elbow := cam.px(at.add(pt{s * 40, 50}))
	inside := elbow.x > 0 && elbow.x < float64(c.w) && elbow.y < float64(c.h)
	switch {
	case n == 1 && f.kind != "person": // no one to carry a bag
		n = 4
	case (n == 0 || n == 2) && inside: // too far away for a hand from outside the photo
		n = 3 + d.IntN(2)
	}
	switch n {
	case 0:
		c.phone(cam, f, at, s)
	case 1:
		c.bag(d, cam, hi)
	case 2:
		c.cup(d, cam, f, at, s)
	case 3: // someone in front
		k := vary(d, pick(d, hex(0x3d4248), hex(0x7a6a58), hex(0x54634d)))
		s := d.sign()
		x := (hi.x + 4) * s
		c.fill(opaque(k), from(pt{x * 1.6, hi.y + 60}).line(pt{x * 1.6, at.y}).cubic(pt{x * 1.3, at.y - 6}, pt{x * 0.7, at.y - 2}, pt{x * 0.55, at.y + 20}).line(pt{x * 0.5, hi.y + 60}).mapped(cam.px))
	case 4: // leaves close to the lens
		k := vary(d, hex(0x4f7a45))
		x := hi.x * d.sign()
		for range 7 {
			p := pt{x, at.y + d.in(-10, 20)}
			q := p.add(pt{-x * d.in(0.4, 1.1), d.in(-22, 10)})
			n := q.sub(p).left().mul(0.16)
			m := p.lerp(q, 0.5)
			c.fill(opaque(k.mul(d.in(0.75, 1.2))), from(p).quad(m.add(n), q).quad(m.sub(n), p).mapped(cam.px))
		}
	}
}

// phone is a hand that holds a phone: a picture taken in a mirror.
func (c *canvas) phone(cam *camera, f *figure, at pt, s float64) {
	l := lamp{pt{0.3, -0.8}, 0.6}
	c.flesh(cam, f.skin, limb([]pt{at.add(pt{s * 90, 118}), at.add(pt{s * 14, 20}), at.add(pt{s * 2, 5})}, []float64{7, 3.8, 3}), 3, l)
	c.fill(opaque(hex(0x17181b)), box(at.x-4, at.y-8.5, at.x+4, at.y+7).mapped(cam.px))
	c.fill(opaque(hex(0x33363c)), ellipse(at.add(pt{-2, -6}), 1.3, 1.3).mapped(cam.px))
	for i := range 4 {
		y := at.y - 3 + 2.6*float64(i)
		c.flesh(cam, f.skin, limb([]pt{{at.x + s*5, y + 1}, {at.x + s*1, y}, {at.x - s*3, y + 0.5}}, []float64{1.3, 1.2, 1}), 0.8, l)
	}
}

// bag hangs from a shoulder across the body.
func (c *canvas) bag(d dice, cam *camera, hi pt) {
	k := vary(d, pick(d, hex(0x7b4a2d), hex(0x1f1f22), hex(0xb03a48), hex(0xd8c6a4)))
	s := d.sign()
	x, y := s*d.in(10, 19), d.in(38, 62)
	y = min(y, max(hi.y, 30))
	c.fill(opaque(k.mul(0.7)), stroke(from(pt{-s * 9, 2}).quad(pt{s * 2, 26}, pt{x - 4, y}).mapped(cam.px), 1.6*cam.scale)...)
	l := lamp{pt{-0.3, -0.8}, 0.6}
	c.flesh(cam, k, from(pt{x - 9, y}).line(pt{x + 9, y}).quad(pt{x + 11, y + 14}, pt{x + 9, y + 16}).line(pt{x - 9, y + 16}).quad(pt{x - 11, y + 14}, pt{x - 9, y}), 2, l)
	c.fill(opaque(k.mul(0.8)), from(pt{x - 9, y}).line(pt{x + 9, y}).quad(pt{x + 6, y + 8}, pt{x, y + 8}).quad(pt{x - 6, y + 8}, pt{x - 9, y}).mapped(cam.px))
	c.fill(opaque(hex(0xd9b95c)), ellipse(pt{x, y + 7}, 1, 1).mapped(cam.px))
}

// cup is a hand that holds a drink.
func (c *canvas) cup(d dice, cam *camera, f *figure, at pt, s float64) {
	l := lamp{pt{0.3, -0.8}, 0.6}
	c.fill(opaque(vary(d, pick(d, hex(0xf2efe8), hex(0x2f6b4f), hex(0xc9a27a)))), path{{at.x - 4, at.y - 8}, {at.x + 4, at.y - 8}, {at.x + 3, at.y + 6}, {at.x - 3, at.y + 6}}.mapped(cam.px))
	c.fill(opaque(hex(0x3a3030)), box(at.x-4.4, at.y-9.5, at.x+4.4, at.y-7.6).mapped(cam.px))
	c.flesh(cam, f.skin, limb([]pt{at.add(pt{s * 100, 100}), at.add(pt{s * 16, 14}), at.add(pt{s * 3, 2})}, []float64{7, 3.6, 3}), 3, l)
	for i := range 4 {
		y := at.y - 4 + 2.4*float64(i)
		c.flesh(cam, f.skin, limb([]pt{{at.x + s*4.5, y + 1}, {at.x, y}, {at.x - s*3.5, y + 0.5}}, []float64{1.3, 1.2, 1}), 0.8, l)
	}
}
