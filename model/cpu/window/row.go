package window

// row is a row of windows: all along the last axis, at one place along the others.
type row struct {
	*Pool
	at    []int // place along the other axes
	base  int   // of the batch element
	outer []int // offsets of the taps, as far as the other axes go, from base
	taps  []int // and of all taps of a window, from its first
}

func (p *Pool) newRow() *row {
	return &row{Pool: p, at: make([]int, len(p.axes)-1)}
}

// to goes to row k of all.
func (r *row) to(k int) {
	others := r.axes[:len(r.axes)-1]
	for i := len(others) - 1; i >= 0; i-- {
		r.at[i] = k % others[i].out
		k /= others[i].out
	}
	r.base = k * r.in
	r.outer = append(r.outer[:0], 0)
	for i, a := range others {
		first, count := a.taps(r.at[i])
		r.outer = spread(r.outer, first*a.inStride, count, a.advance*a.inStride)
	}
}

// spread replaces each offset by count, from offset+first on, step apart, in order. It does so in place, from the end.
func spread(offsets []int, first, count, step int) []int {
	n := len(offsets)
	if count == 0 {
		return offsets[:0]
	}
	for len(offsets) < n*count {
		offsets = append(offsets, 0)
	}
	for i := n - 1; i >= 0; i-- {
		o := offsets[i] + first
		for j := count - 1; j >= 0; j-- {
			offsets[i*count+j] = o + j*step
		}
	}
	return offsets
}

// window sets taps for window o of the row, and returns where its first tap is; without taps that is 0.
func (r *row) window(o int) int {
	x := &r.axes[len(r.axes)-1]
	first, count := x.taps(o)
	r.taps = spread(append(r.taps[:0], r.outer...), 0, count, x.advance*x.inStride)
	if len(r.taps) == 0 {
		return 0
	}
	origin := r.taps[0]
	for i := range r.taps {
		r.taps[i] -= origin
	}
	return r.base + origin + first*x.inStride
}

// each calls f for the windows of the row, from left to right: n windows from o on, which have the same taps and whose first
// taps begin at start, and lie step apart.
func (r *row) each(f func(o, n, start, step int)) {
	x := &r.axes[len(r.axes)-1]
	from, limit := x.interior()
	for o := 0; o < x.out; o++ {
		if o == from && from < limit {
			f(o, limit-from, r.window(o), x.stride*x.inStride)
			o = limit - 1
			continue
		}
		f(o, 1, r.window(o), 0)
	}
}

// reduce reduces the windows of the row to dst.
func (r *row) reduce(op Op, dst, src []float32) {
	c := r.channels
	r.each(func(o, n, start, step int) {
		if step == c { // neighbouring windows read neighbouring numbers: they are as good as channels
			op.taps(dst[o*c:(o+n)*c], src[start:], r.taps)
			return
		}
		for k := range n {
			op.taps(dst[(o+k)*c:(o+k+1)*c], src[start+k*step:], r.taps)
		}
	})
}
