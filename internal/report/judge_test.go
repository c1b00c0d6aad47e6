package report

import (
	"math"
	"strings"
	"testing"

	"fashionpipe/formats"
)

func TestJudge(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		value, low, high float64
		class, says      string
	}{
		{0.1, 0.02, 0.2, "up", "better"},
		{-0.1, -0.2, -0.02, "down", "worse"},
		{0.1, -0.02, 0.2, "same", "not significant"},
		{0.1, 0, 0.2, "same", "not significant"},
		{0.1, nan, nan, "same", "no interval"},
		{nan, nan, nan, "same", "not measured"},
	} {
		v := judge(formats.Difference{Value: c.value, Low: c.low, High: c.high})
		if v.Class != c.class || !strings.Contains(v.Text, c.says) {
			t.Errorf("%v [%v, %v]: %+v", c.value, c.low, c.high, v)
		}
	}
}

func TestJudgeApart(t *testing.T) {
	score := func(low, high float64) formats.ClusterScore { return formats.ClusterScore{Low: low, High: high} }
	for _, c := range []struct {
		a, b  formats.ClusterScore
		class string
	}{
		{score(0.5, 0.6), score(0.3, 0.4), "up"},
		{score(0.3, 0.4), score(0.5, 0.6), "down"},
		{score(0.3, 0.5), score(0.4, 0.6), "same"},
		{score(math.NaN(), math.NaN()), score(0.4, 0.6), "same"},
	} {
		if v := judgeApart(c.a, c.b); v.Class != c.class {
			t.Errorf("%+v and %+v: %+v", c.a, c.b, v)
		}
	}
}

func TestTiles(t *testing.T) {
	in := fakeInput(20, false)
	var names []string
	for _, tl := range newTiles(in, newCast(in)) {
		v := ""
		if tl.Verdict != nil {
			v = " " + tl.Verdict.Class
		}
		names = append(names, tl.Name+v)
	}
	want := "Recall@1, garment same, Recall@1, category up, AMI up, Encoder up, Photos"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("tiles: %s, want %s", got, want)
	}
}

func TestCast(t *testing.T) {
	in := fakeInput(20, true) // without scores
	c := newCast(in)
	if a, b := c.byDigest["aaa"], c.byDigest["bbb"]; a.Role != ours || b.Role != baseline || b.Name != "vgg16 fc2, random weights" {
		t.Errorf("by place: %+v, %+v", a, b)
	}
	in.Scores = &formats.Metrics{Models: []formats.MetricsModel{{Role: baseline, Name: "x", Embeddings: "aaa"}, {Role: ours, Name: "y", Embeddings: "bbb"}}}
	c = newCast(in)
	if a, b := c.byDigest["aaa"], c.byDigest["bbb"]; a.Role != baseline || b.Role != ours {
		t.Errorf("the scores don't win: %+v, %+v", a, b)
	}
	in.Scores.Models = in.Scores.Models[:1] // ours is not judged: the first other model is ours
	if b := newCast(in).byDigest["bbb"]; b.Role != ours {
		t.Errorf("the model the scores don't know: %+v", b)
	}
}

func TestCompare(t *testing.T) {
	garment := func(category string, pair int64, style int32) formats.Labels {
		return formats.Labels{Category: category, PairID: pair, Style: style}
	}
	for _, c := range []struct {
		query, found formats.Labels
		want         string
	}{
		{garment("vest", 7, 1), garment("vest", 7, 1), "garment"},
		{garment("vest", 7, 1), garment("vest", 7, 2), "category"},
		{garment("vest", 7, 0), garment("vest", 7, 0), "category"},
		{garment("vest", 7, 1), garment("dress", 8, 1), "other"},
		{formats.Labels{}, garment("dress", 8, 1), ""},
	} {
		if got := compare(c.query, c.found); got != c.want {
			t.Errorf("%+v and %+v: %q, want %q", c.query, c.found, got, c.want)
		}
	}
}

// Rows against the same labels stand together, ours above the baseline.
func TestClusteringOrder(t *testing.T) {
	in := fakeInput(20, false)
	in.Scores.Clusters = nil
	for _, role := range []string{ours, baseline} {
		for _, by := range []string{"category", "garment"} {
			in.Scores.Clusters = append(in.Scores.Clusters, formats.ClusterScore{Role: role, Clusters: role, Algorithm: "kmeans", K: 5, By: by, Measure: "nmi", Value: 0.5})
		}
		in.Scores.Clusters = append(in.Scores.Clusters, formats.ClusterScore{Role: role, Clusters: role, Algorithm: "kmeans", K: 5, Measure: "silhouette", Value: -0.1})
	}
	var got []string
	for _, r := range newClustering(in.Scores, newCast(in)).Rows {
		got = append(got, r.By+" "+r.Model.Role+" "+r.Cells[0].Value+" "+r.Cells[1].Value)
	}
	want := "category ours 0.500 " + minus + "0.100, category baseline 0.500 " + minus + "0.100, garment ours 0.500 " + minus + "0.100, garment baseline 0.500 " + minus + "0.100"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("rows: %s, want %s", s, want)
	}
}

func TestChanceIsDrawn(t *testing.T) {
	in := fakeInput(20, false)
	_, root := write(t, in, Defaults())
	if s := text(byID(root, "retrieval")); !strings.Contains(s, "chance 0.200") {
		t.Error("the table doesn't say what chance would reach")
	}
	for i := range in.Scores.Retrieval {
		in.Scores.Retrieval[i].Chance = math.NaN()
	}
	_, root = write(t, in, Defaults())
	if s := text(byID(root, "retrieval")); strings.Contains(s, "chance 0") {
		t.Error("the table has a chance level that nobody knows")
	}
}

