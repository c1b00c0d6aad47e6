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
	memo     *memo
	nearest  heap[float64] // distances
	found    []ranked
	near     []Neighbour
	measured int
}

func newSearcher(s *Space, g *gallery, ties uint64) *searcher {
	return &searcher{s: s, all: g, gallery: g.best(), ties: ties, memo: newMemo(s.Len()), tile: newTile(), gathered: newBlock(blockRows, s.Dim)}
}

// block finds the neighbours of a block of queries.
func (w *searcher) block(ctx context.Context, queries []int32, k func(int) int, visit func(int, []Neighbour)) error {
	if err := w.screen(ctx, queries, k, guessRank); err != nil {
		return err
	}
	var again []int32
	w.measured = 0
	for i, q := range queries {
		if near, ok := w.refine(q, &w.selected[i]); ok {
			visit(int(q), near)
		} else {
			again = append(again, q)
		}
	}
	// Many left: 8 bits are too coarse for these rows. What is found does not depend on it.
	if w.gallery.bytes != nil && crowded(w.measured/len(queries), w.gallery.len()) {
		w.gallery = w.all.floats()
	}
	if len(again) == 0 {
		return nil
	}
	if err := w.screen(ctx, again, k, func(k, _ int) int { return k }); err != nil {
		return err
	}
	for i, q := range again {
		near, _ := w.refine(q, &w.selected[i]) // nothing is guessed now
		visit(int(q), near)
	}
	return nil
}

// screen keeps, for each query, every gallery row that may be among its nearest, or so it guesses.
func (w *searcher) screen(ctx context.Context, queries []int32, k func(int) int, rank func(k, n int) int) error {
	g := w.gallery
	a := w.s.gather(queries, &w.gathered)
	for i, q := range queries {
		n := min(k(int(q)), g.len())
		w.selected[i].reset(n, rank(n, g.len()), above(g.slack(&a, i, g.widest)))
	}
	for at := 0; at < g.len(); at += chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		cols := w.tile.bound(&a, g, at)
		for i, q := range queries {
			if sel := &w.selected[i]; at == sampleSize && sel.rank < sel.k {
				w.guess(q, sel)
			}
			w.offer(i, q, at, cols)
		}
	}
	return nil
}

// offer shows the selection of query i a chunk of columns.
func (w *searcher) offer(i int, query int32, at, cols int) {
	sel, low := &w.selected[i], w.tile.low[i*chunk:]
	for _, j := range w.tile.below(i, cols, sel.limit) {
		if col := at + int(j); w.gallery.rows[col] != query {
			sel.add(candidate{int32(col), low[j]})
		}
	}
}

// guess measures the nearest of the sample, which has more than rank columns.
func (w *searcher) guess(query int32, sel *selection) {
	w.nearest, w.found = w.nearest[:0], w.found[:0]
	sel.guess(w.measure(query, smallest(sel.cand, sel.rank), sel.rank, sel.limit))
}

// refine measures what the screen kept for a query and puts the nearest in order: first the k of the lowest bounds, which
// give a limit to the others. It fails if the screen's guess turns out too low.
func (w *searcher) refine(query int32, sel *selection) (near []Neighbour, ok bool) {
	w.nearest, w.found = w.nearest[:0], w.found[:0]
	sel.drop(sel.limit)
	first := min(sel.k, len(sel.cand))
	sel.drop(w.measure(query, smallest(sel.cand, first), sel.k, sel.limit))
	w.measure(query, sel.cand[min(first, len(sel.cand)):], sel.k, sel.limit)
	if guessed := !math.IsInf(float64(sel.guessed), 1); guessed && w.reach(query, sel.k) > sel.guessed {
		return nil, false
	}
	found := smallest(w.found, sel.k)
	slices.SortFunc(found, ranked.compare)
	w.near = w.near[:0]
	for _, r := range found {
		w.near = append(w.near, r.Neighbour)
	}
	return w.near, true
}

// measure measures those candidates whose bounds are within a limit, which it lowers to that of the k-th nearest. It
// leaves them in found.
func (w *searcher) measure(query int32, cand []candidate, k int, limit float32) float32 {
	for i, c := range cand {
		if i+1 < len(cand) {
			vec.Prefetch(w.s.Row(int(w.gallery.rows[cand[i+1].col])))
		}
		if c.low > limit {
			continue
		}
		row := w.gallery.rows[c.col]
		d := w.memo.get(w.s, query, row)
		w.measured++
		w.found = append(w.found, ranked{Neighbour{row, d}, tie(w.ties, query, row)})
		if w.nearest.push(d, k) {
			limit = min(limit, w.reach(query, k))
		}
	}
	return limit
}

// reach is the limit of what may be as near as the k-th nearest of those measured; +Inf where there are fewer.
func (w *searcher) reach(query int32, k int) float32 {
	if len(w.nearest) < k || k == 0 {
		return float32(math.Inf(1))
	}
	return w.s.limit(w.nearest[0], w.s.half[query])
}
