package nearest

import (
	"context"
	"sync"
	"sync/atomic"
)

// ForEach calls f for every i in 0 … n-1 from up to workers goroutines (at least one); worker, below workers, tells
// them apart, for scratch memory. Which worker takes which i is left to chance, so f(i) must write only what belongs to
// i. ForEach stops early when ctx is done, and then returns its error.
func ForEach(ctx context.Context, n, workers int, f func(worker, i int)) error {
	workers = max(1, min(workers, n))
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(w, i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
