package sweep

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

func TestStudentizedRangeIsScipys(t *testing.T) {
	for _, g := range readScipys(t).Tails {
		if got := studentizedOf(g.M).tail(g.Q, g.DF); math.Abs(got-g.P) > 1e-6 {
			t.Errorf("range %v of %d with %v degrees of freedom: p is %.9g, scipy says %.9g", g.Q, g.M, g.DF, got, g.P)
		}
	}
	if p := studentizedOf(6).tail(math.Inf(1), 3); p != 0 {
		t.Errorf("an infinite range has p %v", p)
	}
}

// sweepOf is a sweep of one axis whose variants reached values, by seed; NaN: that seed failed.
func sweepOf(values [][]float64) (axes []Axis, runs []*Run) {
	axes = []Axis{{Name: "x"}, {Name: "seed", Seed: true}}
	for s := range values[0] {
		axes[1].Values = append(axes[1].Values, fmt.Sprint(s))
	}
	for i, row := range values {
		axes[0].Values = append(axes[0].Values, fmt.Sprint(i))
		for s, v := range row {
			at := []string{axes[0].Values[i], axes[1].Values[s]}
			r := &Run{Name: strings.Join(at, ","), Values: at, Problem: "failed"}
			if !math.IsNaN(v) {
				r.Problem = ""
				r.Metrics = []Metrics{{Stage: "s", Metrics: &formats.Metrics{Retrieval: []formats.RetrievalScore{
					{Role: "ours", By: "garment", Measure: "recall@1", Value: v, Low: math.NaN(), High: math.NaN()}}}}}
			}
			runs = append(runs, r)
		}
	}
	return axes, runs
}

