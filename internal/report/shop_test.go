package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/consumertoshop"
)

// shopScores are accuracies of two models in a setting.
func shopScores(boxes string) *formats.Metrics {
	m := &formats.Metrics{Confidence: 0.9, Resamples: 500, Models: []formats.MetricsModel{
		{Role: ours, Name: "resnet18, vicreg", Embeddings: "ccc"}, {Role: baseline, Name: "vgg16 fc2", Random: true, Embeddings: "ddd"}},
		Protocol: &formats.Protocol{Boxes: boxes, Queries: 120, Gallery: 300, Unavailable: 4, Models: []formats.ProtocolModel{{Role: ours, Results: 130, Missed: 7}, {Role: baseline, Results: 130}}}}
	for i, measure := range consumertoshop.Measures() {
		v := 0.1 + 0.1*float64(i)
		m.Retrieval = append(m.Retrieval,
			formats.RetrievalScore{Role: ours, By: boxes, Measure: measure, Value: v, Low: v - 0.05, High: v + 0.05, Chance: 0.01, Queries: 120},
			formats.RetrievalScore{Role: baseline, By: boxes, Measure: measure, Value: v / 2, Low: v/2 - 0.05, High: v/2 + 0.05, Chance: math.NaN(), Queries: 120})
		m.Difference = append(m.Difference, formats.Difference{By: boxes, Measure: measure, Value: v / 2, Low: 0.01, High: v})
		for level, name := range []string{"small", "moderate"} {
			m.Protocol.Groups = append(m.Protocol.Groups, formats.GroupScore{Role: ours, Attribute: "zoom_in", Level: level + 1, Name: name, Queries: 50 + level,
				Measure: measure, Value: v, Low: math.NaN(), High: math.NaN()})
		}
	}
	return m
}

func TestShop(t *testing.T) {
	in := fakeInput(20, true)
	in.Shops = []*formats.Metrics{shopScores(consumertoshop.GroundTruthBoxes), shopScores(consumertoshop.DetectedBoxes)}
	views := newShops(append(in.Shops, fakeScores()))
	if len(views) != 2 {
		t.Fatalf("%d views", len(views))
	}
	v := views[0]
	if v.Scores.Title != "With ground-truth boxes" || len(v.Scores.Rows) != 5 || v.Scores.Rows[4].Name != "Top-20" || v.Scores.Rows[4].Marks[1].Value != "0.250" || v.Scores.Rows[0].Verdict.Class != "up" {
		t.Errorf("scores %+v", v.Scores)
	}
	if want := []string{"120 queries, 300 annotated items of shop photos", "4 without a shop item of their garment count as missed", "7 without a result of ours count as missed"}; !slices.Equal(v.Scores.Counts, want) {
		t.Errorf("counts %q", v.Scores.Counts)
	}
	if g := v.Groups; len(g) != 2 || g[0].Name != "zoom-in: small" || g[0].Queries != "50 queries" || g[0].Cells[0].Value != "0.100" || !g[0].Cells[1].Missing || g[1].Cells[2].Value != "0.500" {
		t.Errorf("groups %+v", v.Groups)
	}
	for i, want := range []shopPublished{{"class", []string{"0.102", "–", "0.361", "–", "0.470"}}, {"class", []string{"0.079", "0.198", "0.273", "0.329", "0.366"}}} {
		if got := views[i].Published; len(got) != 5 || got[0].Name != want.Name || !slices.Equal(got[0].Values, want.Values) {
			t.Errorf("published %+v, want first %+v", got, want)
		}
	}
	_, root := write(t, in, Defaults())
	words := text(root)
	for _, want := range []string{"With detected boxes", "Published, with ground-truth boxes", "more than 5 items of their garment", "90 % bootstrap", "ours: resnet18, vicreg; baseline: vgg16 fc2, random weights"} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if got := sections(root); !strings.HasPrefix(got, "shop ") {
		t.Errorf("sections %q", got)
	}
}
