package cpu

import (
	"fmt"
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

// TestSameBits: results don't depend on the number of workers, neither when a graph is compiled nor when it runs.
func TestSameBits(t *testing.T) {
	b := open(t)
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		size := rapid.IntRange(1, 40).Draw(rt, "operations")
		var want string
		for _, workers := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(workers)
			got := fmt.Sprintf("%b", runRandom(rt, b, newRandomGraph(seed), size))
			if want != "" && got != want {
				rt.Errorf("other results with %d workers", workers)
			}
			want = got
		}
	})
}
