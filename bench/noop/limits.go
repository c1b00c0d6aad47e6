package main

import (
	"fmt"
	"time"
)

// limits are what the engine may cost, and what it did.
type limits []limit

type limit struct {
	what     string
	got, may time.Duration
}

func (l *limits) add(what string, got, may time.Duration) { *l = append(*l, limit{what, got, may}) }

// print says of each limit whether it was kept.
func (l limits) print() {
	fmt.Println("\nLimits:")
	for _, x := range l {
		verdict := "ok"
		if x.got > x.may {
			verdict = "ABOVE"
		}
		fmt.Printf("  %-60s %8.1f ms, at most %4.0f   %s\n", x.what, ms(x.got), ms(x.may), verdict)
	}
}
