// Package pace is for tests that hold the program to a time: it measures how much slower than alone a busy machine runs
// what a test waits for, so that a test fails for a slow program and not for its neighbours.
package pace

import (
	"fmt"
	"runtime"
	"syscall"
	"time"
)

// Watch measures from Start to Stop.
type Watch struct {
	began time.Time
	stop  chan struct{}
	ratio chan float64
}

const (
	burst = 20 * time.Millisecond // longer than what the system gives one thread at a time where others wait
	rest  = 20 * time.Millisecond
)

// Start begins to measure. It uses half of a core meanwhile.
func Start() *Watch {
	w := &Watch{began: time.Now(), stop: make(chan struct{}), ratio: make(chan float64, 1)}
	go w.probe()
	return w
}

// probe computes in bursts, and compares how long they took with how long they computed.
func (w *Watch) probe() {
	runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
	var wall, busy time.Duration
	for {
		t, cpu := time.Now(), used()
		for used()-cpu < burst && time.Since(t) < time.Second {
			for range 10_000 {
				runtime.KeepAlive(t)
			}
		}
		wall += time.Since(t)
		busy += used() - cpu
		select {
		case <-w.stop:
			w.ratio <- float64(wall) / float64(max(busy, 1))
			return
		case <-time.After(rest):
		}
	}
}

// used is how long this thread has computed.
func used() time.Duration {
	const thread = 1 // RUSAGE_THREAD, which package syscall doesn't name
	var u syscall.Rusage
	if err := syscall.Getrusage(thread, &u); err != nil {
		return time.Duration(time.Now().UnixNano()) // not Linux: the machine counts as idle
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Stop ends the measurement: took is the time since Start, slowdown is how many times longer than alone things took
// meanwhile, 1 on an idle machine.
func (w *Watch) Stop() (took time.Duration, slowdown float64) {
	took = time.Since(w.began)
	close(w.stop)
	return took, max(1, <-w.ratio)
}

// patience is how far over its limit something may be before a test fails: disks are shared too, and not measured.
const patience = 1.5

// Check ends the measurement and says, for a log, how long it took. The error is one that the program has earned: it took
// 1.5 times the limit, times the slowdown of the machine.
func (w *Watch) Check(limit time.Duration) (string, error) {
	took, slowdown := w.Stop()
	text := fmt.Sprintf("%.2f s, on a machine %.1f times slower than idle", took.Seconds(), slowdown)
	if most := time.Duration(patience * slowdown * float64(limit)); took > most {
		return text, fmt.Errorf("took %s: more than %.2f s (the limit is %v on an idle machine)", text, most.Seconds(), limit)
	}
	return text, nil
}
