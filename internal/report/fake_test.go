package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// fakeImages is an image table in memory.
type fakeImages struct {
	spec   formats.ImageSpec
	labels []formats.Labels
	whole  [][]byte
	cell   [][]byte
}

func (f *fakeImages) Len() int                    { return len(f.labels) }
func (f *fakeImages) Spec() formats.ImageSpec     { return f.spec }
func (f *fakeImages) Labels(i int) formats.Labels { return f.labels[i] }
func (f *fakeImages) Whole(i int) []byte          { return f.whole[i] }
func (f *fakeImages) Cell(i, _ int) []byte        { return f.cell[i] }

var fakeCategories = []string{"dress", "skirt", "shorts", "trousers", "vest"}

// block is a picture of one colour with a darker frame.
func block(side int, r, g, b byte) []byte {
	px := make([]byte, 0, side*side*3)
	for y := range side {
		for x := range side {
			k := byte(1)
			if x == 0 || y == 0 {
				k = 2
			}
			px = append(px, r/k, g/k, b/k)
		}
	}
	return px
}

// newFakeImages makes n pictures in five categories, four photos of each garment; without labels if flat.
func newFakeImages(n int, flat bool) *fakeImages {
	f := &fakeImages{spec: formats.ImageSpec{Size: 32, CellSize: 16, Fit: "pad", Grid: "3x3", Cell: "center", Box: "photo"}}
	for i := range n {
		id := fmt.Sprintf("photos/%03d.jpg", i)
		l := formats.Labels{ID: id, Path: id}
		c := i % len(fakeCategories)
		if !flat {
			l.Category, l.CategoryID, l.PairID, l.Style = fakeCategories[c], int32(c+1), int64(i/20+1), int32(c+1)
		}
		f.labels = append(f.labels, l)
		f.whole = append(f.whole, block(32, byte(40*c), byte(200-30*c), byte(i)))
		f.cell = append(f.cell, block(16, byte(40*c), byte(200-30*c), byte(i)))
	}
	return f
}

// fakeEmbeddings puts each category at its own place, with noise.
func fakeEmbeddings(labels []formats.Labels, name string, random bool, noise float64) *formats.Embeddings {
	const dim = 8
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: name, Random: random}, Labels: labels, Dim: dim}
	for i := range labels {
		r := rng.New(1, name, i)
		for d := range dim {
			v := noise * r.NormFloat64()
			if d == i%5 {
				v++
			}
			e.Data = append(e.Data, float32(v))
		}
	}
	return e
}

func distance(a, b []float32) float64 {
	s := 0.0
	for i := range a {
		s += float64(a[i]-b[i]) * float64(a[i]-b[i])
	}
	return math.Sqrt(s)
}

// fakeNeighbours are the six nearest of every row.
func fakeNeighbours(e *formats.Embeddings, digest string) *formats.Neighbours {
	const k = 6
	n := &formats.Neighbours{Meta: formats.NeighboursMeta{Model: e.Meta.Model, Random: e.Meta.Random, Embeddings: digest,
		Metric: "l2", K: k}, Labels: e.Labels, K: k}
	for i := range e.Labels {
		var order []int
		for j := range e.Labels {
			if j != i {
				order = append(order, j)
			}
		}
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(distance(e.Row(i), e.Row(a)), distance(e.Row(i), e.Row(b))), cmp.Compare(a, b))
		})
		for _, j := range order[:k] {
			n.Index = append(n.Index, int32(j))
			n.Score = append(n.Score, float32(distance(e.Row(i), e.Row(j))))
		}
	}
	return n
}

