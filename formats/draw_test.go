package formats

import (
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// What the tests draw: artifacts of every kind, small, with awkward values.

func drawText(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "train", "ズボン", "a/b c#item2", "\x00", "日本"}), rapid.StringN(0, 12, 40)).Draw(t, label)
}

func drawLabels(t *rapid.T, n int) []Labels {
	i32 := rapid.Int32()
	var labels []Labels
	for i := range n {
		labels = append(labels, Labels{
			ID: fmt.Sprintf("%d/%s", i, drawText(t, "id")), Path: drawText(t, "path"), Split: drawText(t, "split"),
			Source: drawText(t, "source"), Category: drawText(t, "category"),
			CategoryID: i32.Draw(t, "category_id"), PairID: rapid.Int64().Draw(t, "pair_id"), Style: i32.Draw(t, "style"),
			Item: i32.Draw(t, "item"), Scale: i32.Draw(t, "scale"), Occlusion: i32.Draw(t, "occlusion"),
			ZoomIn: i32.Draw(t, "zoom_in"), Viewpoint: i32.Draw(t, "viewpoint"), Scene: i32.Draw(t, "scene"),
		})
	}
	return labels
}

func drawVectors(t *rapid.T, n, dim int) []float32 {
	return rapid.SliceOfN(rapid.Float32Range(-math.MaxFloat32, math.MaxFloat32), n*dim, n*dim).Draw(t, "vectors")
}

func drawRejects(t *rapid.T) []Reject {
	var rejects []Reject
	for range rapid.IntRange(0, 3).Draw(t, "rejects") {
		rejects = append(rejects, Reject{Path: drawText(t, "path"), Reason: drawText(t, "reason")})
	}
	return rejects
}

func drawPhotos(t *rapid.T) []Photo {
	var photos []Photo
	coord := rapid.Float32Range(-10, 5000)
	for _, l := range drawLabels(t, rapid.IntRange(0, 20).Draw(t, "rows")) {
		p := Photo{Labels: l, SHA256: drawText(t, "sha256"), Bytes: rapid.Int64().Draw(t, "bytes")}
		if rapid.Bool().Draw(t, "box") {
			p.Box = rapid.SliceOfN(coord, 4, 4).Draw(t, "corners")
		}
		for range rapid.IntRange(0, 3).Draw(t, "polygons") {
			n := 2 * rapid.IntRange(1, 5).Draw(t, "points")
			p.Polygons = append(p.Polygons, rapid.SliceOfN(coord, n, n).Draw(t, "polygon"))
		}
		photos = append(photos, p)
	}
	return photos
}

func drawEmbeddings(t *rapid.T) *Embeddings {
	n, dim := rapid.IntRange(0, 30).Draw(t, "rows"), rapid.IntRange(1, 40).Draw(t, "dim")
	return &Embeddings{
		Meta:   EmbeddingsMeta{Model: drawText(t, "model"), Random: rapid.Bool().Draw(t, "random"), Layer: "fc2"},
		Labels: drawLabels(t, n), Dim: dim, Data: drawVectors(t, n, dim),
	}
}

func drawClusters(t *rapid.T) *Clusters {
	n, k, dim := rapid.IntRange(0, 20).Draw(t, "rows"), rapid.IntRange(1, 6).Draw(t, "k"), rapid.IntRange(1, 9).Draw(t, "dim")
	c := &Clusters{
		Meta:   ClustersMeta{Algorithm: "meanshift", K: k, Inertia: rapid.Float64Range(0, 1e300).Draw(t, "inertia"), Bandwidth: 0.25, Kernel: "flat"},
		Labels: drawLabels(t, n), Dim: dim, Centres: drawVectors(t, k, dim), Sizes: make([]int, k),
	}
	for range n {
		j, d := rapid.Int32Range(-1, int32(k-1)).Draw(t, "cluster"), float32(math.NaN())
		if j >= 0 {
			d = rapid.Float32Range(0, 1e30).Draw(t, "distance")
			c.Sizes[j]++
		}
		c.Cluster, c.Distance = append(c.Cluster, j), append(c.Distance, d)
	}
	if rapid.Bool().Draw(t, "chosen") {
		c.Choice = drawChoice(t)
		c.Meta.ChosenBy = c.Choice.By
	}
	return c
}

func drawChoice(t *rapid.T) *Choice {
	n := rapid.IntRange(1, 5).Draw(t, "candidates")
	c := &Choice{By: rapid.SampledFrom([]string{"silhouette", "gap", "stability"}).Draw(t, "by"), Parameter: "quantile", Chosen: rapid.IntRange(0, n-1).Draw(t, "chosen one")}
	maybe := func(name string) *float64 {
		if rapid.Bool().Draw(t, name) {
			v := rapid.Float64Range(-1, 1).Draw(t, name+"'s value")
			return &v
		}
		return nil
	}
	for i := range n {
		x := ChoiceCandidate{Value: float64(i) / 10, Bandwidth: maybe("bandwidth"), Clusters: i, Inertia: 2, Score: maybe("score"), Spread: maybe("spread")}
		if i == c.Chosen && x.Score == nil {
			x.Score = new(float64)
		}
		c.Candidates = append(c.Candidates, x)
	}
	return c
}

