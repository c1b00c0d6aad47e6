package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// limits are what the engine may cost, and what it did.
type limits []limit

type limit struct {
	what     string
	got, may time.Duration
}

func (l *limits) add(what string, got, may time.Duration) { *l = append(*l, limit{what, got, may}) }

// print says of each limit whether it was kept, and how busy the machine was, where Linux tells it.
func (l limits) print() {
	fmt.Println("\nLimits:")
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Printf("  (load averages of the last 1, 5 and 15 minutes: %s, on %d cores)\n", strings.Join(strings.Fields(string(b))[:3], ", "), runtime.NumCPU())
	}
	for _, x := range l {
		verdict := "ok"
		if x.got > x.may {
			verdict = "ABOVE"
		}
		fmt.Printf("  %-60s %8.1f ms, at most %4.0f   %s\n", x.what, ms(x.got), ms(x.may), verdict)
	}
}