// fakeClusters is one step of k-means from the first k rows.
func fakeClusters(e *formats.Embeddings, digest string, k int) *formats.Clusters {
	c := &formats.Clusters{Meta: formats.ClustersMeta{Algorithm: "kmeans", Model: e.Meta.Model, Random: e.Meta.Random,
		Embeddings: digest, K: k, Inertia: 1, Iterations: 1, Converged: true}, Labels: e.Labels, Dim: e.Dim,
		Centres: slices.Clone(e.Data[:k*e.Dim]), Sizes: make([]int, k)}
	for i := range e.Labels {
		best, far := 0, math.Inf(1)
		for j := range k {
			if d := distance(e.Row(i), c.Centre(j)); d < far {
				best, far = j, d
			}
		}
		c.Cluster = append(c.Cluster, int32(best))
		c.Distance = append(c.Distance, float32(far))
		c.Sizes[best]++
	}
	return c
}

func fakeScores() *formats.Metrics {
	m := &formats.Metrics{Confidence: 0.95, Resamples: 1000, Models: []formats.MetricsModel{
		{Role: ours, Name: "resnet18, vicreg, 5 epochs", Dim: 512, Embeddings: "aaa", Rows: 100},
		{Role: baseline, Name: "vgg16 fc2", Dim: 4096, Random: true, Embeddings: "bbb", Rows: 100}}}
	for _, by := range []string{"category", "garment"} {
		for k, name := range []string{"recall@1", "recall@5", "recall@20", "precision@5", "r_precision", "map@r"} {
			o, b := 0.62-0.05*float64(k), 0.51-0.06*float64(k)
			if by == "garment" {
				o, b = 0.31-0.04*float64(k), 0.29-0.04*float64(k)
			}
			m.Retrieval = append(m.Retrieval,
				formats.RetrievalScore{Role: ours, By: by, Measure: name, Value: o, Low: o - 0.03, High: o + 0.03, Chance: 0.2, Queries: 940, Skipped: 60},
				formats.RetrievalScore{Role: baseline, By: by, Measure: name, Value: b, Low: b - 0.04, High: b + 0.03, Chance: 0.2, Queries: 940, Skipped: 60})
			m.Difference = append(m.Difference, formats.Difference{By: by, Measure: name, Value: o - b, Low: o - b - 0.05, High: o - b + 0.045})
		}
	}
	for _, role := range []string{ours, baseline} {
		for i, name := range []string{"nmi", "ami", "ari", "v_measure", "purity"} {
			v := 0.4 + 0.05*float64(i)
			if role == baseline {
				v -= 0.08
			}
			m.Clusters = append(m.Clusters, formats.ClusterScore{Role: role, Clusters: "k-" + role, Label: "k-means, 10 clusters", Algorithm: "kmeans", K: 10, By: "category",
				Measure: name, Value: v, Low: v - 0.02, High: v + 0.03})
		}
		m.Clusters = append(m.Clusters, formats.ClusterScore{Role: role, Clusters: "k-" + role, Label: "k-means, 10 clusters", Algorithm: "kmeans", K: 10, Measure: "silhouette",
			Value: 0.12, Low: math.NaN(), High: math.NaN()})
	}
	return m
}

func fakeEncoder(collapsed bool) *EncoderTable {
	e := &EncoderTable{Info: formats.EncoderInfo{Arch: "resnet18", Width: 16, Size: 64, CellSize: 64, Dim: 512,
		Name: "resnet18, vicreg, 5 epochs", Loss: "vicreg", Epochs: 5, Steps: 500, Images: 800, Collapsed: collapsed,
		Collapse:   formats.Collapse{StdRatio: 0.81, EffectiveRank: 94.2, LogNorm: 1.2, PairRatio: 0.21},
		Validation: &formats.Validation{By: "garment", Rows: 2000, Queries: 1880, Recall: 0.11 + 0.2*math.Sqrt(0.998), Chance: 0.002}}}
	r := rng.New(3, "history")
	for i := range 500 {
		t := float64(i) / 500
		h := formats.NewHistoryRow(i+1, i/100+1)
		h.Loss, h.LR = 2*math.Exp(-5*t)+0.02+0.02*r.Float64(), 1e-3*(1+math.Cos(math.Pi*t))/2
		if i%100 == 99 {
			h.Recall = 0.11 + 0.2*math.Sqrt(t)
		}
		if i%20 == 0 || i == 499 {
			h.FeatureStd, h.EffectiveRank, h.LogNorm, h.PairRatio = 0.012+0.024*t, 8+86*t, 2-0.8*t, 0.9-0.7*t
		}
		e.History = append(e.History, h)
	}
	return e
}

