// Package parallel shares work between the processor's cores. Nothing runs, spins or is kept between calls: goroutines
// are made for a call, and the Go scheduler lets idle threads sleep.
package parallel

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Workers is how many goroutines For uses at most: GOMAXPROCS.
func Workers() int { return runtime.GOMAXPROCS(0) }

// For calls f for every i in 0 … n-1 from up to Workers goroutines, of which the caller's is one; worker, below
// Workers, tells them apart, for scratch memory. Which worker takes which i is left to chance, so f(i) must write only
// what belongs to i; then results are the same for any number of workers. A panic in f is raised again in the caller,
// after the others have stopped.
func For(n int, f func(worker, i int)) {
	_ = ForEach(context.Background(), n, Workers(), f)
}

// ForMost is For with at most so many workers (at least one): as many as there is scratch memory for.
func ForMost(n, most int, f func(worker, i int)) {
	_ = ForEach(context.Background(), n, min(most, Workers()), f)
}

// ForEach is For with a limit on the workers (at least one). It stops early when ctx is done, and then returns its error.
func ForEach(ctx context.Context, n, workers int, f func(worker, i int)) error {
	workers = max(1, min(workers, n))
	if workers == 1 {
		for i := 0; i < n && ctx.Err() == nil; i++ {
			f(0, i)
		}
		return ctx.Err()
	}
	var (
		next   atomic.Int64
		wg     sync.WaitGroup
		failed atomic.Pointer[any]
	)
	work := func(w int) {
		defer func() {
			if r := recover(); r != nil {
				failed.CompareAndSwap(nil, &r)
				next.Store(int64(n))
			}
		}()
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			f(w, i)
		}
	}
	for w := 1; w < workers; w++ {
		wg.Go(func() { work(w) })
	}
	work(0)
	wg.Wait()
	if r := failed.Load(); r != nil {
		panic(*r)
	}
	return ctx.Err()
}
