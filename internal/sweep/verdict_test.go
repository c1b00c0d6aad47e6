package sweep

import (
	"math"
	"strings"
	"testing"
)

func judged(t *testing.T, axes []Axis, runs []*Run) *Table {
	t.Helper()
	table, err := New(t.Context(), axes, runs, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// Where nothing is better than noise, the first sentence says that, and not who is best.
func TestVerdictBeginsWithNoise(t *testing.T) {
	axes := []Axis{{Name: "x", Values: []string{"a", "b", "c"}}, {Name: "seed", Seed: true, Values: []string{"1", "2", "3"}}}
	verdict := func(step float64) string {
		var runs []*Run
		for i, x := range axes[0].Values {
			for s, seed := range axes[1].Values {
				v := 0.5 + step*float64(i) + 0.01*float64((s+2*i)%3)
				runs = append(runs, &Run{Name: x + seed, Values: []string{x, seed}, Metrics: []Metrics{scores("scores", v, v, v)}})
			}
		}
		return strings.Join(judged(t, axes, runs).Verdict.Sentences, " ")
	}
	if s := verdict(0); !strings.HasPrefix(s, "By recall@1 (garment), no variant was found to differ significantly from the best: x=") || strings.Contains(s, "Best by") {
		t.Error(s)
	}
	if s := verdict(0.1); !strings.HasPrefix(s, "Best by recall@1 (garment): x=c") {
		t.Error(s)
	}
}

// Seeds that leave no noise between variants moved none of them, or all alike; the verdict says which.
func TestVerdictOfSeedsWithoutNoise(t *testing.T) {
	axes := []Axis{{Name: "x", Values: []string{"a", "b"}}, {Name: "seed", Seed: true, Values: []string{"1", "2"}}}
	for step, want := range map[float64]string{0: "The seeds make no difference", 0.25: "The difference is the same for every seed"} {
		var runs []*Run
		for _, x := range axes[0].Values {
			for s, seed := range axes[1].Values {
				v := 0.25 + step*float64(s)
				runs = append(runs, &Run{Name: x + seed, Values: []string{x, seed}, Metrics: []Metrics{scores("scores", v, v, v)}})
			}
		}
		if s := strings.Join(judged(t, axes, runs).Verdict.Sentences, " "); !strings.Contains(s, want) {
			t.Errorf("step %v: %s", step, s)
		}
	}
}

// Chance is what the scores of ours say, over all variants.
func TestChance(t *testing.T) {
	axes := []Axis{{Name: "x", Values: []string{"a", "b"}}}
	var runs []*Run
	for i, x := range axes[0].Values {
		m := scores("scores", 0.5, 0.5, 0.5)
		for k := range m.Retrieval {
			m.Retrieval[k].Chance = 0.1 + 0.1*float64(i)
			if m.Retrieval[k].Role == "baseline" {
				m.Retrieval[k].Chance = 0.9
			}
		}
		runs = append(runs, &Run{Name: x, Values: []string{x}, Metrics: []Metrics{m}})
	}
	table := judged(t, axes, runs)
	for i, m := range table.Measures {
		low, high := table.Chance(i)
		if strings.Contains(m.Name, "recall") != (low == 0.1 && high == 0.2) || !strings.Contains(m.Name, "recall") != math.IsNaN(low) {
			t.Errorf("%s: chance %v to %v", m.Name, low, high)
		}
	}
}
