package eval

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"fashionpipe/internal/nearest"
)

type golden struct {
	Retrieval []struct {
		Name, Metric     string
		Dim              int
		K                []int
		Data             []float32
		Labels           []int64
		Queries, Gallery []bool
		Scored, Skipped  int
		Values           map[string]float64
		Merged           *float64 // r_precision where labels are float32
	}
	Tied struct {
		K      int
		Data   []float32
		Labels []int64
		Values map[string]float64
	}
	Agreement []struct {
		Name     string
		Classes  []int64
		Clusters []int32
		Values   map[string]float64
	}
	Silhouette []struct {
		Name     string
		Dim      int
		Data     []float32
		Clusters []int32
		Values   []float64
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func texts(labels []int64) []string {
	out := make([]string, len(labels))
	for i, l := range labels {
		if l >= 0 {
			out[i] = "label " + strconv.FormatInt(l, 10)
		}
	}
	return out
}

func TestRetrievalEqualsPyTorchMetricLearning(t *testing.T) {
	for _, c := range readGolden(t).Retrieval {
		o := Retrieval{K: c.K, Metric: nearest.Metric(c.Metric), Queries: c.Queries, Gallery: c.Gallery, Workers: 2}
		all := make([]string, len(c.Labels)) // a second kind that asks for more neighbours must not disturb the first
		for i := range all {
			all[i] = "same"
		}
		got, err := o.Judge(context.Background(), c.Data, c.Dim, texts(c.Labels), all)
		if err != nil {
			t.Fatal(err)
		}
		if len(got[0].Queries) != c.Scored || got[0].Skipped != c.Skipped {
			t.Errorf("%s: %d queries and %d skipped, want %d and %d", c.Name, len(got[0].Queries), got[0].Skipped, c.Scored, c.Skipped)
		}
		means, _, err := Bootstrap{}.means(context.Background(), got[0].Values, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Values) != len(o.Measures()) {
			t.Fatalf("%s: %d golden values for %d measures", c.Name, len(c.Values), len(o.Measures()))
		}
		for i, m := range o.Measures() {
			if want, ok := c.Values[m]; !ok || !(math.Abs(means[i]-want) <= tolerance(m)) {
				t.Errorf("%s: %s is %.9f, want %.9f", c.Name, m, means[i], want)
			}
			if m == "r_precision" && c.Merged != nil && math.Abs(means[i]-*c.Merged) < 1e-3 {
				t.Errorf("%s: labels that float32 runs together give %.9f too: the case tells nothing", c.Name, *c.Merged)
			}
		}
	}
}

// tolerance is how near a measure must come: the library takes reciprocal ranks as float32.
func tolerance(measure string) float64 {
	if strings.HasPrefix(measure, "mrr@") {
		return 1e-7
	}
	return 1e-9
}

func TestAgreementEqualsScikitLearn(t *testing.T) {
	for _, c := range readGolden(t).Agreement {
		table, err := Tabulate(texts(c.Classes), c.Clusters)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range table.Agreement() {
			if want, ok := c.Values[Agreement[i]]; !ok || !(math.Abs(v-want) <= 1e-10) {
				t.Errorf("%s: %s is %.12f, want %.12f", c.Name, Agreement[i], v, want)
			}
		}
	}
}

func TestSilhouetteEqualsScikitLearn(t *testing.T) {
	for _, c := range readGolden(t).Silhouette {
		_, got, err := Silhouette(context.Background(), c.Data, c.Dim, c.Clusters, 0, 1, 2)
		if err != nil || len(got) != len(c.Values) {
			t.Fatalf("%s: %d values, want %d (%v)", c.Name, len(got), len(c.Values), err)
		}
		for i, v := range got {
			if !(math.Abs(v-c.Values[i]) <= 1e-7) { // scikit-learn takes distances by expansion, with its loss of digits
				t.Errorf("%s: row %d has %.9f, want %.9f", c.Name, i, v, c.Values[i])
			}
		}
	}
}
