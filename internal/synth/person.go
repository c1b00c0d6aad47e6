package synth

// figure is who or what wears the garments of a photo.
type figure struct {
	kind   string // person, bust, or "" for a garment that lies or hangs
	skin   rgb
	hair   rgb
	long   bool // hair
	under  rgb  // the plain things worn beneath, which are no item
	briefs rgb
	bare   bool // nothing plain above the waist, since a garment covers it
	legs   rgb
	shoes  rgb
}

var skins = []rgb{hex(0xf1cfb5), hex(0xe3b48f), hex(0xc98f65), hex(0xa06a43), hex(0x6f4527), hex(0x4f3120), hex(0xf3d9c6)}
var hairs = []rgb{hex(0x1d1714), hex(0x3a261b), hex(0x6b4526), hex(0xa9773f), hex(0xd2b071), hex(0x7c7a78), hex(0x8c3b22)}

func newFigure(d dice, source string) figure {
	f := figure{kind: "person", skin: pick(d, skins...), hair: pick(d, hairs...), long: d.chance(0.55)}
	f.under = pick(d, hex(0xd9d4cc), hex(0xe9e6e0), hex(0x55565a), hex(0x2c2c30))
	f.legs = pick(d, hex(0x2b2b31), hex(0x3b3b42), f.skin, f.skin)
	f.briefs = f.legs
	if f.legs == f.skin {
		f.briefs = pick(d, hex(0x2b2b31), hex(0x4a5568), hex(0x8a8378))
	}
	f.shoes = pick(d, hex(0xe8e6e2), hex(0x222226), hex(0x7b5237), hex(0x9c3d3d))
	switch {
	case source == "shop" && d.chance(0.3):
		f.kind = "bust"
		f.skin = pick(d, hex(0xe9e0d2), hex(0xf2f2f0), hex(0x3a3a3c), hex(0xcdb89a))
		f.under = f.skin
	case source == "shop" && d.chance(0.45), source == "user" && d.chance(0.15):
		f.kind = ""
	}
	return f
}

// flesh paints a closed outline (body cm) lighter in the middle than at its edges.
func (c *canvas) flesh(cam *camera, k rgb, outline path, puff float64, l lamp) {
	p := part{outline: outline, along: pt{0, 1}, plain: &k, tint: 1, puff: puff}
	c.draw(cam, &p, 0, l, 0)
}

// body draws what stands behind the garments.
func (c *canvas) body(cam *camera, f *figure, p pose, l lamp) {
	if f.kind == "" {
		return
	}
	trunk := from(pt{0, -3}).line(pt{5.2, -4}).quad(pt{5.4, 1.5}, pt{13, 3.5}).quad(pt{17.5, 4.5}, pt{17.6, 10}).
		quad(pt{15.5, 15}, pt{15.6, 21}).through(pt{12.6, 43}, pt{17, 63}, pt{16.5, 76}).line(pt{0, 77}).mirrored()
	if f.kind == "bust" {
		c.fill(opaque(hex(0x6b5a48)), box(-1.3, 70, 1.3, 175).mapped(cam.px))
		c.fill(opaque(hex(0x5a4a3a)), ellipse(pt{0, 175}, 17, 4).mapped(cam.px))
		c.flesh(cam, f.skin, trunk, 5, l)
		c.flesh(cam, f.skin.mul(0.9), ellipse(pt{0, -4}, 5.3, 2), 1, l)
		return
	}
	c.backHair(cam, f, l)
	c.legs(cam, f, p, l)
	c.flesh(cam, f.skin, trunk, 4, l)
	for i := range sides {
		c.arm(cam, f, p, i, 0, l)
	}
	c.basics(cam, f, l)
	c.flesh(cam, f.skin.mul(0.93), from(pt{0, -12}).line(pt{4.6, -12}).cubic(pt{4.7, -4}, pt{5, -1}, pt{6.5, 1}).quad(pt{4, 4}, pt{0, 4.5}).mirrored(), 3, l)
	c.head(cam, f, p, l)
}

