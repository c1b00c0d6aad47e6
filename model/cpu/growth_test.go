package cpu

import (
	"runtime"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas
	gomlx "github.com/gomlx/gomlx/core/tensors"
)

// TestNoGrowth trains: steps leave no memory behind, neither the garbage collector's nor slabs, which are not its.
func TestNoGrowth(t *testing.T) {
	steps := 10_000
	if testing.Short() {
		steps = 1000
	}
	const c = 4
	b := open(t)
	exec := MustNewExec(b, func(in []*Node) []*Node {
		x, weights := in[0], in[1:]
		y := MaxPool(normBlock(x, weights[0], weights[1], weights[2], true)).Window(2).Done()
		loss := ReduceAllMean(Square(y))
		out := []*Node{loss}
		for i, g := range Gradient(loss, weights...) {
			out = append(out, Sub(weights[i], MulScalar(g, 0.01)))
		}
		return out
	})
	x, weights := tensorOf(1, 4, 4, c), []*gomlx.Tensor{tensorOf(3, 3, c, c), tensorOf(c), tensorOf(c)}
	memory := func() (heap uint64, slabs int64) {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, liveSlabs.Load()
	}
	var heap uint64
	var slabs int64
	for i := range steps {
		if i == steps/10 {
			heap, slabs = memory()
			if slabs == 0 {
				t.Fatal("no slabs: nothing is tested")
			}
		}
		in := []any{x}
		for _, w := range weights {
			in = append(in, must1(DonateTensorBuffer(w, b, 0)))
		}
		out := exec.MustCall(in...)
		out[0].MustFinalizeAll()
		weights = out[1:]
	}
	heapAfter, slabsAfter := memory()
	if heapAfter > heap+256<<10 {
		t.Errorf("%d steps took %d KB for good", steps*9/10, (heapAfter-heap)>>10)
	}
	if slabsAfter > slabs {
		t.Errorf("%d slabs after %d steps, %d before", slabsAfter, steps*9/10, slabs)
	}
}
