package consumertoshop

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
)

type notes struct{ results, warnings []string }

func (n *notes) Resultf(name, format string, args ...any) {
	n.results = append(n.results, name+": "+fmt.Sprintf(format, args...))
}
func (n *notes) Warnf(name, format string, args ...any) {
	n.warnings = append(n.warnings, name+": "+fmt.Sprintf(format, args...))
}

// catalogueOf makes items of 40 pairs, each of two user photos and a shop photo; the last has no shop photo.
func catalogueOf(t *testing.T) (*Catalogue, []formats.Photo) {
	t.Helper()
	var photos []formats.Photo
	for i := range 119 {
		source, number := "user", i+1
		if i%3 == 2 {
			source = "shop"
		}
		p := formats.Photo{Box: []float32{10, 20, 110, 220}}
		p.Path, p.Split, p.Source, p.PairID, p.Style, p.CategoryID = fmt.Sprintf("validation/image/%06d.jpg", number), "validation", source, int64(1+i/3), 1, 3
		p.ID, p.Item, p.Scale, p.Viewpoint = p.Path+"#item1", 1, int32(1+i%2), 3
		photos = append(photos, p)
	}
	c, err := NewCatalogue(photos)
	if err != nil {
		t.Fatal(err)
	}
	return c, photos
}

// embeddingsOf are vectors that tell pairs apart, the better the smaller the noise.
func embeddingsOf(photos []formats.Photo, noise float64) *formats.Embeddings {
	e := &formats.Embeddings{Dim: 8}
	for i, p := range photos {
		pair, own := rand.New(rand.NewPCG(uint64(p.PairID), 1)), rand.New(rand.NewPCG(uint64(i), 2))
		for range e.Dim {
			e.Data = append(e.Data, float32(pair.NormFloat64()+noise*own.NormFloat64()))
		}
		e.Labels = append(e.Labels, p.Labels)
	}
	return e
}

