package ordered_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"fashionpipe/internal/ordered"

	"go.uber.org/goleak"
)

func TestOrderAndBound(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, workers := range []int{0, 1, 4} {
		var alive, most atomic.Int64
		var got []int
		err := ordered.Map(t.Context(), workers, 200, func(_ context.Context, _, i int) (int, error) {
			if a := alive.Add(1); a > most.Load() {
				most.Store(a)
			}
			time.Sleep(time.Duration(i%3) * 100 * time.Microsecond)
			return i * i, nil
		}, func(i, v int) error {
			alive.Add(-1)
			if v != i*i {
				t.Errorf("result %d is %d", i, v)
			}
			got = append(got, i)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range got {
			if i != g {
				t.Fatalf("with %d workers, place %d got result %d", workers, i, g)
			}
		}
		if len(got) != 200 {
			t.Fatalf("%d of 200 results", len(got))
		}
		if limit := int64(4*max(1, workers) + 1); most.Load() > limit {
			t.Errorf("with %d workers, %d results at once; the limit is %d", workers, most.Load(), limit)
		}
	}
}

func TestErrorsEndIt(t *testing.T) {
	defer goleak.VerifyNone(t)
	bad := errors.New("bad")
	fine := func(context.Context, int, int) (int, error) { return 0, nil }
	err := ordered.Map(t.Context(), 3, 1e6, func(_ context.Context, _, i int) (int, error) {
		if i == 50 {
			return 0, bad
		}
		return i, nil
	}, func(int, int) error { return nil })
	if !errors.Is(err, bad) {
		t.Errorf("an error of the work gives %v", err)
	}
	if err := ordered.Map(t.Context(), 3, 1e6, fine, func(int, int) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("an error of the sink gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = ordered.Map(ctx, 3, 1e6, fine, func(i, _ int) error {
		if i == 10 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gives %v", err)
	}
}

func TestEndedBeforeItBegins(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 200 { // a select that chooses at random would do the work in some of them
		err := ordered.Map(ctx, 1, 1, func(context.Context, int, int) (int, error) {
			t.Error("worked")
			return 0, nil
		}, func(int, int) error { return nil })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
	}
}
