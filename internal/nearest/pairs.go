package nearest

import (
	"context"
	"sync"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// pairs searches a space among itself. It works as searchers do, but the product of two rows serves both: once a sample
// of the columns has given every row its limit, a row is only shown the columns that come after it.
type pairs struct {
	s       *Space
	k       func(query int) int
	gallery *gallery
	columns *columns     // the form of it in use
	of      []selection  // the row that each column is
	upper   []float32    // by column: less the limit of its row's bounds, less its half
	locks   []sync.Mutex // of a chunk of selections
}

// mostPairs is how many rows are searched so at most: their selections take about a kilobyte each.
const mostPairs = 200_000

// pairable tells whether pairs can answer: whether all rows are searched among all, and a guess can be made for each.
func (s *Space) pairable(o Options) bool {
	n := s.Len()
	if o.Queries != nil || o.Gallery != nil || n < minGallery || n > mostPairs {
		return false
	}
	for q := range n {
		if guessRank(min(o.K(q), n), n) == 0 {
			return false
		}
	}
	return true
}

func (s *Space) searchPairs(ctx context.Context, o Options, ties uint64, visit func(int, []Neighbour)) error {
	n := s.Len()
	p := &pairs{s: s, k: o.K, gallery: s.gallery(), of: make([]selection, n), upper: make([]float32, n),
		locks: make([]sync.Mutex, (n+chunk-1)/chunk)}
	p.columns = p.gallery.best()
	workers := make([]*pairing, max(1, o.Workers))
	each := func(f func(w *pairing, lo, hi int)) error {
		return parallel.ForEach(ctx, (n+blockRows-1)/blockRows, len(workers), func(i, b int) {
			if workers[i] == nil {
				workers[i] = &pairing{pairs: p, searcher: newSearcher(s, p.gallery, ties)}
			}
			f(workers[i], b*blockRows, min(n, (b+1)*blockRows))
		})
	}
	if err := each((*pairing).sample); err != nil {
		return err
	}
	p.adapt()
	if err := each(func(w *pairing, lo, hi int) {
		if w.rest(ctx, lo, hi) == nil && o.Done != nil {
			o.Done(hi - lo)
		}
	}); err != nil {
		return err
	}
	return each(func(w *pairing, lo, hi int) { _ = w.finish(ctx, lo, hi, visit) }) // ForEach reports that ctx is done
}

// adapt changes to float32 products where 8 bits leave too much of the sample.
func (p *pairs) adapt() {
	left := 0
	for i := range p.of {
		left += len(p.of[i].low)
	}
	if p.columns.bytes != nil && crowded(left/len(p.of), sampleSize) {
		p.columns = p.gallery.floats()
	}
}

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
