package sweep

import (
	"fmt"
	"math"
	"testing"

	"fashionpipe/formats"
)

// clusterings are scores of ours and of the baseline, by algorithm and number of clusters.
func clusterings(ours, baseline map[string]float64) []formats.ClusterScore {
	var all []formats.ClusterScore
	add := func(role string, scores map[string]float64) {
		for name, v := range scores {
			s := formats.ClusterScore{Role: role, Clusters: role + name, By: "category", Measure: "ami", Value: v, Low: v - 0.01, High: v + 0.01}
			if _, err := fmt.Sscanf(name, "%s %d", &s.Algorithm, &s.K); err != nil {
				panic(err)
			}
			all = append(all, s)
		}
	}
	add(role, ours)
	add(baselineRole, baseline)
	return all
}

// TestBaselineOfClusters: a clustering is compared with the baseline's by the same algorithm, and where there are several with that
// of as many clusters.
func TestBaselineOfClusters(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		ours, baseline map[string]float64
		want           map[string]float64 // by the name of the measure
	}{
		"one of each":      {map[string]float64{"kmeans 13": 0.3, "meanshift 9": 0.2}, map[string]float64{"kmeans 13": 0.1, "meanshift 4": 0.15}, map[string]float64{"kmeans.category.ami": 0.1, "meanshift.category.ami": 0.15}},
		"other algorithm":  {map[string]float64{"kmeans 13": 0.3}, map[string]float64{"meanshift 13": 0.1}, map[string]float64{"kmeans.category.ami": nan}},
		"as many of two":   {map[string]float64{"kmeans 13": 0.3}, map[string]float64{"kmeans 13": 0.1, "kmeans 50": 0.2}, map[string]float64{"kmeans.category.ami": 0.1}},
		"none is as many":  {map[string]float64{"kmeans 13": 0.3}, map[string]float64{"kmeans 20": 0.1, "kmeans 50": 0.2}, map[string]float64{"kmeans.category.ami": nan}},
		"one, and another": {map[string]float64{"kmeans 13": 0.3}, map[string]float64{"kmeans 50": 0.2}, map[string]float64{"kmeans.category.ami": 0.2}},
	} {
		t.Run(name, func(t *testing.T) {
			m := &formats.Metrics{Models: []formats.MetricsModel{{Role: role, Name: "resnet18"}, {Role: baselineRole, Name: "vgg16"}},
				Retrieval: []formats.RetrievalScore{{Role: baselineRole, By: "category", Measure: "recall@1", Value: 0.5}, {Role: role, By: "category", Measure: "recall@1", Value: 0.6}},
				Clusters:  clusterings(c.ours, c.baseline)}
			runs := []*Run{{Name: "x=1", Values: []string{"1"}, Metrics: []Metrics{{Stage: "scores", Metrics: m}}}}
			table, err := New(t.Context(), []Axis{{Name: "x", Values: []string{"1"}}}, runs, "", nil)
			if err != nil || table.Baseline == nil || table.Baseline.Model != "vgg16" {
				t.Fatalf("%+v, %v", table.Baseline, err)
			}
			for i, m := range table.Measures {
				if want, ok := c.want[m.Name]; ok && table.Baseline.Cells[i].Mean != want && !(math.IsNaN(want) && math.IsNaN(table.Baseline.Cells[i].Mean)) {
					t.Errorf("%s is %v, want %v", m.Name, table.Baseline.Cells[i], want)
				}
			}
		})
	}
}

// TestSharedBaseline: the baseline has a row as far as variants share it, folded over seeds where these change it.
func TestSharedBaseline(t *testing.T) {
	for name, c := range map[string]struct {
		value func(i int) float64 // of the i-th variant's baseline
		mean  float64             // NaN: no row
		n     int
	}{
		"one for all":      {func(int) float64 { return 0.5 }, 0.5, 1},
		"one for each":     {func(i int) float64 { return 0.4 + 0.01*float64(i) }, math.NaN(), 0},
		"one for a seed":   {func(i int) float64 { return 0.4 + 0.1*float64(i%2) }, 0.45, 2},
		"another by grids": {func(i int) float64 { return 0.4 + 0.1*float64(i/4) }, math.NaN(), 0},
	} {
		axes, runs := fakeSweep(2)
		for i, r := range runs {
			for k, s := range r.Metrics[0].Retrieval {
				if s.Role == baselineRole {
					v := c.value(i)
					r.Metrics[0].Retrieval[k].Value, r.Metrics[0].Retrieval[k].Low, r.Metrics[0].Retrieval[k].High = v, v-0.01, v+0.01
				}
			}
		}
		runs[3].Metrics = nil // it has not come to that
		table, err := New(t.Context(), axes, runs, "garment.recall@1", nil)
		if err != nil {
			t.Fatal(err)
		}
		if math.IsNaN(c.mean) {
			if table.Baseline != nil {
				t.Errorf("%s: %+v, want none", name, table.Baseline)
			}
			continue
		}
		if b := table.Baseline; b == nil || math.Abs(b.Cells[table.Main].Mean-c.mean) > 1e-12 || b.Cells[table.Main].N != c.n || b.Model != "vgg16, random weights" {
			t.Errorf("%s: %+v, want %v of %d", name, b, c.mean, c.n)
		}
	}
}
