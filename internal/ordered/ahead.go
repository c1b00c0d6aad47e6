package ordered

import (
	"context"
	"errors"
)

// Ahead makes things in order on a goroutine of its own: the next one while the last is in use. No more than that one is
// made ahead.
type Ahead[T any] struct {
	line <-chan made[T]
	stop context.CancelFunc
	drop func(T)
}

type made[T any] struct {
	value T
	err   error
}

// ErrEnd is what Next gives after the last thing.
var ErrEnd = errors.New("nothing is left")

// NewAhead begins to call do for each i from 0 to n−1, until one gives an error or ctx ends. drop, which may be nil, gets what
// nobody takes.
func NewAhead[T any](ctx context.Context, n int, do func(ctx context.Context, i int) (T, error), drop func(T)) *Ahead[T] {
	ctx, cancel := context.WithCancel(ctx)
	line := make(chan made[T])
	a := &Ahead[T]{line: line, stop: cancel, drop: drop}
	go func() {
		defer close(line)
		for i := 0; i < n && ctx.Err() == nil; i++ {
			var m made[T]
			m.value, m.err = do(ctx, i)
			select {
			case line <- m:
			case <-ctx.Done():
				a.leave(m)
			}
			if m.err != nil {
				return
			}
		}
	}()
	return a
}

func (a *Ahead[T]) leave(m made[T]) {
	if m.err == nil && a.drop != nil {
		a.drop(m.value)
	}
}

// Next waits for the next thing, or gives the error of its making, or the cause of ctx when that ends before.
func (a *Ahead[T]) Next(ctx context.Context) (T, error) {
	var none T
	select {
	case m, ok := <-a.line:
		switch {
		case ctx.Err() != nil && ok:
			a.leave(m)
		case ok:
			return m.value, m.err
		case ctx.Err() == nil:
			return none, ErrEnd
		}
	case <-ctx.Done():
	}
	return none, context.Cause(ctx)
}

// Close ends it, and returns once the goroutine has ended.
func (a *Ahead[T]) Close() {
	a.stop()
	for m := range a.line {
		a.leave(m)
	}
}