func tableOf(t *testing.T, values [][]float64) *Table {
	t.Helper()
	axes, runs := sweepOf(values)
	table, err := New(t.Context(), axes, runs, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestTukeysTestIsScipys(t *testing.T) {
	for _, g := range readScipys(t).Tests {
		width := 0
		for _, row := range g.Rows {
			width = max(width, len(row))
		}
		var values [][]float64
		for _, row := range g.Rows {
			for len(row) < width {
				row = append(row, math.NaN())
			}
			values = append(values, row)
		}
		table := tableOf(t, values)
		if table.Blocked != g.Blocked || table.Family != len(values) || table.Rows[0].Name != "x=0" {
			t.Errorf("blocked %v, %d rows, best %s", table.Blocked, table.Family, table.Rows[0].Name)
		}
		for _, r := range table.Rows[1:] {
			want := g.P[int(r.Values[0][0]-'1')]
			if c := r.Against; c.Method != Tukey || math.Abs(c.Adjusted-want) > 1e-6 || c.P > c.Adjusted || c.Apart != (want < 0.05) {
				t.Errorf("blocked %v, row %s: %+v, scipy's p is %v", g.Blocked, r.Name, c, want)
			}
		}
	}
}

var manySweeps = flag.Int("sweeps", 300, "how many sweeps the tests of false alarms draw; -sweeps 5000 for the figures of docs/sweeps.md")

// alarms is the share of sweeps in which any of m rows is called worse, and that of those in which the last one is.
func alarms(t *testing.T, m, n int, draw func(r *rand.Rand, row int, shift float64) float64) (some, last float64) {
	t.Helper()
	r, sweeps := rng.New(1, t.Name()), *manySweeps
	if m > 20 { // these take long
		sweeps /= 5
	}
	for range sweeps {
		values := make([][]float64, m)
		for range n {
			shift := r.NormFloat64()
			for i := range values {
				values[i] = append(values[i], draw(r, i, shift))
			}
		}
		called := false
		for _, row := range tableOf(t, values).Rows {
			if row.Against != nil && row.Against.Apart {
				called = true
				if row.Values[0] == fmt.Sprint(m-1) {
					last += 1 / float64(sweeps)
				}
			}
		}
		if called {
			some += 1 / float64(sweeps)
		}
	}
	return some, last
}

// Where all variants are equal, some is called worse in no more than 5 of 100 sweeps, although each is compared with the
// luckiest; and the test is not so careful that it never calls. What a seed does to all rows together changes nothing.
func TestEqualVariantsAreNotCalledWorse(t *testing.T) {
	for _, size := range [][2]int{{2, 5}, {3, 3}, {10, 2}, {10, 5}, {10, 10}, {80, 5}} {
		for _, together := range []float64{0, 3} {
			t.Run(fmt.Sprintf("m=%d,n=%d,together=%v", size[0], size[1], together), func(t *testing.T) {
				some, _ := alarms(t, size[0], size[1], func(r *rand.Rand, _ int, shift float64) float64 {
					return 0.5 + 0.01*(r.NormFloat64()+together*shift)
				})
				t.Logf("%.3f of the sweeps", some)
				sweeps := float64(*manySweeps)
				if size[0] > 20 {
					sweeps /= 5
				}
				if some > 0.05+2.6*math.Sqrt(0.05*0.95/sweeps) || some < 0.005 {
					t.Errorf("in %.3f of the sweeps some variant is called worse", some)
				}
			})
		}
	}
}

// A few variants may spread more than others, and values may be coarse.
func TestRestlessVariantsAreNotCalledWorse(t *testing.T) {
	for name, draw := range map[string]func(r *rand.Rand, row int, shift float64) float64{
		"one spreads five times as much": func(r *rand.Rand, row int, _ float64) float64 {
			if row == 0 {
				return 0.5 + 0.05*r.NormFloat64()
			}
			return 0.5 + 0.01*r.NormFloat64()
		},
		"half spread three times as much": func(r *rand.Rand, row int, _ float64) float64 {
			return 0.5 + 0.01*r.NormFloat64()*float64(1+2*(row%2))
		},
		"twentieths":           func(r *rand.Rand, _ int, _ float64) float64 { return float64(9+r.IntN(3)) / 20 },
		"rarely two different": func(r *rand.Rand, _ int, _ float64) float64 { return 0.5 + 0.05*math.Floor(r.Float64()*1.05) },
	} {
		t.Run(name, func(t *testing.T) {
			some, _ := alarms(t, 10, 5, draw)
			t.Logf("%.3f of the sweeps", some)
			if some > 0.09 {
				t.Errorf("in %.3f of the sweeps some variant is called worse", some)
			}
		})
	}
}

// What is worse by much is found, and sooner where a seed does the same to all.
func TestWorseVariantsAreFound(t *testing.T) {
	for _, c := range []struct {
		m, n            int
		behind, atLeast float64 // standard deviations of a value
	}{{2, 5, 4, 0.95}, {6, 3, 5, 0.85}, {10, 5, 4, 0.95}, {80, 5, 4, 0.9}} {
		for _, together := range []float64{0, 3} {
			t.Run(fmt.Sprintf("m=%d,n=%d,together=%v", c.m, c.n, together), func(t *testing.T) {
				_, found := alarms(t, c.m, c.n, func(r *rand.Rand, row int, shift float64) float64 {
					v := 0.5 + 0.01*(r.NormFloat64()+together*shift)
					if row == c.m-1 {
						v -= 0.01 * c.behind
					}
					return v
				})
				t.Logf("found in %.3f of the sweeps", found)
				if found < c.atLeast {
					t.Errorf("found in %.3f of the sweeps, want %v", found, c.atLeast)
				}
			})
		}
	}
}

// Where no seed makes a difference, none can tell what is noise.
func TestSeedsWithoutEffect(t *testing.T) {
	table := tableOf(t, [][]float64{{0.6, 0.6, 0.6}, {0.6, 0.6, 0.6}, {0.5, 0.5, 0.5}})
	for _, r := range table.Rows[1:] {
		if r.Against.Method != None || r.Against.Apart {
			t.Errorf("row %s: %+v", r.Name, r.Against)
		}
	}
	// One that never changes among others that do is judged by the spread of all.
	table = tableOf(t, [][]float64{{0.6, 0.6, 0.6}, {0.58, 0.58, 0.58}, {0.61, 0.55, 0.57}, {0.2, 0.2, 0.2}})
	for i, worse := range []bool{false, false, true} {
		if c := table.Rows[i+1].Against; c.Method != Tukey || c.Apart != worse {
			t.Errorf("row %s: %+v", table.Rows[i+1].Name, c)
		}
	}
}

func TestPText(t *testing.T) {
	for p, want := range map[float64]string{1: "= 1.00", 0.643: "= 0.64", 0.0496: "= 0.050", 0.02: "= 0.020", 0.0004: "< 0.001"} {
		if got := PText(p); got != want {
			t.Errorf("%v is %q, want %q", p, got, want)
		}
	}
}