func drawNeighbours(t *rapid.T) *Neighbours {
	n, k := rapid.IntRange(0, 12).Draw(t, "rows"), rapid.IntRange(1, 14).Draw(t, "k")
	m := &Neighbours{Meta: NeighboursMeta{Model: "m", Metric: "cosine", K: k}, Labels: drawLabels(t, n), K: k}
	found, others := n, n-1
	if rapid.Bool().Draw(t, "gallery") {
		found = rapid.IntRange(1, 9).Draw(t, "gallery rows")
		others, m.Meta.Gallery, m.Gallery = found, "ab", drawLabels(t, found)
	}
	for i := range n {
		have := rapid.IntRange(0, min(k, others)).Draw(t, "neighbours")
		for r := range k {
			j, s := int32(-1), float32(0)
			if r < have {
				j = int32((i + 1 + r) % found)
				s = rapid.Float32Range(-1, 1).Draw(t, "score")
			}
			m.Index, m.Score = append(m.Index, j), append(m.Score, s)
		}
	}
	return m
}

func maybeNaN() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Just(math.NaN()), rapid.Float64Range(-1e308, 1e308))
}

func drawMetrics(t *rapid.T) *Metrics {
	x := func() float64 { return maybeNaN().Draw(t, "number") }
	m := &Metrics{Confidence: 0.95, Resamples: rapid.IntRange(0, 5000).Draw(t, "resamples")}
	for range rapid.IntRange(0, 3).Draw(t, "each") {
		m.Models = append(m.Models, MetricsModel{Role: "ours", Name: drawText(t, "name"), Dim: 512, Random: true, Embeddings: "ab", Rows: 9})
		m.Retrieval = append(m.Retrieval, RetrievalScore{"ours", "garment", "recall@1", x(), x(), x(), x(), 7, 2})
		m.Background = append(m.Background, BackgroundScore{"ours", "sensitivity", x(), x(), x(), x(), 9, 0})
		m.Difference = append(m.Difference, Difference{"category", "map@r", x(), x(), x()})
		m.Clusters = append(m.Clusters, ClusterScore{"baseline", drawText(t, "digest"), drawText(t, "label"), "kmeans", 50, "category", "nmi", x(), x(), x()})
	}
	if rapid.Bool().Draw(t, "protocol") {
		m.Protocol = &Protocol{Boxes: drawText(t, "boxes"), Queries: 3, Models: []ProtocolModel{{"ours", 1, 2}}}
		for range rapid.IntRange(0, 3).Draw(t, "groups") {
			m.Protocol.Groups = append(m.Protocol.Groups, GroupScore{"ours", "scale", 2, drawText(t, "name"), 5, "top-1", x(), x(), x()})
		}
	}
	return m
}

func drawEncoder(t *rapid.T) (EncoderInfo, Weights, []HistoryRow) {
	x := func() float64 { return maybeNaN().Draw(t, "number") }
	info := EncoderInfo{
		Arch: "resnet18", Width: 8, Size: 64, CellSize: 21, Dim: 64, Mean: [3]float32{0.485, 0.456, 0.406}, Std: [3]float32{0.229, 0.224, 0.225},
		Name: drawText(t, "name"), Loss: "mse", Epochs: 5, Steps: 40, Images: 128, Random: rapid.Bool().Draw(t, "random"), Collapsed: true,
		Collapse: Collapse{x(), x(), x(), x()},
	}
	if rapid.Bool().Draw(t, "validated") {
		info.Validation = &Validation{"garment", 200, 150, rapid.Float64Range(0, 1).Draw(t, "recall"), 0.01}
	}
	var history []HistoryRow
	for i := range rapid.IntRange(0, 10).Draw(t, "steps") {
		history = append(history, HistoryRow{int32(i + 1), 1, x(), x(), x(), x(), x(), x(), x(), x(), x(), x(), x(), x(), x()})
	}
	return info, drawWeights(t, 1), history
}

func drawWeights(t *rapid.T, least int) Weights {
	var w Weights
	for i := range rapid.IntRange(least, 5).Draw(t, "tensors") {
		shape := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape")
		n, _ := elements(shape)
		data := rapid.SliceOfN(rapid.Float32(), int(n), int(n)).Draw(t, "data")
		w = append(w, Tensor{Name: fmt.Sprintf("%d.%s", i, drawText(t, "name")), Shape: shape, Data: data})
	}
	return w
}

// scratch is a folder of its own for each example that rapid draws.
func scratch(t *testing.T) func() string {
	root, n := t.TempDir(), 0
	return func() string {
		n++
		dir := filepath.Join(root, fmt.Sprint(n))
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		return dir
	}
}

// digests are the SHA-256 of all files in dir.
func digests(t rapid.TB, dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all string
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all += fmt.Sprintf("%s %x\n", e.Name(), sha256.Sum256(b))
	}
	return all
}
