package sweep

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// golden.json, made by testdata/golden.py.
type scipys struct {
	Means []struct {
		Values              []float64
		Mean, SD, Low, High float64
	}
	Tails []struct {
		Q, DF, P float64
		M        int
	}
	Tests []struct {
		Blocked bool
		Rows    [][]float64
		P       []float64
	}
	Signs []struct {
		Won, Lost int
		P         float64
	}
}

func readScipys(t *testing.T) scipys {
	t.Helper()
	var s scipys
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &s); err != nil || len(s.Means) < 4 || len(s.Tails) < 100 || len(s.Tests) < 2 || len(s.Signs) < 4 {
		t.Fatalf("%+v: %v", s, err)
	}
	return s
}

func TestMeansAreScipys(t *testing.T) {
	for _, g := range readScipys(t).Means {
		v := overSeeds(g.Values)
		for _, x := range []struct {
			name      string
			got, want float64
		}{{"mean", v.Mean, g.Mean}, {"sd", v.SD, g.SD}, {"low", v.Low, g.Low}, {"high", v.High, g.High}} {
			if math.Abs(x.got-x.want) > 1e-8*math.Max(math.Abs(x.want), 1e-3) {
				t.Errorf("%v: %s is %.12g, scipy says %.12g", g.Values, x.name, x.got, x.want)
			}
		}
	}
}

func TestFewSeedsHaveNoInterval(t *testing.T) {
	if v := overSeeds(nil); v.N != 0 || !math.IsNaN(v.Mean) || !math.IsNaN(v.Low) {
		t.Errorf("no seeds: %+v", v)
	}
	if v := overSeeds([]float64{0.3, 0.3}); v.Mean != 0.3 || v.SD != 0 || !math.IsNaN(v.Low) || !math.IsNaN(v.High) {
		t.Errorf("two seeds that agree: %+v", v)
	}
	if v := overSeeds([]float64{0.3}); v.Mean != 0.3 || !math.IsNaN(v.SD) || !math.IsNaN(v.High) {
		t.Errorf("one seed: %+v", v)
	}
}

// An interval of 95 % holds the truth in about 95 of 100 samples.
func TestCoverage(t *testing.T) {
	r := newRand(t)
	const samples = 4000
	holds := 0
	for range samples {
		var x []float64
		for range 4 {
			x = append(x, 0.6+0.02*r.NormFloat64())
		}
		if a := overSeeds(x); a.Low <= 0.6 && 0.6 <= a.High {
			holds++
		}
	}
	if share := float64(holds) / samples; share < 0.935 || share > 0.965 {
		t.Errorf("%.3f of the intervals hold the truth", share)
	}
}
