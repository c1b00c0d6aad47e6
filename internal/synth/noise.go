package synth

import "math"

// hash gives 0 to 1 for a cell of a grid.
func hash(x, y int, seed uint32) float64 {
	h := uint32(x)*0x9E3779B1 ^ uint32(y)*0x85EBCA77 ^ seed*0xC2B2AE3D
	h ^= h >> 15
	h *= 0x2C1B3C6D
	h ^= h >> 12
	h *= 0x297A2D39
	h ^= h >> 15
	return float64(h) * (1.0 / 4294967296)
}

// noise is value noise of 0 to 1 with features of size 1.
func noise(x, y float64, seed uint32) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	i, j := int(fx), int(fy)
	x, y = x-fx, y-fy
	x, y = x*x*(3-2*x), y*y*(3-2*y)
	a, b := hash(i, j, seed), hash(i+1, j, seed)
	c, d := hash(i, j+1, seed), hash(i+1, j+1, seed)
	a += (b - a) * x
	c += (d - c) * x
	return a + (c-a)*y
}

// clouds is noise of two octaves.
func clouds(x, y float64, seed uint32) float64 {
	return 0.67*noise(x, y, seed) + 0.33*noise(2.1*x, 2.1*y, seed+1)
}

// wrap is x modulo period, never negative.
func wrap(x, period float64) float64 { return x - period*math.Floor(x/period) }

// edge is 0 left of an edge and 1 right of it, softened over a pixel of px centimetres.
func edge(x, px float64) float64 { return unit(x/px + 0.5) }

// band is 1 where a coordinate lies between lo and hi of each period, softened over a pixel. Where a period is finer than
// the pixels it tends to the mean, as a lens does.
func band(x, period, lo, hi, px float64) float64 {
	x = wrap(x-lo, period)
	w := hi - lo
	v := edge(x, px) * (1 - edge(x-w, px))
	if x > period-px/2 { // the soft edge of the next one
		v = math.Max(v, edge(x-period, px))
	}
	if px > period/2 {
		v = lerp(v, w/period, unit(2*px/period-1))
	}
	return v
}
