package nearest

import (
	"math"
	"slices"
)

// selection keeps the candidates that may be among the k nearest, from distances known only within a slack.
type selection struct {
	k      int
	upper  []float64 // max-heap of the k smallest upper bounds seen; its top bounds the k-th nearest distance
	cand   []candidate
	limit  float64 // the top of a full heap, +Inf before
	shrink int     // number of candidates at which to drop those beyond the limit
}

type candidate struct {
	row   int32
	lower float64 // bound of its distance
}

func (s *selection) reset(k int) {
	s.k, s.upper, s.cand, s.limit, s.shrink = k, s.upper[:0], s.cand[:0], math.Inf(1), 4*k+64
	if k <= 0 {
		s.k, s.limit = 0, math.Inf(-1)
	}
}

func (s *selection) offer(row int32, distance, slack float64) {
	if distance-slack > s.limit {
		return
	}
	s.cand = append(s.cand, candidate{row, distance - slack})
	s.lowerLimit(distance + slack)
	if len(s.cand) >= s.shrink {
		s.shrink = 2*len(s.kept()) + 64
	}
}

// lowerLimit takes an upper bound into the heap.
func (s *selection) lowerLimit(u float64) {
	switch {
	case len(s.upper) < s.k:
		s.upper = append(s.upper, u)
		s.up(len(s.upper) - 1)
	case u < s.upper[0]:
		s.upper[0] = u
		s.down()
	default:
		return
	}
	if len(s.upper) == s.k {
		s.limit = s.upper[0]
	}
}

func (s *selection) up(i int) {
	h := s.upper
	for p := (i - 1) / 2; i > 0 && h[i] > h[p]; p = (i - 1) / 2 {
		h[i], h[p] = h[p], h[i]
		i = p
	}
}

func (s *selection) down() {
	h, i := s.upper, 0
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && h[c+1] > h[c] {
			c++
		}
		if h[i] >= h[c] {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}

// kept drops the candidates that can't be among the k nearest any more and gives the others.
func (s *selection) kept() []candidate {
	s.cand = slices.DeleteFunc(s.cand, func(c candidate) bool { return c.lower > s.limit })
	return s.cand
}
