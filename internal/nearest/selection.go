package nearest

import (
	"math"
	"slices"
)

// selection keeps the candidates that may be among the k nearest of a query, of distances known only within bounds. It
// starts with a sample of the columns, which tell about how near the nearest of all are: from there on only candidates
// within that guess are kept. Whoever measures them learns whether the guess was right.
type selection struct {
	k       int
	cand    []candidate
	limit   float32 // no candidate whose bound is above is kept
	guessed float32 // the guess; +Inf: none was made
	rank    int     // until a guess is made, the limit is the bound of so many candidates, and slack
	slack   float32 // how far a distance may lie above its bound at most
	lowest  heap[float32]
	full    int // number of candidates at which to drop those beyond the limit
}

// candidate is a column with the lower bound of its distance.
type candidate struct {
	col int32
	low float32
}

func (a candidate) less(b candidate) bool { return a.low < b.low }

// reset starts a selection of k. With rank = k no candidate is lost before a guess is made.
func (s *selection) reset(k, rank int, slack float32) {
	inf := float32(math.Inf(1))
	s.k, s.rank, s.slack, s.cand, s.lowest, s.full = k, rank, slack, s.cand[:0], s.lowest[:0], 8*rank+chunk
	if s.limit, s.guessed = inf, inf; k <= 0 {
		s.k, s.limit = 0, -inf
	}
}

// add takes a candidate whose bound is within the limit.
func (s *selection) add(c candidate) {
	s.cand = append(s.cand, c)
	if s.full == math.MaxInt {
		return
	}
	if s.lowest.push(c.low, s.rank) && len(s.lowest) == s.rank {
		s.limit = above(float64(s.lowest[0]) + float64(s.slack))
	}
	if len(s.cand) >= s.full {
		s.drop(s.limit)
		s.full = 2*len(s.cand) + chunk
	}
}

// drop drops the candidates beyond a limit.
func (s *selection) drop(limit float32) {
	s.cand = slices.DeleteFunc(s.cand, func(c candidate) bool { return c.low > limit })
}

// guess sets the limit for good.
func (s *selection) guess(limit float32) {
	s.limit, s.guessed, s.full = min(s.limit, limit), limit, math.MaxInt
	s.drop(s.limit)
}

// sampleSize is how many columns a guess is made from, if there are at least minGallery.
const (
	sampleSize = 4 * chunk
	minGallery = 4 * sampleSize
)

// guessRank says which of the nearest in the sample is likely, but for about one query in a thousand, farther than the
// k-th of all n. It is k where no guess is worth it.
func guessRank(k, n int) int {
	if n < minGallery {
		return k
	}
	expected := float64(k) * sampleSize / float64(n)
	if rank := int(expected + 4*math.Sqrt(expected) + 2); rank < sampleSize/2 {
		return min(k, rank)
	}
	return k
}
