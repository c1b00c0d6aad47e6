package nearest

import (
	"context"
	"fmt"
	"math"
	"slices"

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
	queries, gallery := o.Queries, o.Gallery
	if queries == nil {
		queries = all(s.Len())
	}
	if gallery == nil {
		gallery = all(s.Len())
	}
	if err := s.checkRows(queries, gallery); err != nil {
		return err
	}
	workers := max(1, o.Workers)
	ties := rng.New(o.Seed, "nearest", "ties").Uint64()
	scratch := make([]*searcher, workers)
	tiles := (len(queries) + tileRows - 1) / tileRows
	return ForEach(ctx, tiles, workers, func(w, t int) {
		if scratch[w] == nil {
			scratch[w] = newSearcher(s, ties)
		}
		part := queries[t*tileRows : min(len(queries), (t+1)*tileRows)]
		if scratch[w].screen(ctx, part, gallery, o.K) != nil {
			return // ForEach reports it
		}
		for i, q := range part {
			visit(int(q), scratch[w].refine(q, i))
		}
		if o.Done != nil {
			o.Done(len(part))
		}
	})
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

// searcher is one worker's memory.
type searcher struct {
	s           *Space
	ties        uint64
	left, right []float32 // gathered tiles
	dots        []float32
	selected    [tileRows]selection
	memo        *memo
	found       []ranked
	near        []Neighbour
}

func newSearcher(s *Space, ties uint64) *searcher {
	return &searcher{s: s, ties: ties, memo: newMemo(s.Len()), dots: make([]float32, tileRows*tileCols),
		left: make([]float32, tileRows*s.width), right: make([]float32, tileCols*s.width)}
}

// screen keeps, for each query, every gallery row that may be among its nearest.
func (w *searcher) screen(ctx context.Context, queries, gallery []int32, k func(int) int) error {
	for i, q := range queries {
		w.selected[i].reset(min(k(int(q)), len(gallery)))
	}
	a := w.s.gather(queries, w.left)
	for lo := 0; lo < len(gallery); lo += tileCols {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := gallery[lo:min(len(gallery), lo+tileCols)]
		product(w.dots, a, w.s.gather(part, w.right), len(queries), len(part), w.s.width)
		for i, q := range queries {
			w.s.offer(&w.selected[i], q, part, w.dots[i*len(part):(i+1)*len(part)])
		}
	}
	return nil
}

// gather gives the copies of rows as one block, without copying where they lie side by side.
func (b *block) gather(rows []int32, buf []float32) []float32 {
	lo, hi := int(rows[0]), int(rows[len(rows)-1])+1
	if hi-lo == len(rows) {
		return b.rows[lo*b.width : hi*b.width]
	}
	for i, r := range rows {
		copy(buf[i*b.width:(i+1)*b.width], b.rows[int(r)*b.width:])
	}
	return buf[:len(rows)*b.width]
}

// offer shows a query's selection a tile of rows with their products.
func (s *Space) offer(sel *selection, query int32, rows []int32, dots []float32) {
	half, factor := s.half[query], errorFactor(s.width)*s.norm[query]
	for j, r := range rows {
		if r == query {
			continue
		}
		sum := half + s.half[r]
		slack := factor*s.norm[r] + sum*0x1p-48 + 0x1p-130
		sel.offer(r, sum-float64(dots[j]), slack)
	}
}

// refine measures what the screen kept for the i-th query of its tile and puts the nearest in order.
func (w *searcher) refine(query int32, i int) []Neighbour {
	sel := &w.selected[i]
	w.found, w.near = w.found[:0], w.near[:0]
	for _, c := range sel.kept() {
		d := w.memo.get(w.s, query, c.row)
		w.found = append(w.found, ranked{Neighbour{c.row, d}, tie(w.ties, query, c.row)})
	}
	found := smallest(w.found, sel.k)
	slices.SortFunc(found, ranked.compare)
	for _, r := range found {
		w.near = append(w.near, r.Neighbour)
	}
	return w.near
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

// Score turns a distance of Space.Distance into what people read: the cosine similarity, or the L2 distance.
func (s *Space) Score(distance float64) float64 {
	if s.Metric == Cosine {
		return 1 - distance
	}
	return math.Sqrt(distance)
}
