package window

import (
	"fmt"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// Integer is a type for places.
type Integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

// Arg sets dst to the places, along axis, of the greatest numbers of src, an array of the given dimensions (of the
// smallest, if least). Of equal numbers the first is taken, but of NaNs, which come before all else, the last.
func Arg[T Integer](dst []T, src []float32, dims []int, axis int, least bool) {
	outer, n, inner := product(dims[:axis]), dims[axis], product(dims[axis+1:])
	if len(dst) != outer*inner || len(src) != outer*n*inner || n == 0 && len(dst) > 0 {
		panic(fmt.Sprintf("window: %d places in %d numbers, for dimensions %d without axis %d", len(dst), len(src), dims, axis))
	}
	if len(dst) == 0 {
		return
	}
	const chunk = 256
	chunks := (inner + chunk - 1) / chunk
	units := outer * chunks
	per := max(1, taskSize/(n*min(inner, chunk)))
	parallel.For((units+per-1)/per, func(_, i int) {
		s := newSearch(inner, least)
		for u := i * per; u < min(units, (i+1)*per); u++ {
			o, c := u/chunks, u%chunks*chunk
			m := min(chunk, inner-c)
			x := src[o*n*inner:][:n*inner]
			if inner == 1 {
				s.along(x)
			} else {
				s.columns(x[c:], n, m)
			}
			for k, w := range s.which[:m] {
				dst[o*inner+c+k] = T(w)
			}
		}
	})
}

// search finds extremes of up to 256 columns.
type search struct {
	inner, step int   // numbers of a row, and from one tap to the next
	taps        []int // of as many rows as are searched in one go
	least       bool
	best, more  [256]float32
	which, at   [256]int32
}

const lanes = 64 // into which a single column is folded

func newSearch(inner int, least bool) *search {
	s := &search{inner: inner, least: least, step: inner, taps: make([]int, 256)}
	if inner == 1 {
		s.step = lanes
	}
	for i := range s.taps {
		s.taps[i] = i * s.step
	}
	return s
}

// better says whether v, of a later place, takes the place of b.
func (s *search) better(v, b float32) bool {
	return v != v || s.least && v < b || !s.least && v > b
}

// columns finds, for m columns of x, n rows of numbers step apart, the extremes and their rows.
func (s *search) columns(x []float32, n, m int) {
	best, which := s.best[:m], s.which[:m]
	s.block(best, which, x, min(n, len(s.taps)))
	for r := len(s.taps); r < n; r += len(s.taps) {
		more, at := s.more[:m], s.at[:m]
		s.block(more, at, x[r*s.step:], min(n-r, len(s.taps)))
		for i, v := range more {
			if s.better(v, best[i]) {
				best[i], which[i] = v, at[i]+int32(r)
			}
		}
	}
}

func (s *search) block(best []float32, which []int32, x []float32, rows int) {
	if s.least {
		vec.ArgMinTaps(best, which, x, s.taps[:rows])
	} else {
		vec.ArgMaxTaps(best, which, x, s.taps[:rows])
	}
}

// along finds the extreme of x: in lanes, then among the lanes' extremes, then in what did not fill a row of lanes.
func (s *search) along(x []float32) {
	b, w, done := x[0], 0, 1
	if rows := len(x) / lanes; rows > 1 {
		s.columns(x, rows, lanes)
		b, w, done = s.best[0], int(s.which[0])*lanes, rows*lanes
		for i := 1; i < lanes; i++ {
			v, at := s.best[i], int(s.which[i])*lanes+i
			if at > w && s.better(v, b) || at < w && !s.better(b, v) {
				b, w = v, at
			}
		}
	}
	for i, v := range x[done:] {
		if s.better(v, b) {
			b, w = v, done+i
		}
	}
	s.which[0] = int32(w)
}
