package conv

import (
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

// TestGradientIsTheDefinition compares exactly: the numbers are small integers.
func TestGradientIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		dw := drawWeights(t, s)
		n, _ := s.normal()
		x, dy := make([]float32, s.N*s.H*s.W*s.Ci), make([]float32, n.rows()*s.OW*s.Co)
		random(x, rapid.Uint64().Draw(t, "seed"))
		random(dy, 3)
		want := referenceGrad(x, dy, dw, s)
		runGradient(t, s, &dw, x, dy, rapid.IntRange(1, 5).Draw(t, "workers"))
		for i := range want {
			if float64(dw.Data[i]) != want[i] {
				t.Fatalf("weight %d: %v, want %v", i, dw.Data[i], want[i])
			}
		}
	})
}

// runGradient runs with given GOMAXPROCS, and checks that nothing else is written. It replaces the data of dw.
func runGradient(t failer, s Shape, dw *Weights, x, dy []float32, workers int) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
	g, err := NewGradient(s, workers)
	if err != nil {
		t.Fatalf("%v", err)
	}
	to, scratch := newGuarded(len(dw.Data)), newGuarded(g.ScratchLen())
	dw.Data = to.data()
	g.Run(*dw, x, dy, scratch.data())
	to.check(t, "gradient")
	scratch.check(t, "scratch")
}
