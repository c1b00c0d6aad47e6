package synth

func street(s *set, d dice) {
	s.wash(vary(d, hex(0x9fc0de)), hex(0xdfe9f0), -0.5, 0.95)
	x := -0.4
	for x < 1.1 { // houses
		w, top := d.in(0.2, 0.38), d.in(-0.1, 0.25)
		k := vary(d, pick(d, hex(0xb5846a), hex(0xd8cbb5), hex(0x8d97a0), hex(0xc9a66b)))
		s.rect(k, x, top, x+w, 0.95)
		for wy := top + 0.06; wy < 0.7; wy += 0.13 {
			for wx := x + 0.03; wx < x+w-0.05; wx += 0.085 {
				s.rect(pick(d, hex(0x3d4a57), hex(0x55697a), hex(0xf0dc9a)), wx, wy, wx+0.05, wy+0.08)
			}
		}
		s.rect(vary(d, pick(d, hex(0x3a5a4a), hex(0x8e2f33), hex(0x2d4059))), x, 0.74, x+w, 0.8)
		s.rect(hex(0x4b5157), x+0.03, 0.8, x+w-0.03, 0.95)
		x += w
	}
	s.wash(vary(d, hex(0xb4b1aa)), hex(0x9a9790), 0.95, 1.12)
	s.wash(hex(0x5c5e62), hex(0x47494d), 1.12, 1.9)
	for i := range 5 {
		s.rect(hex(0xe9e7dc), -0.3+0.3*float64(i), 1.25, -0.12+0.3*float64(i), 1.27)
	}
	car(s, d, d.in(-0.1, 0.25))
	car(s, d, d.in(0.6, 0.9))
	s.line(hex(0x33373b), 0.016, pt{0.9, 0}, pt{0.9, 1.05})
}

func car(s *set, d dice, x float64) {
	k := vary(d, pick(d, hex(0xb8292f), hex(0xe5e5e5), hex(0x2b4a7a), hex(0x2a2a2c)))
	s.poly(k.mul(0.85), pt{x + 0.05, 0.97}, pt{x + 0.1, 0.87}, pt{x + 0.26, 0.87}, pt{x + 0.33, 0.97})
	s.poly(hex(0x9fb4c0), pt{x + 0.08, 0.96}, pt{x + 0.115, 0.885}, pt{x + 0.25, 0.885}, pt{x + 0.3, 0.96})
	s.rect(k, x, 0.96, x+0.4, 1.07)
	s.oval(hex(0x17181a), x+0.09, 1.07, 0.04, 0.04)
	s.oval(hex(0x17181a), x+0.31, 1.07, 0.04, 0.04)
}

func park(s *set, d dice) {
	s.wash(vary(d, hex(0x8fbbe0)), hex(0xe4eef2), -0.5, 0.75)
	for range 26 {
		s.oval(vary(d, pick(d, hex(0x4a7a3d), hex(0x5e8f46), hex(0x3b6636), hex(0x7aa653))), d.in(-0.3, 1.1), d.in(0.3, 0.72), d.in(0.06, 0.16), d.in(0.06, 0.14))
	}
	s.wash(vary(d, hex(0x7fa653)), hex(0x567a38), 0.72, 1.9)
	s.poly(vary(d, hex(0xc7b793)), pt{0.4, 0.74}, pt{0.5, 0.74}, pt{1.0, 1.9}, pt{-0.1, 1.9})
	for i := range 3 {
		x := 0.02 + 0.45*float64(i) + d.in(-0.08, 0.08)
		s.rect(vary(d, hex(0x5d4430)), x-0.025, 0.2, x+0.025, 0.86)
		for range 9 {
			s.oval(vary(d, hex(0x4f8040)), x+d.in(-0.16, 0.16), d.in(-0.1, 0.3), d.in(0.06, 0.12), d.in(0.05, 0.1))
		}
	}
	for range 40 {
		x, y := d.in(-0.3, 1.1), d.in(0.8, 1.5)
		s.oval(pick(d, hex(0xf2e35c), hex(0xf5f3ee), hex(0xd86a8f)), x, y, 0.008, 0.007)
	}
	s.rect(hex(0x6d4a2f), 0.6, 0.82, 0.98, 0.85) // bench
	s.rect(hex(0x6d4a2f), 0.58, 0.9, 1.0, 0.93)
	s.line(hex(0x2b2b2b), 0.014, pt{0.63, 0.82}, pt{0.63, 1.02})
	s.line(hex(0x2b2b2b), 0.014, pt{0.95, 0.82}, pt{0.95, 1.02})
}

