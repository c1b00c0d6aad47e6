package sweep

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

func newRand(t *testing.T) *rand.Rand { return rng.New(1, t.Name()) }

// scores is what an evaluate stage says: recall by garment and category, and one clustering.
func scores(stage string, recall, category, ami float64) Metrics {
	nan := math.NaN()
	m := &formats.Metrics{Confidence: 0.95, Resamples: 100, Models: []formats.MetricsModel{{Role: "ours", Embeddings: "e"}, {Role: "baseline", Name: "vgg16", Random: true, Embeddings: "b"}}}
	for by, v := range map[string]float64{"category": category} {
		m.Retrieval = append(m.Retrieval, formats.RetrievalScore{Role: "ours", By: by, Measure: "recall@1", Value: v, Low: v - 0.03, High: v + 0.03})
	}
	m.Retrieval = append(m.Retrieval,
		formats.RetrievalScore{Role: "ours", By: "garment", Measure: "recall@1", Value: recall, Low: recall - 0.02, High: recall + 0.02},
		formats.RetrievalScore{Role: "ours", By: "garment", Measure: "recall@5", Value: recall + 0.1, Low: nan, High: nan},
		formats.RetrievalScore{Role: "baseline", By: "garment", Measure: "recall@1", Value: 0.55, Low: 0.52, High: 0.58})
	for _, measure := range []string{"nmi", "ami"} {
		m.Clusters = append(m.Clusters, formats.ClusterScore{Role: "ours", Clusters: "k", Algorithm: "kmeans", By: "category", Measure: measure, Value: ami, Low: nan, High: nan})
	}
	return Metrics{Stage: stage, Metrics: m, Clusterings: map[string]string{"k": "groups"}}
}

// fakeSweep is grids × crops × seeds; recall grows with the grid, and hardly with the crop.
func fakeSweep(seeds int) ([]Axis, []*Run) {
	axes := []Axis{{Name: "grid", Values: []string{"1x1", "2x2", "3x3"}}, {Name: "crop", Values: []string{"center", "random"}}, {Name: "seed", Seed: true}}
	for s := range seeds {
		axes[2].Values = append(axes[2].Values, fmt.Sprint(s+1))
	}
	r := rng.New(1, "fake")
	var runs []*Run
	for g, grid := range axes[0].Values {
		for c, crop := range axes[1].Values {
			for _, seed := range axes[2].Values {
				v := 0.5 + 0.05*float64(g) + 0.002*float64(c) + 0.004*r.NormFloat64()
				values := []string{grid, crop, seed}
				runs = append(runs, &Run{Name: "grid=" + strings.Join(values, ","), Values: values, Metrics: []Metrics{scores("scores", v, v+0.2, v/2)}})
			}
		}
	}
	return axes, runs
}