func TestSearchAndScore(t *testing.T) {
	c, photos := catalogueOf(t)
	var models []Model
	for _, m := range []struct {
		role  string
		noise float64
	}{{"ours", 0.2}, {"baseline", 4}} {
		results, gallery, err := Search(context.Background(), embeddingsOf(photos, m.noise), c.Items, SearchOptions{Metric: nearest.Cosine, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		if len(results) != 80 || len(gallery) != 39 || len(results[0].Images) != 20 {
			t.Fatalf("%d results of %d, %d items", len(results), len(results[0].Images), len(gallery))
		}
		models = append(models, Model{formats.MetricsModel{Role: m.role, Random: m.role == "baseline"}, results, gallery})
	}
	models[1].Results = models[1].Results[:70]
	if s := Setting(c.Truth, models[0].Results); s != GroundTruthBoxes {
		t.Errorf("annotated boxes are taken for %s", s)
	}
	said := &notes{}
	m, err := Score(context.Background(), c.Truth, c.Labels, GroundTruthBoxes, models, eval.Bootstrap{Resamples: 200, Confidence: 0.95, Workers: 2}, said)
	if err != nil {
		t.Fatal(err)
	}
	of := func(role, measure string) formats.RetrievalScore {
		return m.Retrieval[slices.IndexFunc(m.Retrieval, func(r formats.RetrievalScore) bool { return r.Role == role && r.Measure == measure })]
	}
	ours, base := of("ours", "top-1"), of("baseline", "top-1")
	if ours.Value < 0.9 || ours.Value > 78.0/80 || base.Value > 0.5 || ours.Queries != 80 || ours.By != GroundTruthBoxes || !(ours.Low < ours.Value && ours.Value < ours.High) {
		t.Errorf("ours %+v, baseline %+v", ours, base)
	}
	if want := 78.0 / 80 / 39; math.Abs(ours.Chance-want) > 1e-12 {
		t.Errorf("by chance top-1 is %v, want %v", ours.Chance, want)
	}
	if want := 78.0 / 80 * 20 / 39; math.Abs(of("ours", "top-20").Chance-want) > 1e-12 {
		t.Errorf("by chance top-20 is %v, want %v", of("ours", "top-20").Chance, want)
	}
	if d := m.Difference[0]; d.Measure != "top-1" || math.Abs(d.Value-(ours.Value-base.Value)) > 1e-12 || d.Low < 0.2 {
		t.Errorf("difference %+v", d)
	}
	p := m.Protocol
	if p.Queries != 80 || p.Unavailable != 2 || p.Gallery != 39 || p.Models[0].Missed != 0 || p.Models[1] != (formats.ProtocolModel{Role: "baseline", Results: 70, Missed: 10}) {
		t.Errorf("%+v", p)
	}
	// Two levels of scale and one of viewpoint occur; over the levels of one attribute the accuracy is that of all.
	sum, n := 0.0, 0
	for _, g := range p.Groups {
		if g.Role == "ours" && g.Attribute == "scale" && g.Measure == "top-1" {
			sum, n = sum+g.Value*float64(g.Queries), n+g.Queries
		}
		if g.Attribute == "viewpoint" && (g.Name != "side or back" || g.Queries != 80 || g.Role == "ours" && g.Measure == "top-1" && g.Value != ours.Value) {
			t.Errorf("%+v", g)
		}
	}
	if len(p.Groups) != 3*2*5 || n != 80 || math.Abs(sum/80-ours.Value) > 1e-12 {
		t.Errorf("%d groups; %d queries by scale with %v right", len(p.Groups), n, sum)
	}
	text := strings.Join(append(said.warnings, said.results...), "\n")
	for _, want := range []string{"not in the shop: 2 of 80 queries", "1.026 times as large", "no result (baseline): 10 of 80 queries",
		"top-1 (ground-truth boxes): 0.9", "top-20 (ground-truth boxes): 0.9", ", baseline 0.", "] (random weights), difference +0.", ", difference +0."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in\n%s", want, text)
		}
	}
}

// Embeddings that are all equal retrieve by chance.
func TestCollapsedModelRetrievesByChance(t *testing.T) {
	c, photos := catalogueOf(t)
	e := embeddingsOf(photos, 0)
	for i := range e.Data {
		e.Data[i] = 1
	}
	mean, level := make([]float64, len(Ks)), []float64(nil)
	const seeds = 200
	for seed := range uint64(seeds) {
		results, gallery, err := Search(context.Background(), e, c.Items, SearchOptions{Metric: nearest.Cosine, Seed: seed, Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		answers := Match(c.Truth, results)
		level = chance(c.Truth, answers, gallery)
		for i, k := range Ks {
			mean[i] += accuracy(answers, k) / seeds
		}
	}
	for i, k := range Ks {
		if math.Abs(mean[i]-level[i]) > 0.02 { // more than four standard errors: 80 queries × 200 seeds
			t.Errorf("top-%d of equal rows is %v, by chance %v", k, mean[i], level[i])
		}
	}
}

func TestSetting(t *testing.T) {
	c, photos := catalogueOf(t)
	results, _, err := Search(context.Background(), embeddingsOf(photos, 1), c.Items, SearchOptions{Metric: nearest.L2, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	results[3].Boxes = slices.Clone(results[3].Boxes)
	results[3].Boxes[7][2] += 30
	if s := Setting(c.Truth, results); s != DetectedBoxes {
		t.Errorf("a retrieved box that nobody annotated: %s", s)
	}
	results, _, _ = Search(context.Background(), embeddingsOf(photos, 1), c.Items, SearchOptions{Metric: nearest.L2, Workers: 1})
	results[9].Box[0] -= 5
	if s := Setting(c.Truth, results); s != DetectedBoxes {
		t.Errorf("a query's box that nobody annotated: %s", s)
	}
}

func TestRefusals(t *testing.T) {
	_, photos := catalogueOf(t)
	change := func(f func(p *formats.Photo)) []formats.Photo {
		list := slices.Clone(photos)
		f(&list[5])
		return list
	}
	for says, list := range map[string][]formats.Photo{
		"takes photos with items: true": change(func(p *formats.Photo) { p.ID = p.Path }),
		"give one split":                change(func(p *formats.Photo) { p.Split = "train" }),
		"is not called by a number":     change(func(p *formats.Photo) { p.Path = "validation/image/shirt.jpg" }),
		"is of no user's and no shop's": change(func(p *formats.Photo) { p.Source = "" }),
	} {
		if _, err := NewCatalogue(list); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want %q", err, says)
		}
	}
	c, _ := NewCatalogue(photos)
	e := embeddingsOf(photos, 1)
	e.Labels[4].ID = "another"
	if _, _, err := Search(context.Background(), e, c.Items, SearchOptions{Metric: nearest.Cosine}); err == nil || !strings.Contains(err.Error(), `row 4 is "another"`) {
		t.Errorf("a row of no item: %v", err)
	}
	if _, _, err := Search(context.Background(), embeddingsOf(photos[:2], 1), c.Items, SearchOptions{Metric: nearest.Cosine}); err == nil || !strings.Contains(err.Error(), "2 items of user photos and 0 of shop photos") {
		t.Errorf("no shop photos: %v", err)
	}
	for i := range c.Queries {
		c.Queries[i].Style = 0
	}
	if _, err := Score(context.Background(), c.Truth, nil, GroundTruthBoxes, []Model{{}}, eval.Bootstrap{}, &notes{}); err == nil || !strings.Contains(err.Error(), "style above 0") {
		t.Errorf("nothing to look for: %v", err)
	}
}
