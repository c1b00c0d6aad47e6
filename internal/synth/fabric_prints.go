package synth

import "math"

// motif is a shape around the middle of a cell: how far inside (x, y) lies, in cm, for a shape of the given radius, and which
// of its colours is there.
type motif func(x, y, radius float64) (inside float64, colour int)

// scattered prints a motif on staggered rows, each turned and shifted a little.
func scattered(f *fabric, m motif, turn float64) shader {
	p := f.size
	return func(u, v, px float64) rgb {
		j := math.Floor(v / p)
		odd := wrap(j, 2) * p / 2
		i := math.Floor((u - odd) / p)
		a, b := int(i), int(j)
		x, y := u-odd-(i+0.5)*p, v-(j+0.5)*p
		x += (hash(a, b, f.seed) - 0.5) * p * 0.2
		y += (hash(a, b, f.seed+1) - 0.5) * p * 0.2
		if turn > 0 {
			s, c := math.Sincos((hash(a, b, f.seed+2) - 0.5) * turn)
			x, y = c*x-s*y, s*x+c*y
		}
		in, k := m(x, y, p*(0.24+0.2*f.share))
		if k == 1 && hash(a, b, f.seed+3) < 0.4 {
			k = 3
		}
		return f.colour[0].mix(f.colour[k], edge(in, px))
	}
}

func dots(f *fabric) shader {
	p, r := f.size, f.size*(0.16+0.25*f.share)
	c, e := f.colour[0], f.colour[1]
	return func(u, v, px float64) rgb {
		j := math.Floor(v / p)
		x, y := wrap(u+wrap(j, 2)*p/2, p)-p/2, v-(j+0.5)*p
		return c.mix(e, edge(r-math.Sqrt(x*x+y*y), px))
	}
}

func flowers(f *fabric) shader {
	petals := float64(5 + f.seed%3)
	return scattered(f, func(x, y, r float64) (float64, int) {
		d := math.Sqrt(x*x + y*y)
		if d < r*0.32 {
			return r * 0.3, 2
		}
		return r*(0.72+0.28*math.Cos(petals*math.Atan2(y, x))) - d, 1
	}, 6)
}

func leaves(f *fabric) shader {
	return scattered(f, func(x, y, r float64) (float64, int) {
		w := 0.45 * r * (1 - (y/(1.3*r))*(y/(1.3*r)))
		if math.Abs(x) < 0.06*r {
			return w - math.Abs(x), 2
		}
		return w - math.Abs(x), 1
	}, 5)
}

func hearts(f *fabric) shader {
	return scattered(f, func(x, y, r float64) (float64, int) {
		x, y = math.Abs(x)/r, -y/r+0.15
		t := y - 0.65*math.Sqrt(x)
		return r * 0.6 * (0.85 - math.Sqrt(x*x+t*t)), 1
	}, 0.5)
}

func stars(f *fabric) shader {
	return scattered(f, func(x, y, r float64) (float64, int) {
		a := wrap(math.Atan2(x, -y)+math.Pi/5, 2*math.Pi/5) - math.Pi/5
		d := math.Sqrt(x*x + y*y)
		// distance to the edge from a tip (radius r) to a dent (0.42 r)
		return (r*0.40 - d*(math.Cos(a)*0.34+math.Abs(math.Sin(a))*0.78)) * 1.1, 1
	}, 1)
}

func camouflage(f *fabric) shader {
	k := 1 / f.size
	return func(u, v, px float64) rgb {
		r := f.colour[0]
		for i := 1; i < 4; i++ {
			n := clouds(u*k*1.2+float64(17*i), v*k*1.7, f.seed+uint32(5*i))
			r = r.mix(f.colour[i], edge((n-0.58)*f.size, px))
		}
		return r
	}
}

func leopard(f *fabric) shader {
	g := *f
	g.colour[1], g.colour[2] = f.colour[0].mul(0.15), f.colour[0].mix(f.colour[1], 0.35).mul(0.8)
	g.colour[3] = g.colour[1]
	return scattered(&g, func(x, y, r float64) (float64, int) {
		r *= 0.95 + 0.6*(noise(x*0.9+31, y*0.9+r, f.seed)-0.5)
		d := math.Sqrt(x*x+0.8*y*y) / r
		switch {
		case d < 0.55:
			return 1, 2
		case noise(x*1.1, y*1.1, f.seed+7) > 0.66: // a gap in the ring
			return -1, 1
		}
		return (1 - d) * r, 1
	}, 6)
}

func tiedye(f *fabric) shader {
	k := 1 / f.size
	return func(u, v, _ float64) rgb {
		v -= f.length * 0.4
		d := math.Sqrt(u*u+v*v)*k + 1.2*(clouds(u*k*2, v*k*2, f.seed)-0.5) + math.Atan2(v, u)*2/math.Pi
		t := wrap(d, 4)
		i := int(t)
		return f.colour[i&3].mix(f.colour[(i+1)&3], smooth(0.5, 1, t-float64(i)))
	}
}

func marble(f *fabric) shader {
	k := 1 / f.size
	return func(u, v, _ float64) rgb {
		n := clouds(u*k, v*k, f.seed)
		t := 0.5 + 0.5*math.Sin(9*n+u*k*2)
		return f.colour[0].mix(f.colour[1], smooth(0.3, 0.9, t)).mix(f.colour[2], smooth(0.6, 0.75, noise(u*k*2.3, v*k*2.3, f.seed+3)))
	}
}
