package photodecode

import (
	"context"
	"runtime"

	"golang.org/x/sync/semaphore"
)

// budget is an amount of memory that goroutines share.
type budget struct {
	bytes int64
	left  *semaphore.Weighted
}

func newBudget(bytes int64) budget { return budget{bytes, semaphore.NewWeighted(bytes)} }

// acquire waits until n bytes are free, or all of them if n is more, and gives what to call when they are free again.
func (b budget) acquire(ctx context.Context, n int64) (release func(), err error) {
	weight := min(n, b.bytes)
	if err := b.left.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	return func() {
		if n > b.bytes/4 {
			runtime.GC() // or the next large photo comes on top of this one's garbage
		}
		b.left.Release(weight)
	}, nil
}
