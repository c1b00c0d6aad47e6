package sweep

import (
	"strings"
	"testing"

	"fashionpipe/formats"
)

// Sorted by background sensitivity the least is best, by seeds and by intervals, and the worse ones are told apart.
func TestLessIsBetter(t *testing.T) {
	for _, seeds := range []int{1, 3} {
		axes, runs := fakeSweep(seeds)
		for i, r := range runs {
			v := 0.1 + 0.1*float64(i/(2*seeds)) + 0.001*float64(i%3) // grows with the grid
			r.Metrics[0].Background = append(r.Metrics[0].Background,
				formats.BackgroundScore{Role: "ours", Measure: "sensitivity", Value: v, Low: v - 0.01, High: v + 0.01},
				formats.BackgroundScore{Role: "ours", Measure: "garment@5", Value: 1 - v, Low: 1 - v, High: 1 - v},
				formats.BackgroundScore{Role: "baseline", Measure: "sensitivity", Value: 0})
		}
		table, err := New(t.Context(), axes, runs, "background.sensitivity", nil)
		if err != nil {
			t.Fatal(err)
		}
		best, last := table.Rows[0], table.Rows[len(table.Rows)-1]
		if !strings.Contains(best.Name, "1x1") || !strings.Contains(last.Name, "3x3") {
			t.Errorf("%d seeds: best %s, last %s", seeds, best.Name, last.Name)
		}
		if c := last.Against; c == nil || !c.Apart || c.Difference <= 0 || c.Overlap {
			t.Errorf("%d seeds: the last against the best: %+v", seeds, c)
		}
		if s := strings.Join(table.Verdict.Sentences, " "); !strings.Contains(s, "Best by sensitivity (background)") || strings.Contains(s, "-0.") {
			t.Errorf("%d seeds: %s", seeds, s)
		}
		table, err = New(t.Context(), axes, runs, "background.garment@5", nil)
		if err != nil || !strings.Contains(table.Rows[0].Name, "1x1") {
			t.Errorf("%d seeds: by garments %s is best, %v", seeds, table.Rows[0].Name, err)
		}
		if table, err = New(t.Context(), axes, runs, "", nil); err != nil || table.Measures[table.Main].By != "garment" {
			t.Errorf("sorted by %+v, %v", table.Measures[table.Main], err)
		}
	}
}
