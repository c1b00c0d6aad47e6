// Package giveup leaves work alone that can't be stopped.
package giveup

import (
	"context"
	"fmt"
	"runtime/debug"
)

// Do runs f and gives what it gives, or the cause of ctx as soon as that ends. Then f goes on by itself, so it must write
// nothing that anybody sees, and tell nothing; what it gives in the end is handed to drop, which may be nil.
func Do[T any](ctx context.Context, f func() (T, error), drop func(T)) (T, error) {
	type result struct {
		value  T
		err    error
		panics string
	}
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r.panics = fmt.Sprintf("%v\n%s", p, debug.Stack())
			}
			done <- r
		}()
		r.value, r.err = f()
	}()
	select {
	case r := <-done:
		if r.panics != "" {
			panic(r.panics) // where the caller's own would be
		}
		return r.value, r.err
	case <-ctx.Done():
		if drop != nil {
			go func() {
				if r := <-done; r.err == nil && r.panics == "" {
					drop(r.value)
				}
			}()
		}
		return none, context.Cause(ctx)
	}
}
