package judge

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
)

// told keeps warnings by their name.
type told map[string]string

func (t told) Resultf(string, string, ...any)         {}
func (t told) Warnf(name, format string, args ...any) { t[name] = fmt.Sprintf(format, args...) }

// rowsOf are the rows of a table of the golden values.
type rowsOf struct {
	IDs    []string
	Labels []int
	Data   []float32
}

func (r rowsOf) model(role string, dim int) *Model {
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: "net"}, Dim: dim, Data: r.Data}
	for i, id := range r.IDs {
		l := formats.Labels{ID: id}
		if r.Labels[i] >= 0 {
			l.Category = fmt.Sprint("class ", r.Labels[i])
		}
		e.Labels = append(e.Labels, l)
	}
	return &Model{Role: role, Digest: "of " + role, Embeddings: e}
}

func everything(k ...int) Options {
	return Options{K: k, By: []string{"category"}, Queries: "all", Gallery: "all", Metric: nearest.L2,
		Bootstrap: eval.Bootstrap{Confidence: 0.95, Seed: 1, Workers: 2}}
}

func TestGalleryEqualsOtherLibraries(t *testing.T) {
	b, err := os.ReadFile("testdata/gallery.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Name, Metric     string
			Dim              int
			K                []int
			Scored, Skipped  int
			Queries, Gallery rowsOf
			Values, Chance   map[string]float64
			KNN              *float64 // accuracy of a 1-nearest-neighbour classifier
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil || len(golden.Cases) == 0 {
		t.Fatalf("%d cases (%v)", len(golden.Cases), err)
	}
	for _, c := range golden.Cases {
		ours := c.Queries.model(Ours, c.Dim)
		ours.Gallery = c.Gallery.model("gallery", c.Dim)
		o, tell := everything(c.K...), told{}
		o.Metric = nearest.Metric(c.Metric)
		m, err := Judge(t.Context(), []Model{*ours}, nil, o, tell)
		if err != nil {
			t.Fatal(err)
		}
		if about := m.Models[0]; about.Gallery != "of gallery" || about.GalleryRows != len(c.Gallery.IDs) || about.Rows != len(c.Queries.IDs) {
			t.Errorf("%s: the model is %+v", c.Name, about)
		}
		if len(m.Retrieval) != len(c.Values) {
			t.Fatalf("%s: %d measures, %d golden", c.Name, len(m.Retrieval), len(c.Values))
		}
		for _, s := range m.Retrieval {
			tolerance := 1e-9
			if strings.HasPrefix(s.Measure, "mrr@") { // the library takes reciprocal ranks as float32
				tolerance = 1e-7
			}
			if want, ok := c.Values[s.Measure]; !ok || !(math.Abs(s.Value-want) <= tolerance) || s.Queries != c.Scored || s.Skipped != c.Skipped {
				t.Errorf("%s: %s is %.9f of %d and %d skipped, want %.9f of %d and %d", c.Name, s.Measure, s.Value, s.Queries, s.Skipped, want, c.Scored, c.Skipped)
			}
			if want, ok := c.Chance[s.Measure]; ok && !(math.Abs(s.Chance-want) <= 1e-9) {
				t.Errorf("%s: by chance %s is %.9f, want %.9f", c.Name, s.Measure, s.Chance, want)
			}
			if s.Measure == "recall@1" && c.KNN != nil && math.Abs(s.OverAll()-*c.KNN) > 1e-9 {
				t.Errorf("%s: recall@1 over all queries is %v, a 1-NN classifier has %v", c.Name, s.OverAll(), *c.KNN)
			}
		}
		want := ""
		if c.KNN == nil {
			want = "20 of 40 queries have the id of a row of the gallery, which is left out of their neighbours as the same photo: " +
				"if it is another photo, give one of the files another name"
		}
		if tell["gallery"] != want {
			t.Errorf("%s: told %q", c.Name, tell["gallery"])
		}
	}
}

// A gallery of the queries themselves, in any order, gives what they give among themselves, the baseline's difference and
// all intervals too.
func TestGalleryOfTheQueries(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, dim := rapid.IntRange(2, 40).Draw(r, "n"), rapid.IntRange(2, 4).Draw(r, "dim")
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		queries := rowsOf{}
		for i := range n {
			queries.IDs, queries.Labels = append(queries.IDs, fmt.Sprint("p", i)), append(queries.Labels, g.IntN(5)-1)
		}
		order := g.Perm(n)
		var alone, with []Model
		for _, role := range []string{Ours, Baseline} {
			queries.Data = nil
			for range n * dim { // no ties, whose order depends on the place of a row; of single numbers a few would be
				queries.Data = append(queries.Data, float32(g.NormFloat64()))
			}
			shuffled := rowsOf{}
			for _, i := range order {
				shuffled.IDs, shuffled.Labels = append(shuffled.IDs, queries.IDs[i]), append(shuffled.Labels, queries.Labels[i])
				shuffled.Data = append(shuffled.Data, queries.Data[i*dim:(i+1)*dim]...)
			}
			m := *queries.model(role, dim)
			alone = append(alone, m)
			m.Gallery = shuffled.model("gallery of "+role, dim)
			with = append(with, m)
		}
		for i, role := range []string{"user", "shop"} { // some of either
			for q := i; q < n; q += 2 {
				alone[0].Labels[q].Source = role
				with[0].Gallery.Labels[slices.Index(order, q)].Source = role
			}
		}
		o := everything(1, 3, 50)
		o.Bootstrap.Resamples = 20
		o.Queries = rapid.SampledFrom([]string{"all", "user"}).Draw(r, "queries")
		o.Gallery = rapid.SampledFrom([]string{"all", "shop"}).Draw(r, "gallery")
		want, err := Judge(t.Context(), alone, nil, o, told{})
		if err != nil {
			r.Fatal(err)
		}
		got, err := Judge(t.Context(), with, nil, o, told{})
		if err != nil {
			r.Fatal(err)
		}
		if a, b := fmt.Sprint(want.Retrieval, want.Difference), fmt.Sprint(got.Retrieval, got.Difference); a != b { // NaN is not equal to itself
			r.Fatalf("among themselves %s, in a gallery %s", a, b)
		}
	})
}

