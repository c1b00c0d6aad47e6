package synth

import "math"

// surfaced adds what a cloth shows close by: stitches, threads, ribs. Details finer than a pixel fade out.
func surfaced(f *fabric, base shader) shader {
	switch f.surface {
	case "knit":
		return relieved(base, 0.9, 0.22, func(u, v float64) float64 { // rows of small V
			x := math.Abs(wrap(u, 0.9) - 0.45)
			return wave((v + 1.4*x) / 0.8)
		})
	case "cable":
		return relieved(base, 3, 0.28, func(u, v float64) float64 { // ropes between ribs
			x := wrap(u, 6)
			if x > 4 {
				return wave(x)
			}
			return math.Abs(math.Sin((x-2)*0.8+0.9*math.Sin(v*0.8)))*2 - 1.2
		})
	case "corduroy":
		return relieved(base, 0.9, 0.2, func(u, _ float64) float64 { return wave(u / 0.9) })
	case "weave":
		return relieved(base, 0.8, 0.14, func(u, v float64) float64 { return wave(u/0.8) * wave(v/0.8) })
	case "twill", "denim":
		return relieved(base, 0.9, 0.16, func(u, v float64) float64 { return wave((u+v)/0.9) + 1.4*(noise(u*1.3, v*6, f.seed)-0.5) })
	case "melange":
		return relieved(base, 1.2, 0.3, func(u, v float64) float64 { return 2*noise(u*1.5, v*3.4, f.seed) - 1 })
	default:
		return base
	}
}

// relieved makes the base lighter and darker by a relief of −1 to 1 whose features are size centimetres wide.
func relieved(base shader, size, depth float64, relief func(u, v float64) float64) shader {
	return func(u, v, px float64) rgb {
		c := base(u, v, px)
		k := depth * unit(1.6-1.6*px/size)
		if k <= 0 {
			return c
		}
		h := relief(u, v)
		if c.luma() < 60 { // black cloth shows its relief in light
			return c.mix(rgb{190, 190, 195}, 0.5*k*unit(h))
		}
		return c.mul(1 + k*h*0.8)
	}
}

// wave is a triangle wave of period 1 between −1 and 1.
func wave(t float64) float64 {
	t -= math.Floor(t)
	return 1 - 4*math.Abs(t-0.5)
}
