package synth

func bedroom(s *set, d dice) {
	wall := vary(d, pick(d, hex(0xcfc4b5), hex(0xb7c3c9), hex(0xd8cfc9)))
	s.wash(wall, wall.mul(0.92), -0.5, 0.95)
	s.wash(vary(d, hex(0x9b7653)), hex(0x7d5d40), 0.95, 1.9)
	x := d.in(0.05, 0.2)
	s.rect(hex(0xf3f0ea), x, 0.1, x+0.3, 0.52) // window
	s.rect(vary(d, hex(0xa9cbe6)), x+0.02, 0.12, x+0.14, 0.5)
	s.rect(vary(d, hex(0xa9cbe6)), x+0.16, 0.12, x+0.28, 0.5)
	for i := range 3 { // curtain
		s.rect(vary(d, hex(0x8c6f7d)), x-0.1+0.03*float64(i), 0.05, x-0.065+0.03*float64(i), 0.9)
	}
	quilt := vary(d, pick(d, hex(0x5f7fa3), hex(0xb5564e), hex(0xe5dfd2)))
	s.rect(hex(0x5b4030), 0.52, 0.55, 1.1, 0.85)
	s.poly(quilt, pt{0.48, 0.82}, pt{1.1, 0.78}, pt{1.1, 1.18}, pt{0.44, 1.2})
	for i := range 5 {
		y := 0.86 + 0.07*float64(i)
		s.line(quilt.mul(1.18), 0.018, pt{0.47, y}, pt{1.1, y - 0.03})
	}
	s.oval(hex(0xf4f1ec), 0.68, 0.78, 0.13, 0.06)
	s.oval(hex(0xe9e4da), 0.92, 0.76, 0.13, 0.06)
	picture(s, d, 0.62, 0.16)
	picture(s, d, 0.84, 0.2)
}

func picture(s *set, d dice, x, y float64) {
	w, h := d.in(0.1, 0.18), d.in(0.12, 0.2)
	s.rect(hex(0x2d2621), x-0.012, y-0.012, x+w+0.012, y+h+0.012)
	s.rect(vary(d, hex(0xe6dcc3)), x, y, x+w, y+h)
	s.oval(vary(d, hex(0xc7643b)), x+w*0.5, y+h*0.4, w*0.3, h*0.2)
	s.poly(vary(d, hex(0x3e6b5a)), pt{x, y + h}, pt{x + w*0.4, y + h*0.55}, pt{x + w, y + h})
}

func livingRoom(s *set, d dice) {
	wall := vary(d, pick(d, hex(0x7e938c), hex(0xd9c8a9), hex(0xc2b8c6)))
	s.wash(wall, wall.mul(0.9), -0.5, 1.0)
	s.wash(vary(d, hex(0xb08a5e)), hex(0x8a6a46), 1.0, 1.9)
	sofa := vary(d, pick(d, hex(0x4b5d73), hex(0x8b4a3c), hex(0x6f6a4a)))
	s.rect(sofa, -0.1, 0.62, 0.62, 0.98)
	s.rect(sofa.mul(1.15), -0.1, 0.82, 0.65, 1.06)
	s.rect(sofa.mul(0.8), 0.58, 0.72, 0.68, 1.08)
	s.rect(vary(d, hex(0xe0b04c)), 0.08, 0.7, 0.24, 0.86)
	s.rect(vary(d, hex(0xd8dcd8)), 0.34, 0.68, 0.5, 0.84)
	s.line(hex(0x2c2c2c), 0.012, pt{0.86, 0.36}, pt{0.86, 1.15}) // lamp
	s.poly(vary(d, hex(0xf2e2b6)), pt{0.78, 0.36}, pt{0.82, 0.18}, pt{0.9, 0.18}, pt{0.94, 0.36})
	picture(s, d, 0.14, 0.2)
	picture(s, d, 0.4, 0.16)
	plant(s, d, 1.0, 1.05)
	s.poly(vary(d, hex(0xa04b45)), pt{0.1, 1.2}, pt{0.95, 1.16}, pt{1.1, 1.36}, pt{-0.1, 1.42}) // rug
	for i := range 6 {
		x := 0.05 + 0.16*float64(i)
		s.line(hex(0xe8d9b8), 0.012, pt{x, 1.21}, pt{x + 0.02, 1.4})
	}
}

func plant(s *set, d dice, x, y float64) {
	for range 14 {
		k := vary(d, pick(d, hex(0x3f6b3a), hex(0x5a8a4c), hex(0x2d5531)))
		s.line(k, d.in(0.015, 0.04), pt{x, y - 0.05}, pt{x + d.in(-0.2, 0.2), y - d.in(0.15, 0.5)})
	}
	s.poly(vary(d, hex(0xb9653f)), pt{x - 0.07, y - 0.08}, pt{x + 0.07, y - 0.08}, pt{x + 0.05, y + 0.08}, pt{x - 0.05, y + 0.08})
}

