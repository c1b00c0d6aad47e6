package report

import "math"

// tick is a labelled place on an axis, as a share of its length.
type tick struct {
	At   float64
	Text string
}

// axis maps values to shares of a length.
type axis struct {
	low, high float64
	log       bool
}

// at gives the place of v, 0 … 1 within the axis.
func (a axis) at(v float64) float64 {
	lo, hi := a.low, a.high
	if a.log {
		lo, hi, v = math.Log10(lo), math.Log10(hi), math.Log10(v)
	}
	if hi == lo {
		return 0.5
	}
	return (v - lo) / (hi - lo)
}

// niceStep is the smallest of 1, 2, 2.5 or 5 times a power of ten that cuts span into at most n pieces.
func niceStep(span float64, n int) float64 {
	raw := span / float64(n)
	mag := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*mag >= raw*(1-1e-9) {
			return m * mag
		}
	}
	return 10 * mag
}

// niceAxis widens low … high to round ends, about n steps apart.
func niceAxis(low, high float64, n int) axis {
	if large := math.Max(math.Abs(low), math.Abs(high)); !(high-low > 1e-9*large) { // equal but for rounding
		pad := large * 0.1
		if pad == 0 {
			pad = 1
		}
		low, high = low-pad, high+pad
	}
	step := niceStep(high-low, n)
	return axis{low: math.Floor(low/step+1e-9) * step, high: math.Ceil(high/step-1e-9) * step}
}

// ticks gives about n round places on the axis.
func (a axis) ticks(n int) []tick {
	if a.log {
		return a.logTicks(n)
	}
	if !(a.high > a.low) {
		return []tick{{a.at(a.low), short(a.low)}}
	}
	step := niceStep(a.high-a.low, n)
	first := math.Ceil(a.low/step - 1e-9)
	last := min(math.Floor(a.high/step+1e-6), first+20) // never many, whatever rounding does
	var ts []tick
	for i := first; i <= last; i++ {
		v := i*step + 0 // not −0
		ts = append(ts, tick{a.at(v), short(v)})
	}
	return ts
}

// logTicks gives powers of ten, or 1-2-5 steps where those are too few.
func (a axis) logTicks(n int) []tick {
	from, to := math.Floor(math.Log10(a.low)), math.Ceil(math.Log10(a.high))
	every := math.Max(1, math.Ceil((to-from)/float64(n)))
	mantissas := []float64{1}
	if math.Log10(a.high/a.low) < 2.5 {
		mantissas = []float64{1, 2, 5}
	}
	var ts []tick
	for e := from; e <= to; e += every {
		for _, m := range mantissas {
			v := m * math.Pow(10, e)
			if v >= a.low*(1-1e-9) && v <= a.high*(1+1e-9) {
				ts = append(ts, tick{a.at(v), short(v)})
			}
		}
	}
	return ts
}
