package sweep

import (
	"math"
	"strings"
	"testing"
)

// The spread of an encoder's features stands in the table over its seeds, and sorts it only if people ask for that.
func TestSpreadOfEncoders(t *testing.T) {
	axes, runs := fakeSweep(3)
	for i, r := range runs {
		r.Encoders = []Encoder{{Stage: "encoder", Spread: 0.9 - 0.1*float64(i/6) + 0.001*float64(i%3)}} // falls with the grid
	}
	runs[0].Metrics, runs[0].Missing = nil, true // the first that is read has an encoder alone
	for sort, want := range map[string]string{"": "3x3", "encoder.spread": "1x1"} {
		table, err := New(t.Context(), axes, runs, sort, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(table.Rows[0].Name, want) {
			t.Errorf("sorted by %q: %s is best, not %s", sort, table.Rows[0].Name, want)
		}
		last := len(table.Measures) - 1
		if table.Measures[last].Name != "encoder.spread" {
			t.Fatalf("the last measure is %s", table.Measures[last].Name)
		}
		for _, r := range table.Rows {
			if strings.Contains(r.Name, "grid=2x2") {
				if v := r.Cells[last]; math.Abs(v.Mean-0.801) > 1e-9 || math.Abs(v.SD-0.001) > 1e-9 || v.N != 3 || !(v.High > v.Mean) {
					t.Errorf("%s: %+v", r.Name, v)
				}
			}
		}
		if table.Baseline == nil || !math.IsNaN(table.Baseline.Cells[last].Mean) {
			t.Errorf("the baseline has no encoder: %+v", table.Baseline)
		}
	}
	for _, r := range runs {
		r.Metrics = nil
	}
	if table, err := New(t.Context(), axes, runs, "", nil); err != nil || table.Main >= 0 {
		t.Errorf("encoders alone are judged by %d, %v", table.Main, err)
	}
}