func cafe(s *set, d dice) {
	s.wash(vary(d, hex(0x4d3a2e)), hex(0x2f241d), -0.5, 1.9)
	for r := range 4 { // shelves full of things
		y := 0.18 + 0.2*float64(r)
		s.rect(hex(0x7b573a), -0.4, y, 1.1, y+0.02)
		for x := -0.38; x < 1.05; {
			w := d.in(0.025, 0.07)
			s.rect(vary(d, pick(d, hex(0xc94f3d), hex(0xe9c46a), hex(0x2a9d8f), hex(0xf1efe7), hex(0x33658a), hex(0x86bbd8))), x, y-d.in(0.06, 0.15), x+w, y)
			x += w + d.in(0.004, 0.03)
		}
	}
	for _, x := range []float64{0.15, 0.5, 0.85} { // lamps
		s.line(hex(0x111111), 0.008, pt{x, -0.4}, pt{x, 0.06})
		s.oval(hex(0xffe9b0), x, 0.09, 0.05, 0.05)
	}
	s.poly(vary(d, hex(0x9a6b43)), pt{-0.4, 1.05}, pt{1.1, 0.98}, pt{1.1, 1.12}, pt{-0.4, 1.2})
	s.oval(hex(0xf3efe8), 0.16, 1.05, 0.07, 0.025)
	s.rect(hex(0xf3efe8), 0.12, 0.97, 0.2, 1.05)
	s.poly(hex(0x221a15), pt{0.7, 1.1}, pt{0.74, 1.1}, pt{0.8, 1.8}, pt{0.76, 1.8})
}

func fittingRoom(s *set, d dice) {
	wall := vary(d, hex(0xe3ddd6))
	s.wash(wall, wall.mul(0.9), -0.5, 1.15)
	s.wash(vary(d, hex(0x8f8f92)), hex(0x6e6e70), 1.15, 1.9)
	k := vary(d, pick(d, hex(0x7a2231), hex(0x37505c), hex(0x6b6253)))
	for i := range 9 {
		x := -0.3 + 0.06*float64(i)
		s.rect(k.mul(0.8+0.4*hash(i, 2, 5)), x, 0.03, x+0.062, 1.2)
	}
	s.line(hex(0x9a9a9a), 0.012, pt{-0.4, 0.03}, pt{1.1, 0.03})
	s.line(hex(0x8c8c8c), 0.012, pt{0.55, 0.28}, pt{1.1, 0.28}) // a rail of clothes
	for i := range 9 {
		x := 0.56 + 0.055*float64(i)
		s.poly(vary(d, dyes[(3*i+5)%len(dyes)]), pt{x, 0.3}, pt{x + 0.05, 0.31}, pt{x + 0.07, 0.3 + d.in(0.35, 0.6)}, pt{x - 0.01, 0.95})
	}
}

func tiles(s *set, d dice) {
	s.wash(hex(0x9aa3a3), hex(0x868e8e), -0.5, 1.9)
	k := vary(d, pick(d, hex(0xdfe8e6), hex(0x9cc2c4), hex(0xe6e1d2)))
	for j := range 15 {
		for i := range 12 {
			x, y := -0.4+0.13*float64(i), -0.4+0.12*float64(j)
			s.rect(k.mul(0.93+0.1*hash(i, j, 8)), x, y, x+0.123, y+0.113)
		}
	}
	s.rect(hex(0x5b4a3c), 0.55, 0.05, 1.02, 0.75) // mirror
	s.rect(vary(d, hex(0xb9c9cf)), 0.575, 0.075, 0.995, 0.725)
	s.poly(hex(0xd9e5e8), pt{0.62, 0.6}, pt{0.85, 0.1}, pt{0.9, 0.1}, pt{0.67, 0.6})
	s.oval(hex(0xf5f5f2), 0.8, 0.98, 0.24, 0.07)
	s.rect(hex(0xe9e9e6), 0.72, 1.0, 0.88, 1.5)
	s.rect(vary(d, hex(0xd0745a)), 0.08, 0.5, 0.24, 0.95) // towel
	s.rect(hex(0xf0d9b8), 0.08, 0.83, 0.24, 0.87)
}

func corridor(s *set, d dice) {
	k := vary(d, hex(0xc9c2a8))
	s.wash(k.mul(1.1), k, -0.5, 1.9)
	s.poly(k.mul(0.75), pt{-0.6, -0.6}, pt{0.34, 0.3}, pt{0.34, 0.8}, pt{-0.6, 2})
	s.poly(k.mul(0.86), pt{1.6, -0.6}, pt{0.66, 0.3}, pt{0.66, 0.8}, pt{1.6, 2})
	s.poly(vary(d, hex(0x6e6f73)), pt{0.34, 0.8}, pt{0.66, 0.8}, pt{1.6, 2}, pt{-0.6, 2})
	s.poly(hex(0xf4f4ee), pt{0.34, 0.3}, pt{0.66, 0.3}, pt{1.6, -0.6}, pt{-0.6, -0.6})
	for i := range 4 {
		f := 0.12 + 0.26*float64(i)
		s.poly(hex(0xffffff), pt{0.45 - 0.2*f, 0.28 - 0.5*f}, pt{0.55 + 0.2*f, 0.28 - 0.5*f}, pt{0.56 + 0.25*f, 0.2 - 0.6*f}, pt{0.44 - 0.25*f, 0.2 - 0.6*f})
		s.poly(vary(d, hex(0x7a4d33)), pt{0.3 - 0.34*f, 0.42 - 0.2*f}, pt{0.25 - 0.4*f, 0.42 - 0.25*f}, pt{0.25 - 0.4*f, 0.92 + 0.55*f}, pt{0.3 - 0.34*f, 0.86 + 0.45*f})
		s.poly(vary(d, hex(0x7a4d33)), pt{0.7 + 0.34*f, 0.42 - 0.2*f}, pt{0.75 + 0.4*f, 0.42 - 0.25*f}, pt{0.75 + 0.4*f, 0.92 + 0.55*f}, pt{0.7 + 0.34*f, 0.86 + 0.45*f})
	}
	s.rect(hex(0x9fb6c4), 0.42, 0.4, 0.58, 0.8)
}
