package window

import (
	"fmt"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// Scatter is the gradient of Reduce by Max (or Min, if least): to where in src a window has its greatest number, the
// window's number in grad is added; dst, as long as src, is 0 elsewhere. Of equal numbers the first of the window is
// taken, in the order of rows, but of NaNs, which count as greater than all else, the last; a window without elements
// is left out. Each number of dst is added to in the order of the windows.
//
// Where the greatest is, is found again rather than kept from Reduce: that needs no memory, and reads src once either way.
func (p *Pool) Scatter(dst, src, grad []float32, least bool) {
	p.check(grad, src)
	if len(dst) != len(src) {
		panic(fmt.Sprintf("window: gradient of %d numbers to %d", len(src), len(dst)))
	}
	if len(src) == 0 {
		return
	}
	blocks, length := p.blocks()
	parallel.For(p.batch*blocks, func(_, i int) {
		first := i % blocks * length
		s := scatterer{row: p.newRow(), least: least, first: first, limit: min(p.axes[0].in, first+length)}
		s.run(dst, src, grad, i/blocks)
	})
}

// blocks is into how many ranges of elements along the first axis a batch element is cut, and how long they are. Windows that
// reach over a border are looked at from both sides, so a range is many times as long as a window.
func (p *Pool) blocks() (n, length int) {
	a := p.axes[0]
	n = 1
	if p.batch < 16 {
		n = max(1, min((16+p.batch-1)/p.batch, p.in/taskSize))
	}
	length = max((a.in+n-1)/n, overlap*((a.size-1)*a.dilation/a.gap+1))
	return (a.in + length - 1) / length, length
}

// overlap is how many times as long as a window a range is at least: a variable for the tests.
var overlap = 8

// scatterer does a range of elements along the first axis of one batch element: all windows that reach into it, but of their
// taps those in it only.
type scatterer struct {
	*row
	least        bool
	first, limit int // the range
	best         [256]float32
	which        [256]int32
}

func (s *scatterer) run(dst, src, grad []float32, batch int) {
	a := &s.axes[0]
	start, line := batch*s.in, s.in/a.in // line is the numbers of an element of the axis
	done := s.first                      // so far dst is 0, or more
	from, to := a.touching(s.first, s.limit)
	for o := from; o < to; o++ {
		lo, hi, reach := s.inRange(a, o)
		if lo == hi {
			continue
		}
		if reach > done { // not earlier: so it is still in the cache when it is added to
			clear(dst[start+done*line : start+reach*line])
			done = reach
		}
		n := s.rowLen()
		rows := s.out / a.out / n
		for k := (batch*a.out + o) * rows; k < (batch*a.out+o+1)*rows; k++ {
			s.to(k)
			s.windows(dst, src, grad[k*n:(k+1)*n], lo, hi)
		}
	}
	clear(dst[start+done*line : start+s.limit*line])
}

// inRange gives those of the taps along the first axis of its window o that are in the range, lo ≤ k < hi, and the end of their
// elements.
func (s *scatterer) inRange(a *axis, o int) (lo, hi, reach int) {
	first, count := a.taps(o)
	for lo < count && first+lo*a.advance < s.first {
		lo++
	}
	hi = count
	for hi > lo && first+(hi-1)*a.advance >= s.limit {
		hi--
	}
	return lo, hi, first + (hi-1)*a.advance + 1
}

// windows does a row of windows; of the taps along the first axis only lo to hi-1 are written to.
func (s *scatterer) windows(dst, src, grad []float32, lo, hi int) {
	_, count := s.axes[0].taps(s.at[0])
	s.each(func(o, n, start, step int) {
		if len(s.taps) == 0 {
			return
		}
		per := len(s.taps) / count // taps that are at the same place along the first axis
		for k := range n {
			at := start + k*step
			for c := 0; c < s.channels; c += len(s.best) {
				m := min(len(s.best), s.channels-c)
				best, which := s.best[:m], s.which[:m]
				if s.least {
					vec.ArgMinTaps(best, which, src[at+c:], s.taps)
				} else {
					vec.ArgMaxTaps(best, which, src[at+c:], s.taps)
				}
				g := grad[(o+k)*s.channels+c:][:m]
				vec.AddTaps(dst[at+c:], g, which, s.taps[lo*per:hi*per], lo*per)
			}
		}
	})
}
