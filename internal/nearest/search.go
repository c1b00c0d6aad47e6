package nearest

import (
	"context"
	"fmt"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/rng"
)

// Options say what to look for.
type Options struct {
	K       func(query int) int // how many neighbours of a query row are wanted
	Queries []int32             // rows to look from, ascending; nil for all
	Gallery []int32             // rows to look among, ascending; nil for all
	Seed    uint64              // of the order among equal distances
	Workers int
	Done    func(queries int) // told of queries finished, from several goroutines; may be nil
}

// Neighbour is a row found.
type Neighbour struct {
	Row      int32
	Distance float64 // as Space.Distance
}

// Search finds the exact nearest gallery rows of each query and hands them to visit, nearest first: K of them, or the
// whole gallery where it is smaller. A query is never its own neighbour, whatever its distance to itself: it is told by
// its row number. Rows at equal distance come in an order drawn from the seed for each query anew, never by row number,
// so a space of all-equal rows gives neighbours by pure chance. visit is called once per query, from several
// goroutines; the slice is reused after it returns.
func (s *Space) Search(ctx context.Context, o Options, visit func(query int, near []Neighbour)) error {
	queries := o.Queries
	if queries == nil {
		queries = all(s.Len())
	}
	if err := s.checkRows(queries, o.Gallery); err != nil {
		return err
	}
	ties := rng.New(o.Seed, "nearest", "ties").Uint64()
	if s.holds(o.Gallery) {
		left, err := s.searchHeld(ctx, o, queries, ties, visit)
		if err != nil || len(left) == 0 {
			return err
		}
		queries, o.Queries = left, left
	}
	if s.pairable(o) {
		return s.searchPairs(ctx, o, ties, visit)
	}
	var g *gallery
	if o.Gallery == nil {
		g = s.gallery()
	} else {
		g = s.newGallery(o.Gallery)
	}
	workers := max(1, o.Workers)
	scratch := make([]*searcher, workers)
	blocks := (len(queries) + blockRows - 1) / blockRows
	return parallel.ForEach(ctx, blocks, workers, func(w, b int) {
		if scratch[w] == nil {
			scratch[w] = newSearcher(s, g, ties)
		}
		part := queries[b*blockRows : min(len(queries), (b+1)*blockRows)]
		if scratch[w].block(ctx, part, o.K, visit) == nil && o.Done != nil { // ForEach reports errors
			o.Done(len(part))
		}
	})
}

// holds says whether there is a device, and what it holds is a gallery, of rows that ascend; nil for all rows.
func (s *Space) holds(gallery []int32) bool {
	n := s.onDevice.len()
	switch {
	case s.held == nil:
		return false
	case gallery == nil:
		return n == s.Len()
	}
	return len(gallery) == n && int(gallery[n-1]) == n-1
}

func all(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

func (s *Space) checkRows(lists ...[]int32) error {
	for _, rows := range lists {
		for i, r := range rows {
			if r < 0 || int(r) >= s.Len() || i > 0 && rows[i-1] >= r {
				return fmt.Errorf("nearest: rows to search must ascend within 0 … %d; %d does not", s.Len()-1, r)
			}
		}
	}
	return nil
}

// tie gives a row its place among rows at equal distance from a query: a bijection of (query, row), so no two places
// are equal, that looks random (the finaliser of SplitMix64: Steele, Lea & Flood 2014).
func tie(seed uint64, query, row int32) uint64 {
	x := (uint64(uint32(query))<<32 | uint64(uint32(row))) ^ seed
	for range 2 {
		x += 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
	}
	return x
}
