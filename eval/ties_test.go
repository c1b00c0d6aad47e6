package eval

import (
	"context"
	"math"
	"testing"

	"fashionpipe/internal/nearest"
)

// overSeeds gives each measure's mean over seeds, and the standard error of that mean.
func overSeeds(t *testing.T, o Retrieval, seeds uint64, data []float32, labels []string) (mean, deviation map[string]float64) {
	t.Helper()
	mean, deviation = map[string]float64{}, map[string]float64{}
	for o.Seed = range seeds {
		for name, v := range means(t, o, data, 1, labels) {
			mean[name] += v / float64(seeds)
			deviation[name] += v * v / float64(seeds)
		}
	}
	for name, m := range mean {
		deviation[name] = math.Sqrt(max(0, deviation[name]-m*m) / float64(seeds))
	}
	return mean, deviation
}

// Over the seeds, values with ties have the mean over all orders of the ties: here all listed by the golden script, and of
// nDCG equal to scikit-learn's, which averages over ties.
func TestTiesHaveTheirExpectedValue(t *testing.T) {
	g := readGolden(t).Tied
	o := Retrieval{K: []int{g.K}, Metric: nearest.L2}
	mean, deviation := overSeeds(t, o, 3000, g.Data, texts(g.Labels))
	if len(g.Values) != len(mean) {
		t.Fatalf("%d golden values for %d measures", len(g.Values), len(mean))
	}
	for name, want := range g.Values {
		if d := deviation[name]; math.Abs(mean[name]-want) > 4.5*d+1e-12 || d > 0.01 {
			t.Errorf("%s is %.4f ± %.4f over the seeds, want %.4f", name, mean[name], d, want)
		}
	}
}

// Rows that are all equal, as those of a collapsed model, score at the chance level that stands beside every value.
func TestAllEqualRowsScoreAtChance(t *testing.T) {
	data, labels := make([]float32, 30), make([]string, 30)
	for i := range data {
		data[i], labels[i] = 0.25, []string{"a", "b", "b", "c", "c"}[i%5]
	}
	for _, k := range [][]int{{1, 4, 7}, {3}, {100}} {
		scoresAtChance(t, Retrieval{K: k, Metric: nearest.Cosine}, data, labels)
	}
}

// So they do in a gallery of other rows, which holds some queries' own photos, one of them by another label.
func TestAllEqualRowsScoreAtChanceInAGallery(t *testing.T) {
	data, labels, queries, gallery := make([]float32, 30), make([]string, 30), make([]bool, 30), make([]bool, 30)
	for i := range data {
		labels[i], queries[i], gallery[i] = []string{"a", "b", "b", "c", "c"}[i%5], i < 12, i >= 12
	}
	own := map[int32]int32{0: 15, 3: 13, 4: 29, 9: 12}
	scoresAtChance(t, Retrieval{K: []int{1, 4, 7}, Metric: nearest.L2, Queries: queries, Gallery: gallery, Own: own}, data, labels)
}

// scoresAtChance wants every measure to be at its chance level in the mean over seeds.
func scoresAtChance(t *testing.T, o Retrieval, data []float32, labels []string) {
	t.Helper()
	j, err := o.Judge(context.Background(), data, 1, labels)
	if err != nil {
		t.Fatal(err)
	}
	mean, deviation := overSeeds(t, o, 1500, data, labels)
	for i, name := range o.Measures() {
		if d, want := deviation[name], j[0].Chance[i]; math.Abs(mean[name]-want) > 4.5*d+1e-12 || d > 0.01 {
			t.Errorf("%s is %.5f ± %.5f over the seeds, by chance it is %.5f", name, mean[name], d, want)
		}
	}
}
