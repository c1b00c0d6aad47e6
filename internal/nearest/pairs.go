package nearest

import (
	"context"
	"sync"

	"fashionpipe/internal/parallel"
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
