package cpu

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"pgregory.net/rapid"
)

// TestDotGeneral compares products over random axes in random order with the Go backend's.
func TestDotGeneral(t *testing.T) {
	ours, theirs := open(t), goBackend(t)
	rapid.Check(t, func(rt *rapid.T) {
		count := func(name string) int { return rapid.IntRange(0, 2).Draw(rt, name) }
		size := rapid.SampledFrom([]int{1, 2, 3, 5, 17})
		batch, contract := count("batch axes"), count("contracted axes")
		shared := make([]int, batch+contract)
		for i := range shared {
			shared[i] = size.Draw(rt, "shared dimension")
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		var in []tensor
		var contracts, batches [2][]int
		for side := range 2 {
			dims := append([]int(nil), shared...)
			for range count("crossed axes") {
				dims = append(dims, size.Draw(rt, "crossed dimension"))
			}
			perm := r.Perm(len(dims)) // axis i of the operand is perm[i] of dims
			where := make([]int, len(dims))
			for i, p := range perm {
				where[p] = i
			}
			batches[side], contracts[side] = where[:batch], where[batch:batch+contract]
			in = append(in, random(r, at(dims, perm)...))
		}
		graph := func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			return one(f.DotGeneral(x[0], contracts[0], batches[0], x[1], contracts[1], batches[1], compute.DotGeneralConfig{}))
		}
		run := func(b compute.Backend) tensor {
			e, err := build(b, in, graph)
			if err != nil {
				rt.Fatalf("%+v", err)
			}
			if own, ok := e.(*executable); ok && own.steps[0].kernel == nil {
				rt.Fatal("no kernel")
			}
			out, err := e.Execute(buffers(rt, b, in), nil, 0)
			if err != nil {
				rt.Fatal(err)
			}
			return tensors(rt, out)[0]
		}
		if d := difference(run(ours), run(theirs), 1e-5); d != "" {
			rt.Error(d)
		}
	})
}
