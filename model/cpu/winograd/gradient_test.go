package winograd

import (
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// directGrad is the weight gradient by its definition, laid out as hwio.
func directGrad[T float32 | float64](x, dy []float32, s Shape) []T {
	dw := make([]T, 9*s.Ci*s.Co)
	s.eachProduct(func(out, in, tap int) {
		for ci := range s.Ci {
			for co := range s.Co {
				dw[(tap*s.Ci+ci)*s.Co+co] += T(x[in*s.Ci+ci]) * T(dy[out*s.Co+co])
			}
		}
	})
	return dw
}

// runGrad gives the gradient laid out as hwio, computed with dw in any order, and checks what it didn't have to write.
func runGrad(t interface{ Fatalf(string, ...any) }, x, dy []float32, s Shape, order string) []float32 {
	g := NewGradient(s, runtime.GOMAXPROCS(0))
	data, scratch := filled(orderLen*s.Ci*s.Co), make([]float32, g.ScratchLen())
	for i := range scratch {
		scratch[i] = float32(math.NaN())
	}
	dw := orders[order](data, s.Ci, s.Co)
	g.Run(dw, x, dy, scratch)
	result := make([]float32, 9*s.Ci*s.Co)
	for i := range result {
		to := dw.at(i/(s.Ci*s.Co), i/s.Co%s.Ci, i%s.Co)
		result[i], *to = *to, guard
	}
	if i := slices.IndexFunc(data, func(v float32) bool { return v != guard }); i >= 0 {
		t.Fatalf("%+v: wrote to %d, which is no tap", s, i)
	}
	return result
}

func TestWeightGrad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyShape(t)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		x, dy := normal(r, s.N*s.H*s.W*s.Ci, 0), normal(r, s.N*s.OH*s.OW*s.Co, 0)
		order := rapid.SampledFrom(slices.Sorted(maps.Keys(orders))).Draw(t, "order")
		_, most := errorOf(runGrad(t, x, dy, s, order), directGrad[float64](x, dy, s))
		if limit := tolerance(amplification[1], x, dy, newTiling(s, tile4).tiles()); most > limit {
			t.Fatalf("%+v: error of %g, over %g", s, most, limit)
		}
	})
}

func TestWeightGradWorkers(t *testing.T) {
	s := Shape{N: 3, H: 50, W: 41, Ci: 33, Co: 47, OH: 50, OW: 41, PadTop: 1, PadLeft: 1}
	r := rand.New(rand.NewPCG(4, 0))
	x, dy := normal(r, s.N*s.H*s.W*s.Ci, 0), normal(r, s.N*s.OH*s.OW*s.Co, 0)
	var first []float32
	for _, workers := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(workers)
		dw := runGrad(t, x, dy, s, "hwio")
		runtime.GOMAXPROCS(before)
		if first == nil {
			first = dw
		}
		if !slices.Equal(dw, first) {
			t.Errorf("%d workers: other bits than with one", workers)
		}
	}
}
