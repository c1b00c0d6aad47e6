package dot8

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func needed(t testing.TB) {
	if !Available() {
		t.Skip("this processor has no AVX512_VNNI, or PIPE_SIMD switches it off")
	}
}

// rounded makes rows, with the numbers they were made from and their norms.
func rounded(draw func() float32, n, width int) (r *Rows, x []float32, norm []float64) {
	x, norm = make([]float32, n*width), make([]float64, n)
	for i := range x {
		x[i] = draw()
		norm[i/width] += float64(x[i]) * float64(x[i])
	}
	for i := range norm {
		norm[i] = math.Sqrt(norm[i])
	}
	return Round(x, width, norm), x, norm
}

func TestRound(t *testing.T) {
	needed(t)
	g := rand.New(rand.NewPCG(1, 1))
	for _, width := range []int{16, 48, 512} {
		r, x, norm := rounded(func() float32 { return float32(g.NormFloat64()) }, 7, width)
		for i := range 7 {
			scale, lost, sum := r.factors[3*i], 0.0, int32(0)
			for j, v := range x[i*width : (i+1)*width] {
				q := r.q[i*width+j]
				if e := math.Abs(float64(v) - float64(scale)*float64(q)); e > 0.5001*float64(scale) {
					t.Fatalf("%v is %d × %v", v, q, scale)
				}
				lost += math.Pow(float64(v)-float64(scale)*float64(q), 2)
				sum += int32(q)
			}
			if r.starts[i] != -128*sum {
				t.Errorf("width %d: the sum of a row is kept as %d, not %d", width, r.starts[i], -128*sum)
			}
			if rest := float64(r.factors[3*i+1]); rest < math.Sqrt(lost) || rest > 1.01*math.Sqrt(lost)+1e-5*norm[i] {
				t.Errorf("width %d: rest is %v, not %v", width, rest, math.Sqrt(lost))
			}
		}
	}
}

// Bounds are what they are said to be, at all places of all shapes: the integers' products are exact.
func TestBoundsAreTheFormula(t *testing.T) {
	needed(t)
	rapid.Check(t, func(rt *rapid.T) {
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		n, cols, width := rapid.IntRange(1, 40).Draw(rt, "rows"), rapid.IntRange(1, 100).Draw(rt, "columns"), 16*rapid.IntRange(1, 20).Draw(rt, "width")
		normal := func() float32 { return float32(g.NormFloat64()) }
		a, _, _ := rounded(normal, n, width)
		b, _, norm := rounded(normal, cols, width)
		p := NewPanels(cols, width)
		for c := range cols {
			p.Set(c, b, c, norm[c]*norm[c]/2, norm[c])
		}
		ldc := (cols+NR-1)/NR*NR + 3
		dst := make([]float32, (n+MR-1)/MR*MR*ldc)
		Bounds(dst, ldc, a, p, 0, (cols+NR-1)/NR)
		for i := range n {
			for c := range cols {
				product := 0
				for k := range width {
					product += int(a.q[i*width+k]) * int(b.q[c*width+k])
				}
				f, h := a.factors[3*i:], b.factors[3*c:]
				half := norm[c] * norm[c] / 2
				want := half - float64(f[0])*float64(h[0])*float64(product) - float64(f[1])*norm[c] - float64(f[2])*float64(h[1])
				if got := float64(dst[i*ldc+c]); math.Abs(got-want) > 2*tiny*(half+float64(f[2])*norm[c]) {
					rt.Fatalf("row %d, column %d: %v, not %v", i, c, got, want)
				}
			}
		}
	})
}

// Products of the longest rows of the largest numbers fit.
func TestTheLongestRows(t *testing.T) {
	needed(t)
	for _, sign := range []float32{1, -1} {
		a, _, _ := rounded(func() float32 { return 1 }, 1, MaxWidth)
		b, _, norm := rounded(func() float32 { return sign }, 1, MaxWidth)
		p := NewPanels(1, MaxWidth)
		p.Set(0, b, 0, norm[0]*norm[0]/2, norm[0])
		dst := make([]float32, MR*NR)
		Bounds(dst, NR, a, p, 0, 1)
		truth := norm[0]*norm[0]/2 - float64(sign)*MaxWidth
		if low, slack := float64(dst[0]), Slack(a, 0, p, 0); low > truth || low+slack < truth || slack > 0.01*MaxWidth {
			t.Errorf("%v lies outside %v to %v", truth, low, low+slack)
		}
	}
}

func TestMisfits(t *testing.T) {
	needed(t)
	a, _, _ := rounded(func() float32 { return 1 }, 13, 16)
	for name, f := range map[string]func(){
		"width":      func() { Round(make([]float32, 24), 12, make([]float64, 2)) },
		"row":        func() { NewPanels(1, 32).Set(0, a, 0, 1, 1) },
		"panel":      func() { Bounds(make([]float32, 24*32), 32, a, NewPanels(32, 16), 1, 2) },
		"rows of c":  func() { Bounds(make([]float32, 13*32), 32, a, NewPanels(32, 16), 0, 1) },
		"columns":    func() { Bounds(make([]float32, 24*32), 32, a, NewPanels(64, 16), 0, 2) },
		"wide panel": func() { Bounds(make([]float32, 24*32), 32, a, NewPanels(32, 32), 0, 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: taken", name)
				}
			}()
			f()
		}()
	}
}

func BenchmarkBounds(b *testing.B) {
	needed(b)
	g := rand.New(rand.NewPCG(1, 1))
	const n, cols, width = 96, 128, 512
	normal := func() float32 { return float32(g.NormFloat64()) }
	a, _, _ := rounded(normal, n, width)
	r, _, norm := rounded(normal, cols, width)
	p := NewPanels(cols, width)
	for c := range cols {
		p.Set(c, r, c, 1, norm[c])
	}
	dst := make([]float32, n*cols)
	for b.Loop() {
		Bounds(dst, cols, a, p, 0, cols/NR)
	}
	b.ReportMetric(float64(b.N)*2*n*cols*width/b.Elapsed().Seconds()/1e9, "Gop/s")
}