func TestGalleriesThatDiffer(t *testing.T) {
	rows := rowsOf{IDs: []string{"a", "b"}, Labels: []int{1, 1}, Data: []float32{1, 2}}
	other := rowsOf{IDs: []string{"a", "c"}, Labels: []int{1, 1}, Data: []float32{1, 2}}
	ours, base := *rows.model(Ours, 1), *rows.model(Baseline, 1)
	ours.Gallery = rows.model("gallery", 1)
	if _, err := Judge(t.Context(), []Model{ours, base}, nil, everything(1), told{}); err == nil || !strings.Contains(err.Error(), "each needs that gallery's embeddings") {
		t.Errorf("a baseline without the gallery: %v", err)
	}
	base.Gallery = other.model("baseline_gallery", 1)
	_, err := Judge(t.Context(), []Model{ours, base}, nil, everything(1), told{})
	if want := `row 1 of gallery is "b", of baseline_gallery "c": both must be embeddings of the same images`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	ours.Labels[0].Source, base.Gallery = "user", rows.model("baseline_gallery", 1)
	o := everything(1)
	o.Gallery = "shop"
	if _, err := Judge(t.Context(), []Model{ours, base}, nil, o, told{}); err == nil || !strings.HasPrefix(err.Error(), "gallery: shop, but no row is a shop photo") {
		t.Errorf("a gallery without shop photos: %v", err)
	}
}

// Queries of one category say something where the gallery has others.
func TestOneCategoryInAGallery(t *testing.T) {
	ours := *rowsOf{IDs: []string{"a", "b"}, Labels: []int{1, 1}, Data: []float32{1, 2}}.model(Ours, 1)
	ours.Gallery = rowsOf{IDs: []string{"c", "d"}, Labels: []int{1, 2}, Data: []float32{1, 2}}.model("gallery", 1)
	tell := told{}
	m, err := Judge(t.Context(), []Model{ours}, nil, everything(1), tell)
	if err != nil || m.Retrieval[0].Value != 0.5 || m.Retrieval[0].Chance != 0.5 || !reflect.DeepEqual(tell, told{}) {
		t.Errorf("%+v, told %v (%v)", m, tell, err)
	}
}
