package winograd

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func anyShape(t *rapid.T) Shape {
	s := Shape{
		N: rapid.IntRange(1, 3).Draw(t, "n"), H: rapid.IntRange(1, 17).Draw(t, "h"), W: rapid.IntRange(1, 17).Draw(t, "w"),
		Ci: rapid.SampledFrom([]int{1, 3, 15, 16, 33, 40, 70}).Draw(t, "ci"), Co: rapid.SampledFrom([]int{1, 5, 16, 33, 47, 130, 140}).Draw(t, "co"),
		PadTop: rapid.IntRange(-2, 3).Draw(t, "top"), PadLeft: rapid.IntRange(-2, 3).Draw(t, "left"),
	}
	s.OH = max(1, s.H+s.PadTop+rapid.IntRange(0, 3).Draw(t, "bottom")-2)
	s.OW = max(1, s.W+s.PadLeft+rapid.IntRange(0, 3).Draw(t, "right")-2)
	return s
}

// run computes s in fresh memory with guards, and checks that done saw every pixel once, after it was written.
func run(t interface{ Fatalf(string, ...any) }, x []float32, w Weights, s Shape) []float32 {
	n := s.N * s.OH * s.OW
	f := NewForward(s, runtime.GOMAXPROCS(0))
	y, scratch := filled(n*s.Co+1), filled(f.ScratchLen())
	for i := range scratch {
		scratch[i] = float32(math.NaN()) // what was there must not matter
	}
	seen := make([]int, n)
	var lock sync.Mutex
	f.Run(y[:n*s.Co], x, w, scratch, func(row0, row1 int) {
		lock.Lock()
		defer lock.Unlock()
		for i := row0; i < row1; i++ {
			seen[i]++
		}
		if i := slices.Index(y[row0*s.Co:row1*s.Co], guard); i >= 0 {
			t.Fatalf("%+v: done before output %d", s, i)
		}
	})
	for i, k := range seen {
		if k != 1 {
			t.Fatalf("%+v: pixel %d done %d times", s, i, k)
		}
	}
	if y[n*s.Co] != guard {
		t.Fatalf("%+v: wrote past the output", s)
	}
	return y[:n*s.Co]
}

func TestForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyShape(t)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		x, data := normal(r, s.N*s.H*s.W*s.Ci, 0), normal(r, orderLen*s.Ci*s.Co, 0)
		w := orders[rapid.SampledFrom(slices.Sorted(maps.Keys(orders))).Draw(t, "order")](data, s.Ci, s.Co)
		if rapid.Bool().Draw(t, "turned") {
			w = w.turned()
		}
		_, most := errorOf(run(t, x, w, s), direct[float64](x, w, s))
		if limit := tolerance(amplification[0], x, data, s.Ci); most > limit {
			t.Fatalf("%+v: error of %g, over %g", s, most, limit)
		}
	})
}

func TestWorkers(t *testing.T) {
	for _, s := range []Shape{{N: 3, H: 30, W: 21, Ci: 33, Co: 47, OH: 30, OW: 21, PadTop: 1, PadLeft: 1}, layer(2, 9, 70, 200)} {
		testWorkers(t, s)
	}
}

func testWorkers(t *testing.T, s Shape) {
	r := rand.New(rand.NewPCG(4, 0))
	x, w := normal(r, s.N*s.H*s.W*s.Ci, 0), hwio(normal(r, 9*s.Ci*s.Co, 0), s.Ci, s.Co)
	var first []float32
	for _, workers := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(workers)
		y := run(t, x, w, s)
		runtime.GOMAXPROCS(before)
		if first == nil {
			first = y
		}
		if !slices.Equal(y, first) {
			t.Errorf("%d workers: other bits than with one", workers)
		}
	}
}

func layer(n, size, ci, co int) Shape {
	return Shape{N: n, H: size, W: size, Ci: ci, Co: co, OH: size, OW: size, PadTop: 1, PadLeft: 1}
}

func name(s Shape) string { return fmt.Sprintf("%dx%d_%dto%d_batch%d", s.H, s.W, s.Ci, s.Co, s.N) }
