package eval

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"fashionpipe/internal/nearest"
	"pgregory.net/rapid"
)

// means judges by one kind of label and gives the measures by name.
func means(t testing.TB, o Retrieval, data []float32, dim int, labels []string) map[string]float64 {
	t.Helper()
	j, err := o.Judge(context.Background(), data, dim, labels)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := Bootstrap{}.means(context.Background(), j[0].Values, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for i, name := range o.Measures() {
		out[name] = m[i]
	}
	return out
}

// pairs labels rows two by two, as photos sorted by garment are.
func pairs(n int) []string {
	labels := make([]string, n)
	for i := range labels {
		labels[i] = strconv.Itoa(i / 2)
	}
	return labels
}

// The trap of a collapsed encoder: with ties broken by row number the first neighbour of all-equal rows is row 0 or 1,
// and recall@k on pairs sorted side by side is far above chance for the first rows. It must be at chance, k/(n−1).
func TestCollapsedModelScoresAtChance(t *testing.T) {
	const n, dim = 1500, 4
	constant := make([]float32, n*dim)
	for i := range constant {
		constant[i] = 0.5
	}
	for _, data := range [][]float32{constant, make([]float32, n*dim)} { // all equal, and all zero
		m := means(t, Retrieval{K: []int{1, 100}, Metric: nearest.Cosine, Seed: 1, Workers: 2}, data, dim, pairs(n))
		if m["recall@1"] > 0.005 { // chance 0.00067: 1 hit expected, 8 here: P < 1e-5
			t.Errorf("recall@1 of equal rows is %v, chance is %v", m["recall@1"], 1.0/(n-1))
		}
		j, err := Retrieval{K: []int{1, 100}, Metric: nearest.Cosine}.Judge(context.Background(), data[:n], 1, pairs(n))
		if chance := 100.0 / (n - 1); err != nil || math.Abs(j[0].Chance[1]-chance) > 1e-9 {
			t.Errorf("recall@100 has the chance level %v, want %v (%v)", j[0].Chance[1], chance, err)
		}
		if chance := 100.0 / (n - 1); math.Abs(m["recall@100"]-chance) > 0.035 { // 5 standard errors
			t.Errorf("recall@100 of equal rows is %v, chance is %v", m["recall@100"], chance)
		}
	}
}

func TestPerfectAndHopeless(t *testing.T) {
	var near, far []float32
	for i := range 40 {
		near = append(near, float32(i/2*10)) // pairs at one place
		far = append(far, float32(i%2*1000+i))
	}
	o := Retrieval{K: []int{1, 5}, Metric: nearest.L2}
	for name, v := range means(t, o, near, 1, pairs(40)) {
		if want := map[string]float64{"precision@5": 0.2}[name]; v != 1 && math.Abs(v-want) > 1e-12 {
			t.Errorf("%s of a perfect model is %v", name, v)
		}
	}
	for name, v := range means(t, o, far, 1, pairs(40)) {
		if v != 0 {
			t.Errorf("%s of a hopeless model is %v", name, v)
		}
	}
}

func TestRetrievalProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, dim := rapid.IntRange(2, 60).Draw(r, "n"), rapid.IntRange(1, 4).Draw(r, "dim")
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		data, labels, renamed := make([]float32, n*dim), make([]string, n), make([]string, n)
		for i := range data {
			data[i] = float32(g.IntN(5))
		}
		queries, gallery := make([]bool, n), make([]bool, n)
		for i := range labels {
			if l := g.IntN(6); l > 0 {
				labels[i], renamed[i] = strconv.Itoa(l), strconv.Itoa((l*3)%7+100)
			}
			queries[i], gallery[i] = g.IntN(3) > 0, g.IntN(3) > 0
		}
		o := Retrieval{K: []int{1, 3, 90}, Metric: nearest.L2, Queries: queries, Gallery: gallery, Seed: 3, Workers: 2}
		judged, err := o.Judge(context.Background(), data, dim, labels, renamed)
		if err != nil {
			r.Fatal(err)
		}
		a, b := judged[0], judged[1]
		if len(a.Queries) == 0 { // NaN is not equal to itself
			a.Chance, b.Chance = nil, nil
		}
		if !reflect.DeepEqual(a, b) {
			r.Fatal("other names for the same labels give other values")
		}
		asked := 0
		for _, q := range queries {
			if q {
				asked++
			}
		}
		if len(a.Queries)+a.Skipped != asked {
			r.Fatalf("%d judged and %d skipped of %d", len(a.Queries), a.Skipped, asked)
		}
		for i, v := range a.Values {
			// in the order of Measures: recall@1, 3, 90; precision@1, 3, 90; r_precision; map@r
			if v[0] > v[1] || v[1] > v[2] || v[2] != 1 || v[0] != v[3] || v[7] > v[6] || slices.Min(v) < 0 || slices.Max(v) > 1 {
				r.Fatalf("query %d has impossible values %v", a.Queries[i], v)
			}
		}
	})
}

func TestJudgeRefuses(t *testing.T) {
	o := Retrieval{K: []int{1}, Metric: nearest.L2}
	if _, err := o.Judge(context.Background(), []float32{1, 2}, 1, []string{"a"}); err == nil {
		t.Error("fewer labels than rows are taken")
	}
	j, err := o.Judge(context.Background(), []float32{1, 2}, 1, []string{"", ""})
	if err != nil || j[0].Skipped != 2 || len(j[0].Values) != 0 {
		t.Errorf("rows without labels: %+v (%v)", j, err)
	}
}
