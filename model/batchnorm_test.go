package model

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"fashionpipe/internal/rng"
)

// TestOnePassStatistics: mean and variance that XLA gets in one pass are those of float64, however large the mean is beside
// the deviation. In
// one pass without the shift nothing of the variance is left from 10⁴ on.
func TestOnePassStatistics(t *testing.T) {
	b := xlaBackend(t)
	const n, edge = 8, 14
	means := []float64{0, 1, 100, 1e4, 1e5}
	x := tensor{shape: []int{n, edge, edge, len(means)}}
	r := rng.New(1, "statistics", 0)
	for range n * edge * edge {
		for _, m := range means {
			x.data = append(x.data, float32(m+r.NormFloat64()))
		}
	}
	prog, err := compile(b, "statistics", func(g *Graph) []*Node {
		in := parameter(g, "x", x.shape)
		one := Ones(g, shapes.Make(dtypes.Float32, len(means)))
		y, mean, variance := normaliseViews(in, one, ZerosLike(one), 1)
		return []*Node{mean, variance, y}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer prog.close()
	out, err := prog.run(t.Context(), upload(x))
	if err != nil {
		t.Fatal(err)
	}
	var got [3][]float32
	for i := range got {
		if got[i], err = download(out[i]); err != nil {
			t.Fatal(err)
		}
	}
	for c := range means {
		var sum, squares float64
		for i := c; i < len(x.data); i += len(means) {
			sum += float64(x.data[i])
		}
		m := float64(n * edge * edge)
		mean := sum / m
		for i := c; i < len(x.data); i += len(means) {
			squares += (float64(x.data[i]) - mean) * (float64(x.data[i]) - mean)
		}
		variance := squares / m
		if e := math.Abs(float64(got[0][c])-mean) / math.Max(1, means[c]); e > 5e-6 {
			t.Errorf("mean of numbers about %v: %v, want %v", means[c], got[0][c], mean)
		}
		if e := math.Abs(float64(got[1][c])/variance - 1); e > 5e-5 {
			t.Errorf("variance of numbers about %v: %v, want %v", means[c], got[1][c], variance)
		}
		worst := 0.0
		for i := c; i < len(x.data); i += len(means) {
			want := (float64(x.data[i]) - mean) / math.Sqrt(variance+bnEpsilon)
			worst = math.Max(worst, math.Abs(float64(got[2][i])-want))
		}
		if worst > 1e-4 {
			t.Errorf("numbers about %v, normalised, are wrong by up to %v", means[c], worst)
		}
	}
}
