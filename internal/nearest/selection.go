package nearest

import (
	"math"
	"slices"

	"fashionpipe/internal/simd/vec"
)

// selection is the columns that may be among the k nearest of a query, with the lower bounds of their distances.
type selection struct {
	k     int
	rank  int     // which of the nearest in a sample gives the limit; 0: all columns are in the sample
	limit float32 // columns with bounds above it are left out: a guess, unless all were in the sample
	cols  []int32 // none: they are the first columns, all of them
	low   []float32
	found []ranked // measured already, and not among the columns any more
}

func (s *selection) reset(k, rank int) {
	s.k, s.rank, s.limit, s.cols, s.low, s.found = k, rank, float32(math.Inf(1)), s.cols[:0], s.low[:0], s.found[:0]
}

func (s *selection) add(col int32, low float32) {
	s.cols, s.low = append(s.cols, col), append(s.low, low)
}

// col is the i-th column.
func (s *selection) col(i int32) int32 {
	if len(s.cols) > 0 {
		return s.cols[i]
	}
	return i
}

// keep leaves those of the first columns whose bounds are at most limit; it becomes the limit for those to come.
func (s *selection) keep(limit float32) {
	n := 0
	for i, l := range s.low {
		if l <= limit {
			s.cols, s.low[n] = append(s.cols, int32(i)), l
			n++
		}
	}
	s.low, s.limit = s.low[:n], limit
}

// join adds another's columns.
func (s *selection) join(o *selection) {
	s.cols, s.low = append(s.cols, o.cols...), append(s.low, o.low...)
}

// clone is a copy with room for as much again.
func (s *selection) clone() selection {
	c := *s
	c.cols, c.low = append(make([]int32, 0, 2*len(s.cols)+16), s.cols...), append(make([]float32, 0, 2*len(s.low)+16), s.low...)
	c.found = slices.Clone(s.found)
	return c
}

// A query's columns come in two parts. The first is a sample, all of whose bounds are kept until its nearest are measured:
// they give a limit for the bounds of the others. Of small galleries the sample is everything.
const (
	sampleSize = 4 * chunk
	minGallery = 4 * sampleSize
)

// guessRank says which of the nearest in the sample is likely, but for about one query in a thousand, farther than the
// k-th nearest of all n. It is 0 where no guess is worth it.
func guessRank(k, n int) int {
	if n < minGallery {
		return 0
	}
	expected := float64(k) * sampleSize / float64(n)
	if rank := int(expected + 4*math.Sqrt(expected) + 2); rank < sampleSize/2 {
		return min(k, rank)
	}
	return 0
}

// lowest gives a number that at least k of x are at most, and mostly not many more; +Inf where x is not longer than k.
// index is memory as long as x.
func lowest(x []float32, k int, index []int32) float32 {
	if len(x) <= k {
		return float32(math.Inf(1))
	}
	low, high := vec.Minimum(x), vec.Maximum(x)
	for range 24 {
		middle := low + (high-low)/2
		switch n := vec.Below(index, x, above(float64(middle))); {
		case n < k:
			low = middle
		case n <= k+k/4+4:
			return middle
		default:
			high = middle
		}
	}
	return high
}
