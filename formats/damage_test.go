package formats

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// artifact is a sample of one kind, for tests that damage it.
type artifact struct {
	name  string
	write func(dir string) error
	read  func(dir string) error // all of it
	check func(dir string) error
}

func sampleLabels(n int) []Labels {
	var labels []Labels
	for i := range n {
		labels = append(labels, Labels{
			ID: fmt.Sprintf("shop/%03d.jpg", i), Path: fmt.Sprintf("shop/%03d.jpg", i), Split: "validation", Source: "shop",
			Category: "trousers", CategoryID: 8, PairID: int64(i / 2), Style: 1, Item: 1, Scale: 1, Occlusion: 2, ZoomIn: 3, Viewpoint: 2, Scene: int32(i),
		})
	}
	return labels
}

func samplePhotos() []Photo {
	var photos []Photo
	for i, l := range sampleLabels(6) {
		p := Photo{Labels: l, SHA256: fmt.Sprintf("%064x", i), Bytes: int64(1000 + i)}
		if i%2 == 0 {
			p.Box = []float32{10, 20, 110.5, 220}
			p.Polygons = [][]float32{{10, 20, 110, 20, 60, 220}, {0, 0, 1, 0, 1, 1, 0, 1}}
		}
		photos = append(photos, p)
	}
	return photos
}

func sampleImages() imageTable {
	m := imageTable{Spec: ImageSpec{Size: 12, CellSize: 4, Fit: "pad", Grid: "3x3", Cell: "center", Box: "photo"}, perBatch: 2}
	m.Labels = sampleLabels(5)
	for i := range m.Labels {
		m.Whole, m.Cell = append(m.Whole, pattern(i, 12*12*3)), append(m.Cell, pattern(i+9, 4*4*3))
	}
	m.Rejects = []Reject{{Path: "broken.jpg", Reason: "not a JPEG"}}
	return m
}

// sampleCells is an image table with several cells in a row.
func sampleCells() imageTable {
	m := sampleImages()
	m.Spec.Cell, m.Spec.Cells = "random:3", 3
	for i := range m.Cell {
		m.Cell[i] = pattern(i+9, 3*4*4*3)
	}
	return m
}

func sampleEmbeddings() *Embeddings {
	e := &Embeddings{Meta: EmbeddingsMeta{Model: "resnet18, mse, 5 epochs", Normalised: true, Layer: "pool"}, Labels: sampleLabels(7), Dim: 16}
	for i := range 7 * 16 {
		e.Data = append(e.Data, float32(math.Sin(float64(i))))
	}
	return e
}

func sampleClusters() *Clusters {
	nan := float32(math.NaN())
	return &Clusters{
		Meta:   ClustersMeta{Algorithm: "kmeans", Model: "m", K: 2, Inertia: 1.5, Iterations: 7, Converged: true},
		Labels: sampleLabels(4), Cluster: []int32{0, 1, -1, 1}, Distance: []float32{0.5, 0.25, nan, 1},
		Dim: 3, Centres: []float32{1, 2, 3, 4, 5, 6},
	}
}

// chosenClusters is sampleClusters with how they were chosen.
func chosenClusters() *Clusters {
	c, score, spread := sampleClusters(), 0.25, 0.01
	c.Meta.ChosenBy = "gap"
	c.Choice = &Choice{By: "gap", Parameter: "k", Draws: 10, Chosen: 1, Candidates: []ChoiceCandidate{
		{Value: 1, Clusters: 1, Inertia: 9}, {Value: 2, Clusters: 2, Inertia: 1.5, Score: &score, Spread: &spread}}}
	return c
}

func sampleNeighbours() *Neighbours {
	return &Neighbours{
		Meta: NeighboursMeta{Model: "m", Metric: "l2", K: 2}, Labels: sampleLabels(3), K: 2,
		Index: []int32{1, 2, 0, -1, -1, -1}, Score: []float32{0.5, 1.5, 0.5, 0, 0, 0},
	}
}

// galleryNeighbours is sampleNeighbours in a gallery of two rows.
func galleryNeighbours() *Neighbours {
	n := sampleNeighbours()
	n.Meta.Gallery, n.Gallery = "cd34", sampleLabels(2)
	n.Index = []int32{0, 1, 0, -1, -1, -1}
	return n
}

func sampleMetrics() *Metrics {
	nan := math.NaN()
	return &Metrics{
		Models:     []MetricsModel{{"ours", "resnet18, mse, 5 epochs", 512, false, "ab12", 1000, "ef56", 2000}},
		Retrieval:  []RetrievalScore{{"ours", "category", "recall@1", 0.612, 0.58, 0.644, 0.31, 990, 10}},
		Background: []BackgroundScore{{"ours", "sensitivity", 0.21, 0.18, 0.25, 0.5, 990, 10}},
		Difference: []Difference{{"category", "recall@1", 0.1, -0.05, 0.25}},
		Clusters:   []ClusterScore{{"ours", "cd34", "k-means, 50 clusters", "kmeans", 50, "", "silhouette", 0.2, nan, nan}},
		Protocol: &Protocol{Boxes: "detected_boxes", Queries: 7, Gallery: 9, Unavailable: 1, Models: []ProtocolModel{{"ours", 12, 2}},
			Groups: []GroupScore{{"ours", "scale", 1, "small", 3, "top-20", 0.5, nan, 0.75}}},
		Confidence: 0.95, Resamples: 1000,
	}
}

