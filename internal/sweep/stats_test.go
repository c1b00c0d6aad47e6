package sweep

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestStatisticsAreScipys compares with testdata/golden.json, made by testdata/golden.py.
func TestStatisticsAreScipys(t *testing.T) {
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden []struct {
		Name                            string
		A, B                            []float64
		Mean, SD, Low, High, Difference float64
		P                               float64
		DLow                            float64 `json:"difference_low"`
		DHigh                           float64 `json:"difference_high"`
	}
	if err := json.Unmarshal(b, &golden); err != nil || len(golden) < 4 {
		t.Fatalf("%d samples: %v", len(golden), err)
	}
	for _, g := range golden {
		v, c := overSeeds(g.A), welch(overSeeds(g.A), overSeeds(g.B))
		for _, x := range []struct {
			name      string
			got, want float64
		}{
			{"mean", v.Mean, g.Mean}, {"sd", v.SD, g.SD}, {"low", v.Low, g.Low}, {"high", v.High, g.High},
			{"difference", c.Difference, g.Difference}, {"p", c.P, g.P}, {"difference low", c.Low, g.DLow}, {"difference high", c.High, g.DHigh},
		} {
			if math.Abs(x.got-x.want) > 1e-8*math.Max(math.Abs(x.want), 1e-3) {
				t.Errorf("%s: %s is %.12g, scipy says %.12g", g.Name, x.name, x.got, x.want)
			}
		}
	}
}

func TestWelchWithoutSpread(t *testing.T) {
	same := overSeeds([]float64{0.5, 0.5})
	if c := welch(same, same); c.P != 1 {
		t.Errorf("equal constants: p is %v, want 1", c.P)
	}
	if c := welch(overSeeds([]float64{0.4, 0.4}), same); c.P != 0 || c.Low != c.Difference {
		t.Errorf("different constants: %+v", c)
	}
}

func TestFewSeedsHaveNoInterval(t *testing.T) {
	if v := overSeeds(nil); v.N != 0 || !math.IsNaN(v.Mean) || !math.IsNaN(v.Low) {
		t.Errorf("no seeds: %+v", v)
	}
	if v := overSeeds([]float64{0.3}); v.Mean != 0.3 || !math.IsNaN(v.SD) || !math.IsNaN(v.High) {
		t.Errorf("one seed: %+v", v)
	}
}

func TestHolm(t *testing.T) {
	// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
	if got, want := holm([]float64{0.01, 0.04, 0.03, 0.005}), []float64{0.03, 0.06, 0.06, 0.02}; !near(got, want) {
		t.Errorf("holm gives %v, want %v", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		ps := rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(t, "p")
		got := holm(ps)
		for i, p := range ps {
			if got[i] < p || got[i] > 1 || got[i] > math.Min(1, float64(len(ps))*p)+1e-15 && got[i] > slices.Max(ps)*float64(len(ps)) {
				t.Fatalf("%v becomes %v", ps, got)
			}
			for j, q := range ps {
				if p < q && got[i] > got[j] {
					t.Fatalf("the order of %v is lost in %v", ps, got)
				}
			}
		}
	})
}

func near(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < 1e-12 })
}

// An interval of 95 % holds the truth in about 95 of 100 samples, and Welch's test calls a difference that is none
// real in about 5.
func TestCoverage(t *testing.T) {
	r := newRand(t)
	const samples = 4000
	holds, calls := 0, 0
	for range samples {
		draw := func(n int, sd float64) Value {
			var x []float64
			for range n {
				x = append(x, 0.6+sd*r.NormFloat64())
			}
			return overSeeds(x)
		}
		a, b := draw(4, 0.02), draw(6, 0.01)
		if a.Low <= 0.6 && 0.6 <= a.High {
			holds++
		}
		if welch(a, b).P < 0.05 {
			calls++
		}
	}
	if share := float64(holds) / samples; share < 0.935 || share > 0.965 {
		t.Errorf("%.3f of the intervals hold the truth", share)
	}
	if share := float64(calls) / samples; share > 0.06 {
		t.Errorf("%.3f of the tests see a difference that is none", share)
	}
}
