package nearest

import (
	"sync"

	"fashionpipe/internal/simd/dot8"
)

// gallery is rows to look among, packed in 8 bits where that screens well, and in float32 when asked for.
type gallery struct {
	bytes  *columns // nil: float32 from the start
	floats func() *columns
}

// maxLoss is the share of the rows' lengths, in the mean, that rounding to 8 bits may take: about 0.01 for numbers that
// are normally distributed. Rows with a few numbers much larger than the others lose more, and leave too much to measure.
const maxLoss = 0.05

// roundWell makes a block's copy in 8 bits, if this machine is fast with it and the rows are fit for it.
func (b *block) roundWell() {
	if !dot8.Available() || b.width > dot8.MaxWidth {
		return
	}
	if b.round(); b.bytes.Loss() > maxLoss {
		b.bytes = nil
	}
}

func (s *Space) newGallery(rows []int32) *gallery {
	s.rounded()
	return s.galleryOf(spread(rows))
}

func (b *block) galleryOf(rows []int32) *gallery {
	g := &gallery{floats: sync.OnceValue(func() *columns { return b.pack(rows, false) })}
	if b.bytes != nil {
		g.bytes = b.pack(rows, true)
	}
	return g
}

// best is what to screen with first.
func (g *gallery) best() *columns {
	if g.bytes != nil {
		return g.bytes
	}
	return g.floats()
}

// crowded tells whether so many of n columns are measured needlessly that float32 products are faster: one distance in
// float64 takes about the time of twelve products.
func crowded(needless, n int) bool { return needless > n/12 }

// spread puts rows in an order in which every stretch is a sample of all: then the first of them already tell how near
// the nearest are, even where rows lie sorted.
func spread(rows []int32) []int32 {
	n := len(rows)
	step := max(1, int(0.6180339887498949*float64(n)))
	for gcd(step, n) > 1 {
		step++
	}
	out := make([]int32, n)
	for i, at := 0, 0; i < n; i, at = i+1, (at+step)%n {
		out[i] = rows[at]
	}
	return out
}

func gcd(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}