// basics are the plain things below the garments: a tank top where no garment covers the chest, and tight shorts.
func (c *canvas) basics(cam *camera, f *figure, l lamp) {
	hips := from(pt{0, 50}).line(pt{14, 50}).quad(pt{18.6, 62}, pt{18.4, 82}).line(pt{1, 83}, pt{0, 78}).mirrored()
	c.flesh(cam, f.briefs, hips, 3, l)
	if !f.bare {
		tank := from(pt{0, 11}).cubic(pt{5, 11}, pt{6.5, 7}, pt{7, 1}).line(pt{10.5, 2.3}).cubic(pt{10, 12}, pt{12, 18}, pt{16, 20}).through(pt{13, 43}, pt{16, 56}).line(pt{0, 57})
		c.flesh(cam, f.under, tank.mirrored(), 3, l)
	}
}

func (c *canvas) legs(cam *camera, f *figure, p pose, l lamp) {
	for _, s := range sides {
		at := func(x, y float64) pt { return pt{s * (x + p.spread*(y-76)/75), y} }
		c.flesh(cam, f.legs, limb([]pt{at(9, 68), at(9.4, 90), at(8.8, 113), at(9, 128), at(8.6, 152)}, []float64{8.6, 8, 5.6, 5.4, 3.2}), 4, l)
		c.flesh(cam, f.shoes, limb([]pt{at(8.5, 151), at(9.2, 156), at(11, 160)}, []float64{4, 4.6, 4}), 2, l)
	}
}

// arm draws an arm from length start (0: all of it; more: only what reaches in front of the body).
func (c *canvas) arm(cam *camera, f *figure, p pose, side int, start float64, l lamp) {
	s := sides[side]
	j := pt{16.8, 9.5}
	var mid []pt
	var half []float64
	add := func(t, w float64) {
		m, _ := p.arms[side].along(j, t)
		mid, half = append(mid, m.side(s)), append(half, w)
	}
	if start == 0 {
		add(-4.5, 2.2)
		add(-3, 3.8)
	}
	for t := start; t < upperArm+foreArm; t += 5 {
		add(t, lerp(4.8, 2.7, t/(upperArm+foreArm)))
	}
	for i, w := range []float64{2.6, 3.2, 3.7, 3.2, 2} { // the hand
		add(upperArm+foreArm+3*float64(i), w)
	}
	c.flesh(cam, f.skin, limb(mid, half), 3, l)
}

func (c *canvas) backHair(cam *camera, f *figure, l lamp) {
	if f.long {
		c.flesh(cam, f.hair.mul(0.8), from(pt{0, -33}).cubic(pt{11, -33}, pt{12, -20}, pt{12.5, -2}).quad(pt{9, 3}, pt{0, 2}).mirrored(), 2, l)
	}
}

func (c *canvas) head(cam *camera, f *figure, p pose, l lamp) {
	k := pt{0, -19.5}
	if p.back {
		c.flesh(cam, f.hair, ellipse(k, 9.2, 12.4), 3, l)
		return
	}
	c.flesh(cam, f.skin, from(pt{0, -31}).cubic(pt{9, -31}, pt{9, -20}, pt{7.6, -14}).quad(pt{5.5, -8.4}, pt{0, -7.6}).mirrored(), 4, l)
	dark := f.skin.mul(0.45)
	for _, s := range sides {
		c.fill(ink{rgb: dark, alpha: 0.85}, ellipse(pt{s * 3.3, -19.5}, 1.15, 0.7).mapped(cam.px))
		c.fill(ink{rgb: f.hair.mul(0.7), alpha: 0.8}, stroke(path{{s * 1.8, -22}, {s * 5, -22.3}}.mapped(cam.px), 0.8*cam.scale)...)
	}
	c.fill(ink{rgb: dark, alpha: 0.3}, stroke(path{{0.3, -19}, {1, -15.6}, {-0.4, -15.2}}.mapped(cam.px), 0.6*cam.scale)...)
	c.fill(ink{rgb: rgb{170, 70, 70}, alpha: 0.7}, ellipse(pt{0, -12}, 2.4, 0.8).mapped(cam.px))
	fringe := from(pt{0, -33.5}).cubic(pt{10.5, -33.5}, pt{10.5, -24}, pt{9.4, -17}).quad(pt{8, -24}, pt{3, -26.5}).line(pt{-2, -25})
	fringe = fringe.quad(pt{-7.5, -24}, pt{-9.2, -17}).cubic(pt{-10.5, -24}, pt{-10.5, -33.5}, pt{0, -33.5})
	c.flesh(cam, f.hair, fringe, 2, l)
}
