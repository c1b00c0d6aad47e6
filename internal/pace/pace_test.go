package pace

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

// TestBusyMachine compares the slowdown while many compute with that of before, and wants it to be seen.
func TestBusyMachine(t *testing.T) {
	measure := func() float64 {
		w := Start()
		time.Sleep(300 * time.Millisecond)
		_, slowdown := w.Stop()
		return slowdown
	}
	before := measure()
	end := make(chan struct{})
	var wg sync.WaitGroup
	n := 6 * runtime.NumCPU()
	old := runtime.GOMAXPROCS(n + 2)
	for range n {
		wg.Go(func() {
			for {
				select {
				case <-end:
					return
				default:
				}
			}
		})
	}
	busy := measure()
	close(end)
	wg.Wait()
	runtime.GOMAXPROCS(old)
	t.Logf("%.1f before, %.1f while %d compute", before, busy, n)
	if busy < 1.5 || busy < 1.2*before {
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
