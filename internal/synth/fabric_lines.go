package synth

import "math"

func stripes(f *fabric) shader {
	at, p, w := f.turned(), f.size, f.size*f.share
	c, e := f.colour[0], f.colour[1]
	return func(u, v, px float64) rgb {
		_, t := at(u, v)
		return c.mix(e, band(t, p, 0, w, px))
	}
}

func manyStripes(f *fabric) shader {
	at, p, w := f.turned(), f.size, f.size*f.share/2
	c, e, g, h := f.colour[0], f.colour[1], f.colour[2], f.colour[3]
	return func(u, v, px float64) rgb {
		_, t := at(u, v)
		r := c.mix(e, band(t, p, 0, w, px))
		r = r.mix(g, band(t, p, w, 1.6*w, px))
		return r.mix(h, band(t, p, 0.75*p, 0.82*p, px))
	}
}

func pinstripe(f *fabric) shader {
	p, w := f.size, 0.3+0.1*f.share
	c, e := f.colour[0], f.colour[1]
	return func(u, _, px float64) rgb { return c.mix(e, band(u, p, 0, w, px)) }
}

func gingham(f *fabric) shader {
	p := f.size
	c, e := f.colour[0].mix(hex(0xffffff), 0.75), f.colour[1]
	if e.luma() > 150 {
		e = e.mul(0.6)
	}
	return func(u, v, px float64) rgb {
		return c.mix(e, (band(u, p, 0, p/2, px)+band(v, p, 0, p/2, px))/2)
	}
}

func tartan(f *fabric) shader {
	p, w := f.size, f.size*f.share/2
	c, e, g, h := f.colour[0], f.colour[1], f.colour[2], f.colour[3]
	return func(u, v, px float64) rgb {
		r := c.mix(e, 0.5*(band(u, p, 0, w, px)+band(v, p, 0, w, px)))
		r = r.mix(g, 0.5*(band(u, p, 0.62*p, 0.72*p, px)+band(v, p, 0.62*p, 0.72*p, px)))
		return r.mix(h, 0.55*math.Max(band(u, p, 0.8*p, 0.84*p, px), band(v, p, 0.8*p, 0.84*p, px)))
	}
}

func windowpane(f *fabric) shader {
	p, w := f.size, 0.4+0.6*f.share
	c, e := f.colour[0], f.colour[1]
	return func(u, v, px float64) rgb {
		return c.mix(e, math.Max(band(u, p, 0, w, px), band(v, p*1.15, 0, w, px)))
	}
}

func chevron(f *fabric) shader {
	p, w := f.size, f.size*f.share
	c, e := f.colour[0], f.colour[1]
	return func(u, v, px float64) rgb {
		z := math.Abs(wrap(u, 1.6*p)-0.8*p) * 0.8
		return c.mix(e, band(v+z, p, 0, w, px*1.3))
	}
}

func argyle(f *fabric) shader {
	p := f.size
	c, e, g, h := f.colour[0], f.colour[1], f.colour[2], f.colour[3]
	return func(u, v, px float64) rgb {
		a, b := u/p, v/(1.5*p)
		s, t := wrap(a+b, 1), wrap(a-b, 1)
		i, j := int(math.Floor(a+b)), int(math.Floor(a-b))
		r := c
		if (i+j)&1 == 0 {
			k := edge((math.Min(math.Min(s, 1-s), math.Min(t, 1-t)))*p*0.8, px)
			if i&1 == 0 {
				r = r.mix(e, k)
			} else {
				r = r.mix(g, k)
			}
		}
		l := math.Max(band(s, 1, 0.48, 0.52, px/p), band(t, 1, 0.48, 0.52, px/p))
		return r.mix(h, 0.7*l)
	}
}

// tooth is one repeat of the houndstooth weave: 4 dark and 4 light threads in a 2/2 twill.
func tooth(i, j int) bool {
	warp, weft := i&7 < 4, j&7 < 4
	if (i+j)&3 < 2 {
		return warp
	}
	return weft
}

func houndstooth(f *fabric) shader {
	k := 8 / f.size
	c, e := f.colour[0].mix(hex(0xffffff), 0.6), f.colour[1]
	if e.luma() > 120 {
		e = e.mul(0.45)
	}
	return func(u, v, px float64) rgb {
		// four samples: the threads are about as fine as the pixels
		n, q := 0.0, px*k/4
		for _, s := range [4][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
			if tooth(int(math.Floor(u*k+s[0]*q)), int(math.Floor(v*k+s[1]*q))) {
				n += 0.25
			}
		}
		return c.mix(e, n)
	}
}

func triangles(f *fabric) shader {
	p := f.size
	col := f.colour
	return func(u, v, px float64) rgb {
		s, t := wrap(u, p), wrap(v, p)
		i, j := int(math.Floor(u/p)), int(math.Floor(v/p))
		a := col[int(4*hash(i, j, f.seed))]
		b := col[int(4*hash(i, j, f.seed+9))]
		d := s - t
		if (i+j)&1 == 0 {
			d = s + t - p
		}
		return a.mix(b, edge(d, px))
	}
}