func beach(s *set, d dice) {
	s.wash(vary(d, hex(0x6fb1e3)), hex(0xd6ebf5), -0.5, 0.55)
	s.wash(vary(d, hex(0x2f86a6)), hex(0x63b8bd), 0.55, 0.8)
	for i := range 7 {
		y := 0.58 + 0.032*float64(i)
		s.line(hex(0xe8f4f4), 0.005, pt{d.in(-0.4, 0.5), y}, pt{d.in(0.6, 1.1), y})
	}
	s.wash(vary(d, hex(0xe6cf9f)), hex(0xcbae7c), 0.8, 1.9)
	x := d.in(0.05, 0.3)
	s.line(hex(0xf0f0f0), 0.012, pt{x, 0.35}, pt{x, 1.1})
	for i := range 6 {
		k := hex(0xf4f2ea)
		if i%2 == 0 {
			k = vary(d, hex(0xd6453d))
		}
		a, b := -0.24+0.08*float64(i), -0.16+0.08*float64(i)
		s.poly(k, pt{x, 0.24}, pt{x + a, 0.42}, pt{x + b, 0.42})
	}
	s.poly(vary(d, hex(0x3f7fb5)), pt{0.6, 1.02}, pt{1.0, 1.0}, pt{1.06, 1.12}, pt{0.62, 1.15})
	s.oval(hex(0xfaf6e8), 0.8, 0.1, 0.06, 0.06)
}

func brickWall(s *set, d dice) {
	s.wash(hex(0xa39a90), hex(0x8f867d), -0.5, 1.9)
	k := vary(d, pick(d, hex(0xa4523d), hex(0x8d5a4a), hex(0xb9a08c)))
	for j := range 30 {
		for i := range 11 {
			x, y := -0.5+0.15*float64(i)+0.075*float64(j&1), -0.4+0.055*float64(j)
			if y < 1.1 {
				s.rect(k.mul(0.85+0.3*hash(i, j, 3)), x, y, x+0.143, y+0.049)
			}
		}
	}
	s.wash(vary(d, hex(0x7d7c7a)), hex(0x646361), 1.1, 1.9)
	for range 3 { // graffiti
		x, y := d.in(0, 0.9), d.in(0.2, 0.8)
		g := pick(d, hex(0x2fc1c9), hex(0xf2d94c), hex(0xe3529b), hex(0xf4f4f4))
		s.line(g, 0.025, pt{x, y}, pt{x + 0.08, y - 0.14}, pt{x + 0.12, y + 0.08}, pt{x + 0.22, y - 0.1}, pt{x + 0.25, y + 0.05})
	}
	s.rect(vary(d, hex(0x3b5b4d)), 0.78, 0.75, 0.98, 1.14)
}

func planks(s *set, d dice) {
	k := vary(d, pick(d, hex(0xb28a62), hex(0x7a5a40), hex(0xd3c2a8)))
	s.wash(k.mul(0.6), k.mul(0.6), -0.5, 1.9)
	for i := range 9 {
		x := -0.45 + 0.18*float64(i)
		for j := range 3 {
			y := -0.6 + 0.8*float64(j) - 0.35*hash(i, 7, 1)
			p := k.mul(0.85 + 0.3*hash(i, j, 4))
			s.rect(p, x, y, x+0.174, y+0.79)
			for g := range 4 {
				gx := x + 0.02 + 0.04*float64(g)
				s.line(p.mul(0.9), 0.005, pt{gx, y}, pt{gx + d.in(-0.01, 0.01), y + 0.79})
			}
		}
	}
}

func sheets(s *set, d dice) {
	k := vary(d, pick(d, hex(0xe9e6e0), hex(0xb9c6d6), hex(0xd9b7b0)))
	s.wash(k, k.mul(0.95), -0.5, 1.9)
	for range 26 {
		x, y := d.in(-0.3, 1.1), d.in(-0.2, 1.5)
		a := pt{d.in(-0.2, 0.2), d.in(0.1, 0.4)}
		n := pt{d.in(0.01, 0.05), 0}
		s.tint(pick(d, k.mul(0.8), k.mul(1.2)), 0.35, pt{x, y}, pt{x, y}.add(a).add(n), pt{x, y}.add(a.mul(1.3)))
	}
	s.rect(vary(d, hex(0x8d9aa8)), -0.5, 1.2, 1.4, 1.9)
}

func carpet(s *set, d dice) {
	k := vary(d, pick(d, hex(0x7b2f33), hex(0x3d5568), hex(0x9a8a6a)))
	s.wash(k, k, -0.5, 1.9)
	for j := range 12 {
		for i := range 10 {
			x, y := -0.35+0.15*float64(i), -0.3+0.15*float64(j)
			s.poly(pick(d, hex(0xd9b36a), hex(0xe8dcc0), k.mul(0.6)), pt{x, y - 0.045}, pt{x + 0.045, y}, pt{x, y + 0.045}, pt{x - 0.045, y})
		}
	}
}
