package conv

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestGradientsAreAdjoint checks that a convolution, its weight gradient and its input gradient are the three readings of
// one trilinear form: ⟨x∗w, dy⟩ = ⟨w, ∂w⟩ = ⟨x, ∂x⟩, exactly, for integers.
func TestGradientsAreAdjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		s.Ci, s.Co, s.N = s.Ci/max(1, s.Groups), s.Co/(max(1, s.Groups)*s.BatchGroups), s.N/s.BatchGroups
		s.Groups, s.BatchGroups, s.InDilH, s.InDilW = 1, 1, 1, 1
		w := drawWeights(t, s)
		x, dy := make([]float32, s.N*s.H*s.W*s.Ci), make([]float32, s.N*s.OH*s.OW*s.Co)
		for i, v := range [][]float32{x, w.Data, dy} {
			random(v, uint64(i))
		}
		back, err := s.inputGradient()
		if err != nil {
			t.Fatal(err)
		}
		y := runForward(t, s, x, w, 2)
		dx := runForward(t, back, dy, w.swapped().Reversed(s.KH, s.KW, true, true), 2)
		dw := w
		runGradient(t, s, &dw, x, dy, 2)
		want := dot(y, dy)
		if a, b := dot(dw.Data, w.Data), dot(dx, x); a != want || b != want {
			t.Fatalf("⟨y, dy⟩ = %v, ⟨w, ∂w⟩ = %v, ⟨x, ∂x⟩ = %v", want, a, b)
		}
	})
}

// TestFiniteDifference checks both gradients of Σ sin(y) against central differences of the forward pass.
func TestFiniteDifference(t *testing.T) {
	s := Shape{N: 2, H: 7, W: 6, Ci: 5, KH: 3, KW: 3, Co: 9, OH: 4, OW: 3, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1}
	x, w := make([]float32, s.N*s.H*s.W*s.Ci), oihw(make([]float32, s.Co*s.Ci*9), s.Ci, 3, 3)
	normal(x, 1)
	normal(w.Data, 2)
	loss := func() (l float64) {
		for _, v := range reference(x, w, s) {
			l += math.Sin(v)
		}
		return l
	}
	dy := runForward(t, s, x, w, 1)
	for i, v := range dy {
		dy[i] = float32(math.Cos(float64(v)))
	}
	back, err := s.inputGradient()
	if err != nil {
		t.Fatal(err)
	}
	dx := runForward(t, back, dy, w.swapped().Reversed(3, 3, true, true), 1)
	dw := w
	runGradient(t, s, &dw, x, dy, 1)
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		for _, p := range []struct{ at, grad []float32 }{{x, dx}, {w.Data, dw.Data}} {
			i := r.IntN(len(p.at))
			const h = 1.0 / 1024
			was := p.at[i]
			p.at[i] = was + h
			up := loss()
			p.at[i] = was - h
			got, want := float64(p.grad[i]), (up-loss())/(2*h)
			if p.at[i] = was; math.Abs(got-want) > 1e-3*(1+math.Abs(want)) {
				t.Errorf("gradient %v, differences give %v", got, want)
			}
		}
	}
}

// TestSameBitsForAnyWorkers uses numbers that round, and layers of each kind of plan.
func TestSameBitsForAnyWorkers(t *testing.T) {
	for _, s := range []Shape{
		{N: 2, H: 30, W: 30, Ci: 3, KH: 7, KW: 7, Co: 40, OH: 15, OW: 15, StrideH: 2, StrideW: 2, PadTop: 3, PadLeft: 3},
		{N: 3, H: 20, W: 20, Ci: 24, KH: 3, KW: 3, Co: 40, OH: 20, OW: 20, PadTop: 1, PadLeft: 1},
		{N: 24, H: 2, W: 2, Ci: 40, KH: 3, KW: 3, Co: 300, OH: 2, OW: 2, PadTop: 1, PadLeft: 1},
		{N: 2, H: 9, W: 9, Ci: 40, KH: 3, KW: 3, Co: 30, OH: 18, OW: 18, PadTop: 1, PadLeft: 1, InDilH: 2, InDilW: 2},
	} {
		x, dy := make([]float32, s.N*s.H*s.W*s.Ci), make([]float32, s.N*s.OH*s.OW*s.Co)
		w := oihw(make([]float32, s.Co*s.Ci*s.KH*s.KW), s.Ci, s.KH, s.KW)
		for i, v := range [][]float32{x, w.Data, dy} {
			normal(v, uint64(i))
		}
		var y, g []float32
		for _, workers := range []int{1, 2, 5} {
			y2 := runForward(t, s, x, w, workers)
			dw := w
			runGradient(t, s, &dw, x, dy, workers)
			if workers > 1 && (!slices.Equal(y, y2) || !slices.Equal(g, dw.Data)) {
				t.Errorf("%+v: %d workers give other bits than one", s, workers)
			}
			y, g = y2, dw.Data
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, s := range []Shape{
		{N: -1}, {N: 1, Ci: 3, Groups: 2}, {N: 2, Ci: 2, Co: 4, Groups: 2, BatchGroups: 2}, {StrideH: -1}, {N: 3, BatchGroups: 2},
	} {
		if _, err := NewForward(s, 1); err == nil {
			t.Errorf("forward took %+v", s)
		}
		if _, err := NewGradient(s, 1); err == nil {
			t.Errorf("gradient took %+v", s)
		}
	}
}

func TestRefusesWrongLengths(t *testing.T) {
	s := Shape{N: 1, H: 4, W: 4, Ci: 2, KH: 3, KW: 3, Co: 3, OH: 2, OW: 2}
	f, _ := NewForward(s, 1)
	g, _ := NewGradient(s, 1)
	x, y, w := make([]float32, 32), make([]float32, 12), oihw(make([]float32, 54), 2, 3, 3)
	scratch := make([]float32, max(f.ScratchLen(), g.ScratchLen()))
	for name, run := range map[string]func(){
		"output":           func() { f.Run(y[1:], x, w, scratch, nil) },
		"input":            func() { f.Run(y, x[1:], w, scratch, nil) },
		"scratch":          func() { f.Run(y, x, w, scratch[:f.ScratchLen()-1], nil) },
		"gradient input":   func() { g.Run(w, x[1:], y, scratch) },
		"gradient output":  func() { g.Run(w, x, y[1:], scratch) },
		"gradient scratch": func() { g.Run(w, x, y, scratch[:g.ScratchLen()-1]) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("took a wrong length of %s", name)
				}
			}()
			run()
		}()
	}
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func normal(x []float32, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 5))
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
}

// TestRunsAllocateLittle: goroutines and a few headers, but nothing that grows with the shape.
func TestRunsAllocateLittle(t *testing.T) {
	s := Shape{N: 2, H: 20, W: 20, Ci: 24, KH: 3, KW: 3, Co: 40, OH: 20, OW: 20, PadTop: 1, PadLeft: 1}
	x, y := make([]float32, s.N*s.H*s.W*s.Ci), make([]float32, s.N*s.OH*s.OW*s.Co)
	w := oihw(make([]float32, s.Co*s.Ci*9), s.Ci, 3, 3)
	f, err := NewForward(s, 2)
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGradient(s, 2)
	if err != nil {
		t.Fatal(err)
	}
	scratch := make([]float32, max(f.ScratchLen(), g.ScratchLen()))
	f.Run(y, x, w, scratch, nil)
	g.Run(w, x, y, scratch)
	if n := testing.AllocsPerRun(20, func() { f.Run(y, x, w, scratch, nil); g.Run(w, x, y, scratch) }); n > 40 {
		t.Errorf("%v allocations", n)
	}
}