// Two clusterings of one model, algorithm and k are two rows, told apart in the table, the montages and the tile.
func TestClusteringsOfOneKind(t *testing.T) {
	in := fakeInput(40, false)
	second := in.Clusters[0]
	second.Digest = "k-second"
	in.Clusters = append(in.Clusters, second)
	for _, s := range in.Scores.Clusters {
		if s.Clusters == "k-ours" {
			s.Clusters, s.Label, s.Value = second.Digest, "k-means, 10 clusters, normalised", 0.9
			in.Scores.Clusters = append(in.Scores.Clusters, s)
		}
	}
	var got []string
	for _, r := range newClustering(in.Scores, newCast(in)).Rows {
		got = append(got, r.Label+" "+r.Cells[0].Value+" "+r.Cells[5].Value)
	}
	want := "k-means, 10 clusters 0.400 0.120|k-means, 10 clusters 0.320 0.120|k-means, 10 clusters, normalised 0.900 0.900"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("rows: %s, want %s", s, want)
	}
	_, root := write(t, in, Defaults())
	for _, id := range []string{"clustering", "clusters"} {
		if n := strings.Count(text(byID(root, id)), "10 clusters, normalised"); n != 1 {
			t.Errorf("section %s names the second clustering %d times, want 1", id, n)
		}
	}
}

// A photo that is in the embeddings and not in the image table is said to be missing, not passed over.
func TestMissingPicture(t *testing.T) {
	in := fakeInput(40, false)
	im := *in.Images.(*fakeImages)
	im.labels, im.whole, im.cell = im.labels[:30], im.whole[:30], im.cell[:30]
	in.Images = &im
	_, root := write(t, in, Defaults())
	if !strings.Contains(text(byID(root, "clusters")), "not in the image table") {
		t.Error("clusters hide the photos that have no picture")
	}
	if !strings.Contains(text(byID(root, "galleries")), "drawn at random from 30 photos") {
		t.Error("queries were drawn among photos without a picture")
	}
}

func TestPurity(t *testing.T) {
	in := fakeInput(20, false)
	b := newBuilder(t.Context(), in, Defaults())
	labels := []formats.Labels{{Category: "dress"}, {Category: "dress"}, {Category: "vest"}, {}}
	purity, parts := b.parts(labels, []int{0, 1, 2, 3})
	if purity != "67\u202f%" || len(parts) != 2 || parts[0].Name != "dress" {
		t.Errorf("purity %s, parts %+v", purity, parts)
	}
	if purity, parts := b.parts(labels, []int{3}); purity != "" || parts != nil {
		t.Errorf("photos without labels have purity %q, parts %+v", purity, parts)
	}
}

func TestSkippedQueriesAreToldBothWays(t *testing.T) {
	for _, c := range []struct {
		queries, skipped int
		says             string
	}{
		{940, 60, "; 60 (6.0 %) without a positive are left out; counted as 0, they would multiply each value by 0.940"},
		{12, 0, ""},
		{0, 3, "; 3 (100.0 %) without a positive are left out; counted as 0, they would multiply each value by 0.000"},
	} {
		if got := skipped(formats.RetrievalScore{Queries: c.queries, Skipped: c.skipped}); got != c.says {
			t.Errorf("%d and %d: %q", c.queries, c.skipped, got)
		}
	}
}

// A bound beside a verdict never reads as 0 where it is none.
// Scores in a gallery say so, with its size, in the table and in the few numbers on top; others don't.
func TestScoresInAGallery(t *testing.T) {
	in := fakeInput(20, false)
	c := newCast(in)
	for rows, want := range map[int][2]string{
		0:   {"", "the nearest photo shows the same garment"},
		950: {"neighbours from a gallery of 950 photos", "the nearest photo of the gallery shows the same garment"},
	} {
		for i := range in.Scores.Models {
			in.Scores.Models[i].GalleryRows = rows
		}
		tables := newRetrieval(in.Scores, c)
		tile, ok := recallTile(in.Scores, c, "garment")
		if last := tables[0].Counts[len(tables[0].Counts)-1]; rows > 0 != (last == want[0]) || !ok || tile.Note != want[1] {
			t.Errorf("%d rows: %q, tile %q", rows, tables[0].Counts, tile.Note)
		}
	}
}

func TestDifferenceShowsItsSide(t *testing.T) {
	for v, want := range map[float64]string{-0.0004: "−0.0004", 0.00046: "+0.0005", 0.0005: "+0.001", -0.002: "−0.002", 0: "0.000", 1e-17: "+0.000", -3.2e-6: "−3e−6", math.NaN(): "–"} {
		if got := difference(v, 3); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
	if got := interval(-0.003, -0.0004, difference); got != "[−0.003,\u00a0−0.0004]" {
		t.Error(got)
	}
}

// A page of many differences says how many equal ones would be marked by luck.
func TestManyDifferencesAreTold(t *testing.T) {
	_, root := write(t, fakeInput(40, false), Defaults())
	if words := strings.Join(strings.Fields(text(root)), " "); !strings.Contains(words, "There is no correction for the 12 differences on this page: without any true difference, about 1 in 20 would be significant by chance.") {
		t.Error("the page doesn't say it")
	}
	in := fakeInput(40, false)
	in.Scores.Difference = in.Scores.Difference[:1]
	if _, root = write(t, in, Defaults()); strings.Contains(text(root), "There is no correction") {
		t.Error("one difference is told as many")
	}
}
