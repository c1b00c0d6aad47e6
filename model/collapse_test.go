package model

import (
	"math"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// TestMeasures checks the measures on features whose values are known.
func TestMeasures(t *testing.T) {
	const n, d = 400, 16
	r := rng.New(3, "features")
	spread, constant, line := make([]float32, n*d), make([]float32, n*d), make([]float32, n*d)
	for i := range n {
		length := float32(1 + i%3)
		for j := range d {
			spread[i*d+j] = float32(r.NormFloat64())
			constant[i*d+j] = 2
			line[i*d+j] = length * float32(j)
		}
	}
	scaled := make([]float32, n*d)
	for i, v := range spread {
		scaled[i] = v * 1e-3
	}
	for _, c := range []struct {
		name        string
		whole, cell []float32
		std, rank   float64
		pair        float64
	}{
		{"spread evenly", spread, spread, 1, d, 0},
		{"short, spread evenly", scaled, scaled, 1, d, 0},
		{"views unrelated", spread, shifted(spread, d), 1, d, 1},
		{"constant", constant, constant, 0, 1, 1},
		{"on a line", line, line, 0, 1, 0},
	} {
		m := measureCollapse(c.whole, c.cell, n, d, 1)
		if math.Abs(m.StdRatio-c.std) > 0.03 || math.Abs(m.EffectiveRank-c.rank) > 0.3 || math.Abs(m.PairRatio-c.pair) > 0.1 {
			t.Errorf("%s: %+v, want std %v, rank %v, pair ratio %v", c.name, m, c.std, c.rank, c.pair)
		}
	}
	if got, want := measureCollapse(constant, constant, n, d, 1).LogNorm, math.Log(2*math.Sqrt(d)); math.Abs(got-want) > 1e-6 {
		t.Errorf("log norm %v, want %v", got, want)
	}
	zero := measureCollapse(make([]float32, n*d), make([]float32, n*d), n, d, 1)
	if zero.StdRatio != 0 || zero.EffectiveRank != 1 || zero.PairRatio != 1 || math.IsInf(zero.LogNorm, 0) || zero.LogNorm > -80 {
		t.Errorf("zero features: %+v", zero)
	}
}

// TestRemedies: each loss has its own, and a loss of another program's encoder has one too.
func TestRemedies(t *testing.T) {
	for _, l := range losses {
		if l.remedy == "" || !strings.Contains(CollapseText(formats.EncoderInfo{Loss: l.name}), l.remedy) {
			t.Errorf("%s: %s", l.name, CollapseText(formats.EncoderInfo{Loss: l.name}))
		}
	}
	if text := CollapseText(formats.EncoderInfo{Loss: "other"}); !strings.HasSuffix(text, "Train with a lower lr or fewer epochs") {
		t.Error(text)
	}
}

// shifted moves each feature to the next row.
func shifted(x []float32, d int) []float32 { return append(append([]float32(nil), x[d:]...), x[:d]...) }

// TestVerdict: a network that was never trained is not called collapsed; one that training has collapsed is. The
// pull-only loss collapses here because the two views are of different photos, so only a constant feature fits.
func TestVerdict(t *testing.T) {
	im := newFakeImages(64, 16, 16)
	im.cell = append(im.cell[1:], im.cell[0])
	cfg := smallConfig("mse")
	cfg.Batch, cfg.Epochs, cfg.LR = 16, 100, 1e-2
	r := mustTrain(t, im, cfg, Hooks{})
	if !r.Info.Collapsed {
		t.Errorf("collapsed encoder not noticed: %+v", r.Info.Collapse)
	}
	start := formats.Collapse{StdRatio: r.History[0].FeatureStd * math.Sqrt(float64(r.Info.Dim))}
	if collapsed(start, start) {
		t.Errorf("untrained network called collapsed: %+v", start)
	}
	if !collapsed(formats.Collapse{StdRatio: 0.01}, formats.Collapse{StdRatio: 0.01}) {
		t.Error("constant encoder not noticed")
	}
	if !collapsed(start, formats.Collapse{StdRatio: math.NaN()}) {
		t.Error("NaN not noticed")
	}
}
