package conv

import (
	"runtime"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestForwardIsTheDefinition compares exactly: the numbers are small integers.
func TestForwardIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		w := drawWeights(t, s)
		random(w.Data, rapid.Uint64().Draw(t, "seed"))
		x := make([]float32, s.N*s.H*s.W*s.Ci)
		random(x, 2)
		got := runForward(t, s, x, w, rapid.IntRange(1, 5).Draw(t, "workers"))
		for i, want := range reference(x, w, s) {
			if float64(got[i]) != want {
				t.Fatalf("output %d: %v, want %v", i, got[i], want)
			}
		}
	})
}

// failer is what *testing.T and *rapid.T share.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// runForward runs with given GOMAXPROCS, and checks that nothing else is written and that done is called once for each
// pixel, after its results are there.
func runForward(t failer, s Shape, x []float32, w Weights, workers int) []float32 {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
	f, err := NewForward(s, workers)
	if err != nil {
		t.Fatalf("%v", err)
	}
	s = f.Shape()
	y, scratch := newGuarded(s.rows()*s.OW*s.Co), newGuarded(f.ScratchLen())
	var lock sync.Mutex
	counts := make([]int, s.rows()*s.OW)
	f.Run(y.data(), x, w, scratch.data(), func(row0, row1 int) {
		lock.Lock()
		defer lock.Unlock()
		for i := row0; i < row1; i++ {
			counts[i]++
			if slices.Contains(y.data()[i*s.Co:(i+1)*s.Co], untouched) {
				t.Fatalf("pixel %d isn't finished", i)
			}
		}
	})
	y.check(t, "output")
	scratch.check(t, "scratch")
	for i, c := range counts {
		if c != 1 && s.Co > 0 {
			t.Fatalf("pixel %d: done %d times", i, c)
		}
	}
	return y.data()
}
