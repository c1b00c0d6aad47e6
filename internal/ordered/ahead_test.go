package ordered_test

import (
	"context"
	"errors"
	"testing"

	"fashionpipe/internal/ordered"

	"go.uber.org/goleak"
)

// count makes the numbers 0, 1, …, and an error in place of number bad.
func count(bad int) func(context.Context, int) (int, error) {
	return func(_ context.Context, i int) (int, error) {
		if i == bad {
			return 0, errBad
		}
		return i, nil
	}
}

var errBad = errors.New("bad")

func TestAheadGivesAllInOrder(t *testing.T) {
	defer goleak.VerifyNone(t)
	a := ordered.NewAhead(t.Context(), 5, count(-1), nil)
	defer a.Close()
	for want := range 5 {
		if v, err := a.Next(t.Context()); v != want || err != nil {
			t.Errorf("%d: %d, %v", want, v, err)
		}
	}
	if _, err := a.Next(t.Context()); !errors.Is(err, ordered.ErrEnd) {
		t.Errorf("after the last: %v", err)
	}
}

func TestAheadStopsAtAnError(t *testing.T) {
	defer goleak.VerifyNone(t)
	a := ordered.NewAhead(t.Context(), 5, count(1), nil)
	defer a.Close()
	if v, err := a.Next(t.Context()); v != 0 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	if _, err := a.Next(t.Context()); !errors.Is(err, errBad) {
		t.Error(err)
	}
}

// TestAheadDropsWhatNobodyTakes: closed after any number of things, each that was made was either taken or dropped; and no more than one is made ahead.
func TestAheadDropsWhatNobodyTakes(t *testing.T) {
	defer goleak.VerifyNone(t)
	for take := range 4 {
		made, dropped := 0, 0
		a := ordered.NewAhead(t.Context(), 100, func(context.Context, int) (int, error) { made++; return made, nil }, func(int) { dropped++ })
		for range take {
			if _, err := a.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		a.Close()
		if made != take+dropped || dropped > 1 {
			t.Errorf("%d made, %d taken, %d dropped", made, take, dropped)
		}
	}
}

func TestAheadEndsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	begun := make(chan struct{})
	a := ordered.NewAhead(ctx, 2, func(ctx context.Context, _ int) (int, error) {
		close(begun)
		<-ctx.Done()
		return 0, ctx.Err()
	}, nil)
	defer a.Close()
	<-begun
	cancel(errBad)
	if _, err := a.Next(ctx); !errors.Is(err, errBad) && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
