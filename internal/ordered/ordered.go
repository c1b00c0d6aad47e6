// Package ordered does work on several goroutines and hands on the results in order, so that what comes out does not
// depend on how many there are. It knows nothing of what the work is.
package ordered

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// Map calls do for each i from 0 to n−1 on the given number of goroutines (numbered from 0: worker), and sink with the
// results in order of i, one at a time. No more than four results per worker exist at once, so memory stays bounded.
// The first error of either ends it, as does the end of ctx; Map returns once every goroutine has ended.
func Map[T any](ctx context.Context, workers, n int, do func(ctx context.Context, worker, i int) (T, error), sink func(i int, v T) error) error {
	type slot struct {
		i   int
		out chan T
	}
	if ctx.Err() != nil {
		return ctx.Err() // below, a select could still choose the work, and all of a short line be done
	}
	workers = max(1, workers)
	group, ctx := errgroup.WithContext(ctx)
	work, line := make(chan slot), make(chan slot, 4*workers-1)

	group.Go(func() error {
		defer close(work)
		defer close(line)
		for i := range n {
			s := slot{i, make(chan T, 1)}
			for _, to := range []chan slot{line, work} {
				select {
				case to <- s:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	})
	for w := range workers {
		group.Go(func() error {
			for s := range work {
				v, err := do(ctx, w, s.i)
				if err != nil {
					return err
				}
				s.out <- v
			}
			return nil
		})
	}
	group.Go(func() error {
		for s := range line {
			select {
			case v := <-s.out:
				if err := sink(s.i, v); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}
