package conv

// axis is one of the two spatial axes for one phase of the output. A dilated input makes outputs alike that are a period
// apart: output first + j·step sees, through its a-th tap, input pixel start[a] + j·move. Without input dilation there is one
// phase, of step 1.
type axis struct {
	first, step, count int
	taps, start        []int // the kernel's taps that meet pixels at all, ascending, and the pixel each meets at j = 0
	move               int
	spans              []span // for each j: the taps that meet a pixel of the image
	even               bool   // neighbouring taps meet neighbouring pixels
}

// span is a half-open range; empty ones are {0, 0}.
type span struct{ lo, hi int }

func (s span) empty() bool { return s.hi <= s.lo }
func (s span) size() int   { return s.hi - s.lo }

// cover is the smallest span that holds both.
func (s span) cover(t span) span {
	switch {
	case s.empty():
		return t
	case t.empty():
		return s
	}
	return span{min(s.lo, t.lo), max(s.hi, t.hi)}
}

// axes gives the phases of an axis with in input pixels, out output pixels and kernel taps.
func axes(out, in, kernel, stride, pad, dil, inDil int) []axis {
	d := gcd(stride, inDil)
	period, move := inDil/d, stride/d
	phases := make([]axis, 0, period)
	for first := 0; first < min(period, out); first++ {
		a := axis{first: first, step: period, count: (out - first + period - 1) / period, move: move}
		for k := range kernel {
			if at := first*stride + k*dil - pad; at%inDil == 0 {
				a.taps, a.start = append(a.taps, k), append(a.start, at/inDil)
			}
		}
		a.trim(in)
		phases = append(phases, a)
	}
	return phases
}

// trim finds the spans and drops the taps that meet no pixel anywhere.
func (a *axis) trim(in int) {
	a.spans = make([]span, a.count)
	var used span
	for j := range a.spans {
		s := span{len(a.start), 0}
		for t, start := range a.start {
			if at := start + j*a.move; at >= 0 && at < in {
				s.lo, s.hi = min(s.lo, t), t+1
			}
		}
		if s.empty() {
			s = span{}
		}
		a.spans[j] = s
		used = used.cover(s)
	}
	a.taps, a.start = a.taps[used.lo:used.hi], a.start[used.lo:used.hi]
	a.even = true
	for t := 1; t < len(a.start); t++ {
		a.even = a.even && a.start[t] == a.start[t-1]+1
	}
	for j, s := range a.spans {
		if !s.empty() {
			a.spans[j] = span{s.lo - used.lo, s.hi - used.lo}
		}
	}
}

// padded is the axis as seen in a copy of the input in which input pixel start[0] is the first and every tap meets a pixel.
func (a axis) padded() axis {
	p := a
	p.start, p.spans = make([]int, len(a.start)), make([]span, a.count)
	for t := range a.start {
		p.start[t] = a.start[t] - a.start[0]
	}
	for j := range p.spans {
		p.spans[j] = span{0, len(a.start)}
	}
	return p
}

// length is how many input pixels n consecutive outputs of the phase reach over.
func (a *axis) length(n int) int {
	if n == 0 || len(a.start) == 0 {
		return 0
	}
	return (n-1)*a.move + a.start[len(a.start)-1] - a.start[0] + 1
}

// within gives the j of the outputs in lo … hi-1.
func (a *axis) within(lo, hi int) span {
	up := func(x int) int { return max(0, (x-a.first+a.step-1)/a.step) }
	return span{up(lo), min(a.count, up(hi))}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
