package nearest

import (
	"context"

	"fashionpipe/internal/simd/vec"
)

// pairing is one worker's memory. The searcher's own selections serve until they are handed over.
type pairing struct {
	*pairs
	*searcher
	hits []hit
}

// hit is a column whose row may be among the nearest of another's.
type hit struct {
	to, from int32
	low      float32
}

// sample gives the rows of columns lo … hi-1 their limits.
func (w *pairing) sample(lo, hi int) {
	queries, n := w.columns.rows[lo:hi], w.columns.len()
	a := w.pairs.s.copies(queries, &w.gathered)
	for i, q := range queries {
		k := min(w.k(int(q)), n)
		w.selected[i].reset(k, guessRank(k, n))
	}
	for at := 0; at < sampleSize; at += chunk {
		w.tile.bound(&a, w.columns, at)
		for i := range queries {
			w.selected[i].low = append(w.selected[i].low, w.tile.low[i*chunk:(i+1)*chunk]...)
		}
	}
	for i, q := range queries {
		sel := &w.selected[i]
		sel.keep(w.measure(q, sel, sel.rank))
		w.of[lo+i] = sel.clone()
		w.upper[lo+i] = -above((float64(sel.limit) + a.half[i]) * (1 + margin))
	}
}

// rest shows the rows of columns lo … hi-1 all columns after them that are not in the sample, and those them.
func (w *pairing) rest(ctx context.Context, lo, hi int) error {
	a := w.pairs.s.copies(w.columns.rows[lo:hi], &w.gathered)
	for i := range hi - lo {
		w.selected[i].reset(0, 0)
	}
	for at := max(sampleSize, lo/chunk*chunk); at < w.columns.len(); at += chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		cols := w.tile.bound(&a, w.columns, at)
		for i := range hi - lo {
			w.screen(&a, lo, i, at, cols)
		}
		w.locks[at/chunk].Lock()
		for _, h := range w.hits {
			w.of[h.to].add(h.from, h.low)
		}
		w.locks[at/chunk].Unlock()
		w.hits = w.hits[:0]
	}
	for i := range hi - lo {
		w.locks[(lo+i)/chunk].Lock()
		w.of[lo+i].join(&w.selected[i])
		w.locks[(lo+i)/chunk].Unlock()
	}
	return nil
}

// screen takes what may be near of the pairs of column lo+i, row i of the block, with the columns from at on.
func (w *pairing) screen(a *block, lo, i, at, cols int) {
	own := lo + i
	first := max(0, own+1-at)
	if first >= cols {
		return
	}
	low := w.tile.low[i*chunk+first : i*chunk+cols]
	index := w.tile.index[:len(low)]
	for _, j := range index[:vec.Below(index, low, above(float64(w.of[own].limit)))] {
		w.selected[i].add(int32(at+first+int(j)), low[j])
	}
	if own < sampleSize { // the others have seen it
		return
	}
	// The product serves the column's row with its half exchanged for this one's. low + upper is rounded by less than a
	// share of this half when it is near −half.
	upper := w.upper[at+first : at+cols]
	for _, j := range index[:vec.BelowSum(index, low, upper, 1, above(-a.half[i]*(1-rounding)))] {
		to := at + first + int(j)
		bound := float64(low[j]) + a.half[i] - w.columns.half[to]
		w.hits = append(w.hits, hit{int32(to), int32(own), -above(-bound)})
	}
}

// finish measures what was kept for the rows of columns lo … hi-1.
func (w *pairing) finish(ctx context.Context, lo, hi int, visit func(int, []Neighbour)) error {
	var again []int32
	for i, q := range w.columns.rows[lo:hi] {
		if near, ok := w.refine(q, &w.of[lo+i]); ok {
			visit(int(q), near)
		} else {
			again = append(again, q)
		}
		w.of[lo+i] = selection{}
	}
	return w.whole(ctx, again, w.k, visit)
}
