package cpu

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/gomlx/compute"
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

// TestSameBitsTail: nor do they where an operation is left to GoMLX's Go backend.
func TestSameBitsTail(t *testing.T) {
	b := open(t)
	r := rand.New(rand.NewPCG(11, 12))
	x := tensor{make([]float64, 64*64*8), []int{1, 64, 64, 8}}
	source := tensor{make([]float64, 62*62*8), []int{1, 62, 62, 8}}
	for _, a := range []tensor{x, source} {
		for i := range a.flat.([]float64) {
			a.flat.([]float64)[i] = r.NormFloat64()
		}
	}
	in := []tensor{x, source}
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		return one(f.SelectAndScatterMax(x[0], x[1], []int{1, 3, 3, 1}, []int{1, 1, 1, 1}, nil))
	})
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want []float64
	for _, workers := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(workers)
		out, err := e.Execute(buffers(t, b, in), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := tensors(t, out)[0].flat.([]float64)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("other results with %d workers", workers)
		}
	}
}
