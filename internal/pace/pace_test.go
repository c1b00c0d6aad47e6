package pace

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestBusyMachine wants the slowdown to be seen while many compute.
func TestBusyMachine(t *testing.T) {
	measure := func() float64 {
		w := Start()
		time.Sleep(300 * time.Millisecond)
		_, slowdown := w.Stop()
		return slowdown
	}
	before := measure()
	var end atomic.Bool
	var wg sync.WaitGroup
	n := 6 * runtime.NumCPU()
	old := runtime.GOMAXPROCS(n + 2)
	for range n {
		wg.Go(func() {
			for !end.Load() {
			}
		})
	}
	busy := measure()
	end.Store(true)
	wg.Wait()
	runtime.GOMAXPROCS(old)
	t.Logf("%.1f before, %.1f while %d compute", before, busy, n)
	if busy < 1.5 { // others may have been busy before as well
		t.Errorf("the slowdown is %.1f, and was %.1f before", busy, before)
	}
}

func TestLimit(t *testing.T) {
	w := Start()
	time.Sleep(100 * time.Millisecond)
	if text, err := w.Check(time.Minute); err != nil || text == "" {
		t.Error(text, err)
	}
	w = Start()
	time.Sleep(100 * time.Millisecond)
	if text, err := w.Check(time.Microsecond); err == nil {
		t.Error(text)
	}
}