func sampleEncoder() (EncoderInfo, Weights, []HistoryRow) {
	nan := math.NaN()
	info := EncoderInfo{
		Arch: "resnet18", Width: 8, Size: 64, CellSize: 21, Dim: 64, Mean: [3]float32{0.485, 0.456, 0.406}, Std: [3]float32{0.229, 0.224, 0.225},
		Name: "resnet18, mse, 5 epochs", Loss: "mse", Epochs: 5, Steps: 2, Images: 128, Collapse: Collapse{0.9, 40, 1.5, nan},
	}
	w := Weights{{"bn1.weight", []int{3}, []float32{1, 2, 3}}, {"conv1.weight", []int{2, 2}, []float32{-1, 0, 0.5, 1e-30}}}
	return info, w, []HistoryRow{{1, 1, 0.5, 1e-3, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan}, {2, 1, 0.25, 1e-3, 0.03, 40, 1.5, 0.2, 0.6, 1.2, 0.8, 0.7, 0.5, 0.6, 0.4}}
}

func samples() []artifact {
	return []artifact{
		{"photos", func(dir string) error { return WritePhotos(dir, samplePhotos(), []Reject{{"a.jpg", "empty file"}}) },
			func(dir string) error {
				_, _, scanned := scan(dir)
				return firstError(second(ReadPhotos(dir)), scanned, second(ReadRejects(dir)))
			}, CheckPhotos},
		{"images", func(dir string) error { return writeImages(dir, sampleImages()) },
			func(dir string) error { return second(readImages(dir)) }, CheckImages},
		{"cells", func(dir string) error { return writeImages(dir, sampleCells()) },
			func(dir string) error { return second(readImages(dir)) }, CheckImages},
		{"embeddings", func(dir string) error { return WriteEmbeddings(dir, sampleEmbeddings()) },
			func(dir string) error { return second(ReadEmbeddings(dir)) }, CheckEmbeddings},
		{"clusters", func(dir string) error { return WriteClusters(dir, sampleClusters()) },
			func(dir string) error { return second(ReadClusters(dir)) }, CheckClusters},
		{"chosen clusters", func(dir string) error { return WriteClusters(dir, chosenClusters()) },
			func(dir string) error { return second(ReadClusters(dir)) }, CheckClusters},
		{"neighbours", func(dir string) error { return WriteNeighbours(dir, sampleNeighbours()) },
			func(dir string) error {
				return firstError(second(ReadNeighbours(dir)), second(ReadNearest(dir, 1)))
			}, CheckNeighbours},
		{"gallery", func(dir string) error { return WriteNeighbours(dir, galleryNeighbours()) },
			func(dir string) error {
				return firstError(second(ReadNeighbours(dir)), second(ReadNearest(dir, 1)))
			}, CheckNeighbours},
		{"metrics", func(dir string) error { return WriteMetrics(dir, sampleMetrics()) },
			func(dir string) error { return second(ReadMetrics(dir)) }, CheckMetrics},
		{"drift", func(dir string) error { return WriteDrift(dir, sampleDrift()) },
			func(dir string) error { return second(ReadDrift(dir)) }, CheckDrift},
		{"judgements", func(dir string) error { return WriteJudgements(dir, sampleJudgements()) },
			func(dir string) error { return second(ReadJudgements(dir)) }, CheckJudgements},
		{"encoder", func(dir string) error { i, w, h := sampleEncoder(); return WriteEncoder(dir, i, w, h) },
			func(dir string) error {
				return firstError(second(ReadEncoderInfo(dir)), second(ReadWeights(filepath.Join(dir, WeightsFile))), second(ReadHistory(dir)))
			}, CheckEncoder},
	}
}

func second[T any](_ T, err error) error { return err }

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// eachFile calls use for every file of every sample artifact, with its bytes.
func eachFile(t *testing.T, use func(t *testing.T, a artifact, path string, whole []byte)) {
	for _, a := range samples() {
		dir := t.TempDir()
		if err := firstError(a.write(dir), a.read(dir), a.check(dir)); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(a.name+"/"+e.Name(), func(t *testing.T) { use(t, a, path, whole) })
			put(t, path, whole)
		}
	}
}

func put(t rapid.TB, path string, b []byte) {
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

// A file cut short anywhere is an error, for the reader and for the check.
func TestTruncated(t *testing.T) {
	eachFile(t, func(t *testing.T, a artifact, path string, whole []byte) {
		step := max(1, len(whole)/150)
		for n := 0; n < len(whole); n += step {
			if n == len(whole)-1 && filepath.Ext(path) == ".json" {
				continue // only the newline at the end is missing
			}
			put(t, path, whole[:n])
			if a.read(filepath.Dir(path)) == nil {
				t.Errorf("cut to %d of %d bytes, it is read without an error", n, len(whole))
			}
			if a.check(filepath.Dir(path)) == nil {
				t.Errorf("cut to %d of %d bytes, it passes the check", n, len(whole))
			}
		}
	})
}

// A file with some bytes changed may be read or not, but never panics.
func TestBytesChanged(t *testing.T) {
	eachFile(t, func(t *testing.T, a artifact, path string, whole []byte) {
		rapid.Check(t, func(t *rapid.T) {
			b := append([]byte(nil), whole...)
			for range rapid.IntRange(1, 4).Draw(t, "changes") {
				b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
			}
			put(t, path, b)
			dir := filepath.Dir(path)
			_, _ = a.read(dir), a.check(dir)
		})
	})
}

// A file that is missing is an error that names it.
func TestMissing(t *testing.T) {
	eachFile(t, func(t *testing.T, a artifact, path string, _ []byte) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := a.check(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("check says %v", err)
		}
	})
}
