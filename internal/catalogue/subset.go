package catalogue

import (
	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// The parts that photos are divided into.
const (
	Train      = "train"
	Validation = "validation"
	Test       = "test"
)

// Subset is one part of the photos of a data set. Which part a photo belongs to is drawn from the seed and from the photo
// alone, never from which others there are: subsets with equal shares and one seed are disjoint and together whole, and no
// photo changes sides while a folder grows. Photos with the same pair_id are drawn together; others by their content, so
// that copies of a file, whatever their names, are on one side. The price is that shares are met in the mean, not
// exactly.
type Subset struct {
	Part       string  // Train, Validation or Test; "" is all photos
	Test       float64 // share of Test, 0 … 1
	Validation float64 // share of Validation; the rest is Train
}

// has says whether a photo belongs to the part.
func (s *Subset) has(p *formats.Photo, seed uint64) bool {
	if s.Part == "" {
		return true
	}
	id := groupID{pair: p.PairID}
	if id.pair == 0 {
		id.path = p.SHA256
	}
	return s.Part == s.partAt(rng.New(seed, "subset", id.String()).Float64())
}

// partAt divides 0 … 1. Test comes first, so that it stays what it is whatever is taken for validation.
func (s *Subset) partAt(x float64) string {
	switch {
	case x < s.Test:
		return Test
	case x < s.Test+s.Validation:
		return Validation
	}
	return Train
}
