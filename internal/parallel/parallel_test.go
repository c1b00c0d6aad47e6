package parallel

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
)

func TestEveryItemOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		for _, workers := range []int{0, 1, 3, 16} {
			counts := make([]atomic.Int32, n)
			if err := ForEach(context.Background(), n, workers, func(_, i int) { counts[i].Add(1) }); err != nil {
				t.Fatal(err)
			}
			for i := range counts {
				if c := counts[i].Load(); c != 1 {
					t.Fatalf("%d items, %d workers: item %d ran %d times", n, workers, i, c)
				}
			}
		}
	}
}

func TestPanicReachesTheCaller(t *testing.T) {
	for _, workers := range []int{1, 4} {
		func() {
			defer func() {
				if r := recover(); r != "broken" {
					t.Errorf("%d workers: recovered %v", workers, r)
				}
			}()
			_ = ForEach(context.Background(), 100, workers, func(_, i int) {
				if i == 17 {
					panic("broken")
				}
			})
			t.Errorf("%d workers: no panic", workers)
		}()
	}
}

func TestStopsWhenDone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var ran atomic.Int32
	err := ForEach(ctx, 1_000_000, 4, func(_, i int) {
		switch n := ran.Add(1); {
		case n == 10:
			cancel()
		case n > 10:
			<-ctx.Done() // those that began before it was done
		}
	})
	if !errors.Is(err, context.Canceled) || ran.Load() >= 10+4 {
		t.Errorf("%v after %d items", err, ran.Load())
	}
}