// fakeInput has something for every section.
func fakeInput(n int, flat bool) Input {
	im := newFakeImages(n, flat)
	a := fakeEmbeddings(im.labels, "resnet18, vicreg, 5 epochs", false, 0.3)
	b := fakeEmbeddings(im.labels, "vgg16 fc2", true, 0.8)
	var photos []formats.Photo
	for _, l := range im.labels {
		photos = append(photos, formats.Photo{Labels: l, Bytes: 30000})
	}
	in := Input{Images: im, Scores: fakeScores(), Encoder: fakeEncoder(false),
		Photos:       []PhotoTable{{Photos: photos, Rejects: []formats.Reject{{Path: "broken.jpg", Reason: "unexpected EOF"}}}},
		ImageRejects: []formats.Reject{{Path: "bomb.png", Reason: "60000 × 60000 pixels, above the limit"}, {Path: "x.jpg", Reason: "unexpected EOF"}},
		Neighbours:   []*formats.Neighbours{fakeNeighbours(a, "aaa"), fakeNeighbours(b, "bbb")},
		Clusters:     []ClusterTable{{"k-ours", fakeClusters(a, "aaa", 9)}, {"k-baseline", fakeClusters(b, "bbb", 7)}},
		Embeddings:   []EmbeddingTable{{"aaa", a}, {"bbb", b}}}
	if flat {
		in.Scores = nil
	}
	return in
}

func fakeRun() Run {
	return Run{ID: "20261122-101530-ab12", Version: "0.1.0", Took: 154e9, Experiment: "name: quickstart\nseed: 1\nstages:\n  data: {uses: synth}\n",
		Stages: []Stage{
			{Name: "data", Kind: "synth", State: "ran", Took: 6.2e9, Bytes: 61e6, Reason: "first run"},
			{Name: "train_photos", Kind: "photos", State: "ran", Took: 0.3e9, Bytes: 2e5, Reason: "first run", After: []string{"data"}},
			{Name: "test_photos", Kind: "photos", State: "ran", Took: 0.2e9, Bytes: 1e5, After: []string{"data"}},
			{Name: "train_images", Kind: "decode", State: "cached", Took: 5e9, Bytes: 12e6, Reason: "same key as run 20261121", After: []string{"train_photos"}},
			{Name: "test_images", Kind: "decode", State: "cached", Took: 0, Bytes: 6e6, After: []string{"test_photos"}},
			{Name: "encoder", Kind: "train", State: "ran", Took: 98e9, Bytes: 11e6, Reason: "epochs: 4 → 5", Notes: []string{"effective rank 94.2 of 512"}, After: []string{"train_images"}},
			{Name: "ours", Kind: "embed", State: "ran", Took: 8e9, Bytes: 1e6, After: []string{"test_images", "encoder"}},
			{Name: "vgg16", Kind: "embed", State: "ran", Took: 22e9, Bytes: 8e6, After: []string{"test_images"}},
			{Name: "clusters", Kind: "kmeans", State: "ran", Took: 1e9, Bytes: 1e5, After: []string{"ours"}},
			{Name: "near", Kind: "retrieve", State: "ran", Took: 5e7, Bytes: 1e5, After: []string{"ours"}},
			{Name: "near_vgg16", Kind: "retrieve", State: "failed", Took: 5e7, Reason: "no room on the disk", After: []string{"vgg16"}},
			{Name: "scores", Kind: "evaluate", State: "ran", Took: 2e9, Bytes: 3e3, After: []string{"ours", "vgg16", "clusters"}},
			{Name: "report", Kind: "report", State: "ran", Took: 1e9, Bytes: 3e6, After: []string{"scores", "near", "near_vgg16", "clusters", "test_images"}},
		}}
}
