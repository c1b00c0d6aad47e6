package nearest

import (
	"context"
	"math"
	"slices"

	"fashionpipe/internal/simd/vec"
)

// searcher is one worker's memory.
type searcher struct {
	s        *Space
	all      *gallery
	gallery  *columns // the form of it in use
	ties     uint64
	tile     *tile
	gathered block
	selected [blockRows]selection
	index    []int32
	memo     *memo
	nearest  heap[float64] // distances
	near     []Neighbour
	measured int
}

func newSearcher(s *Space, g *gallery, ties uint64) *searcher {
	return &searcher{s: s, all: g, gallery: g.best(), ties: ties, memo: newMemo(s), tile: newTile(), gathered: newBlock(blockRows, s.Dim)}
}

// wholeSize is about how many bounds are kept at once for queries of which no guess is made.
const wholeSize = 1 << 21

// block finds the neighbours of a block of queries.
func (w *searcher) block(ctx context.Context, queries []int32, k func(int) int, visit func(int, []Neighbour)) error {
	n := w.gallery.len()
	var guessed, whole []int32
	wanted := 0
	for _, q := range queries {
		wanted += min(k(int(q)), n)
		if guessRank(min(k(int(q)), n), n) > 0 {
			guessed = append(guessed, q)
		} else {
			whole = append(whole, q)
		}
	}
	w.measured = 0
	if err := w.part(ctx, guessed, k, guessRank, func(q int32, near []Neighbour, ok bool) {
		if ok {
			visit(int(q), near)
		} else {
			whole = append(whole, q)
		}
	}); err != nil {
		return err
	}
	if err := w.whole(ctx, whole, k, visit); err != nil {
		return err
	}
	// Many measured: 8 bits are too coarse for these rows. What is found does not depend on it.
	if w.gallery.bytes != nil && crowded((w.measured-wanted)/len(queries), n) {
		w.gallery = w.all.floats()
	}
	return nil
}

// whole finds the neighbours of queries without a guess.
func (w *searcher) whole(ctx context.Context, queries []int32, k func(int) int, visit func(int, []Neighbour)) error {
	slices.Sort(queries)
	step := max(12, min(blockRows, wholeSize/max(1, w.gallery.len())))
	for part := range slices.Chunk(queries, step) {
		err := w.part(ctx, part, k, func(int, int) int { return 0 }, func(q int32, near []Neighbour, _ bool) { visit(int(q), near) })
		if err != nil {
			return err
		}
	}
	return nil
}

// part screens queries and hands over what refine finds of each.
func (w *searcher) part(ctx context.Context, queries []int32, k func(int) int, rank func(k, n int) int, done func(q int32, near []Neighbour, ok bool)) error {
	if len(queries) == 0 {
		return nil
	}
	g := w.gallery
	a := w.s.gather(queries, &w.gathered)
	for i, q := range queries {
		most := min(k(int(q)), g.len())
		w.selected[i].reset(most, rank(most, g.len()))
	}
	for at := 0; at < g.len(); at += chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		cols := w.tile.bound(&a, g, at)
		for i, q := range queries {
			w.offer(i, q, at, cols)
		}
	}
	for i, q := range queries {
		near, ok := w.refine(q, &w.selected[i])
		done(q, near, ok)
	}
	return nil
}

// offer shows the selection of query i a chunk of columns.
func (w *searcher) offer(i int, query int32, at, cols int) {
	sel, low := &w.selected[i], w.tile.low[i*chunk:i*chunk+cols]
	if sel.rank == 0 || at < sampleSize {
		sel.low = append(sel.low, low...)
		return
	}
	if at == sampleSize {
		sel.keep(w.measure(query, sel, sel.rank))
	}
	for _, j := range w.tile.below(i, cols, sel.limit) {
		sel.add(int32(at+int(j)), low[j])
	}
}

// refine measures what the screen kept for a query and puts the nearest in order. It fails if the guess of the limit
// turns out too low.
func (w *searcher) refine(query int32, sel *selection) (near []Neighbour, ok bool) {
	limit := w.measure(query, sel, sel.k)
	if limit > sel.limit {
		return nil, false
	}
	found := smallest(sel.found, sel.k)
	slices.SortFunc(found, ranked.compare)
	w.near = w.near[:0]
	for _, r := range found {
		w.near = append(w.near, r.Neighbour)
	}
	return w.near, true
}

// measure measures all columns of a selection that may be among the k nearest, and moves them to found. It gives the
// greatest bound that what is as near as the k-th may have, +Inf where there are not so many.
func (w *searcher) measure(query int32, sel *selection, k int) float32 {
	if k <= 0 {
		return float32(math.Inf(-1))
	}
	w.nearest = w.nearest[:0]
	for _, f := range sel.found {
		w.nearest.push(f.Distance, k)
	}
	w.index = slices.Grow(w.index[:0], len(sel.low))[:len(sel.low)]
	first := lowest(sel.low, k+1, w.index) // one may be the query itself
	w.each(query, sel, k, first)
	w.each(query, sel, k, w.reach(query, k))
	return w.reach(query, k)
}

// reach is the greatest bound that what is as near as the k-th of those measured may have; +Inf where there are fewer.
func (w *searcher) reach(query int32, k int) float32 {
	if len(w.nearest) < k {
		return float32(math.Inf(1))
	}
	return w.s.limit(w.nearest[0], w.s.half[query])
}

// each measures columns with bounds up to a limit, which comes down to the reach.
func (w *searcher) each(query int32, sel *selection, k int, limit float32) {
	index := w.index[:vec.Below(w.index, sel.low, above(float64(limit)))]
	limit = min(limit, w.reach(query, k))
	for i, j := range index {
		if i+ahead < len(index) {
			vec.Prefetch(w.s.Row(int(w.gallery.rows[sel.col(index[i+ahead])])))
		}
		row := w.gallery.rows[sel.col(j)]
		if sel.low[j] > limit || row == query {
			continue
		}
		sel.low[j] = float32(math.Inf(1)) // not again
		d := w.memo.get(query, row)
		w.measured++
		sel.found = append(sel.found, ranked{Neighbour{row, d}, tie(w.ties, query, row)})
		if w.nearest.push(d, k) {
			limit = min(limit, w.reach(query, k))
		}
	}
}

// ahead is how many rows before it is measured a row is asked for.
const ahead = 4
