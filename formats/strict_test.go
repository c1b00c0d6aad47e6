package formats

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// What can't be is refused before a file of it lies there to be published.
func TestBadRecordsAreNotWritten(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	photos := func(edit func(p []Photo)) func(string) error {
		return func(dir string) error { p := samplePhotos(); edit(p); return WritePhotos(dir, p, nil) }
	}
	embeddings := func(edit func(e *Embeddings)) func(string) error {
		return func(dir string) error { e := sampleEmbeddings(); edit(e); return WriteEmbeddings(dir, e) }
	}
	clusters := func(edit func(c *Clusters)) func(string) error {
		return func(dir string) error { c := sampleClusters(); edit(c); return WriteClusters(dir, c) }
	}
	choice := func(edit func(c *Choice)) func(string) error {
		return func(dir string) error { c := chosenClusters(); edit(c.Choice); return WriteClusters(dir, c) }
	}
	neighbours := func(edit func(n *Neighbours)) func(string) error {
		return func(dir string) error { n := sampleNeighbours(); edit(n); return WriteNeighbours(dir, n) }
	}
	gallery := func(edit func(n *Neighbours)) func(string) error {
		return func(dir string) error { n := galleryNeighbours(); edit(n); return WriteNeighbours(dir, n) }
	}
	images := func(edit func(m *imageTable)) func(string) error {
		return func(dir string) error { m := sampleImages(); edit(&m); return writeImages(dir, m) }
	}
	encoder := func(edit func(e *EncoderInfo, w *Weights, h []HistoryRow)) func(string) error {
		return func(dir string) error {
			e, w, h := sampleEncoder()
			edit(&e, &w, h)
			return WriteEncoder(dir, e, w, h)
		}
	}
	for _, c := range []struct {
		want  string
		write func(string) error
	}{
		{"must be unique", photos(func(p []Photo) { p[1].ID = p[0].ID })},
		{"not empty", photos(func(p []Photo) { p[1].ID = "" })},
		{"a box has 4 numbers, not 3", photos(func(p []Photo) { p[1].Box = []float32{1, 2, 3} })},
		{"x and y for each point", photos(func(p []Photo) { p[1].Polygons = [][]float32{{1, 2, 3}} })},
		{"vector 2 holds NaN at 1", embeddings(func(e *Embeddings) { e.Row(2)[1] = nan })},
		{"vector 0 holds +Inf at 0", embeddings(func(e *Embeddings) { e.Data[0] = inf })},
		{"111 numbers for 7 vectors of length 16", embeddings(func(e *Embeddings) { e.Data = e.Data[1:] })},
		{"vectors of length 0", embeddings(func(e *Embeddings) { e.Dim = 0 })},
		{"row 0 is in cluster 2 of 2", clusters(func(c *Clusters) { c.Cluster[0] = 2 })},
		{"row 0 is in cluster -2 of 2", clusters(func(c *Clusters) { c.Cluster[0] = -2 })},
		{"row 0 is at distance NaN", clusters(func(c *Clusters) { c.Distance[0] = nan })},
		{"row 2 is in no cluster", clusters(func(c *Clusters) { c.Distance[2] = 1 })},
		{"centres:", clusters(func(c *Clusters) { c.Meta.K = 3 })},
		{`choice.json is by "", clusters.parquet says "gap"`, clusters(func(c *Clusters) { c.Meta.ChosenBy = "gap" })},
		{"candidate 2 of 2 is chosen", choice(func(c *Choice) { c.Chosen = 2 })},
		{"the candidate chosen has no score", choice(func(c *Choice) { c.Chosen = 0 })},
		{"candidate 2 follows 3", choice(func(c *Choice) { c.Candidates[0].Value = 3 })},
		{"candidate 2 has a number that is not finite", choice(func(c *Choice) { c.Candidates[1].Inertia = math.Inf(1) })},
		{"sizes are [2 2], counted [1 2]", clusters(func(c *Clusters) { c.Sizes = []int{2, 2} })},
		{"row 0 has row 3 of 3", neighbours(func(n *Neighbours) { n.Index[0] = 3 })},
		{"row 0 has row 0 of 3", neighbours(func(n *Neighbours) { n.Index[0] = 0 })},
		{"row 0 has a gap before its neighbour 2", neighbours(func(n *Neighbours) { n.Index[0], n.Score[0] = -1, 0 })},
		{"row 2 has a score where", neighbours(func(n *Neighbours) { n.Score[4] = 1 })},
		{"score of NaN", neighbours(func(n *Neighbours) { n.Score[0] = nan })},
		{"K is 2, and 3 in Meta", neighbours(func(n *Neighbours) { n.Meta.K = 3 })},
		{"row 0 has row 2 of 2", gallery(func(n *Neighbours) { n.Index[0] = 2 })},
		{"there is a gallery, and Meta names none", gallery(func(n *Neighbours) { n.Meta.Gallery = "" })},
		{"row 0 has row 0 of 0", gallery(func(n *Neighbours) { n.Gallery = nil })},
		{`metric "dot"`, neighbours(func(n *Neighbours) { n.Meta.Metric = "dot" })},
		{"size 0 is not within", images(func(m *imageTable) { m.Spec.Size = 0 })},
		{"cell_size 0 is not within", images(func(m *imageTable) { m.Spec.CellSize = 0 })},
		{"cell_size without a grid", images(func(m *imageTable) { m.Spec.Grid = "" })},
		{"431 and 48 bytes of pixels", images(func(m *imageTable) { m.Whole[1] = m.Whole[1][1:] })},
		{"432 and 0 bytes of pixels", images(func(m *imageTable) { m.Cell[1] = nil })},
		{"unsupported value", func(dir string) error { m := sampleMetrics(); m.Confidence = math.Inf(1); return WriteMetrics(dir, m) }},
		{"no weights", encoder(func(_ *EncoderInfo, w *Weights, _ []HistoryRow) { *w = nil })},
		{"can't be", encoder(func(e *EncoderInfo, _ *Weights, _ []HistoryRow) { e.Dim = 0 })},
		{"validation", encoder(func(e *EncoderInfo, _ *Weights, _ []HistoryRow) {
			e.Validation = &Validation{Rows: 2, Queries: 2, Recall: 1.5}
		})},
		{"each std must be above 0", encoder(func(e *EncoderInfo, _ *Weights, _ []HistoryRow) { e.Std[1] = 0 })},
		{"step 1 follows step 1", encoder(func(_ *EncoderInfo, _ *Weights, h []HistoryRow) { h[1].Step = 1 })},
	} {
		if err := c.write(t.TempDir()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q in it", err, c.want)
		}
	}
}

// A file that says it is of another version or kind is refused by name, not misread.
func TestOtherVersionsAreRefused(t *testing.T) {
	const marker = `"version":1`
	eachFile(t, func(t *testing.T, a artifact, path string, whole []byte) {
		text := strings.ReplaceAll(string(whole), `"version": 1`, marker)
		if filepath.Ext(path) == ".safetensors" {
			t.Skip("the format has no versions")
		}
		if !strings.Contains(text, marker) {
			t.Fatal("no version in the file")
		}
		put(t, path, []byte(strings.ReplaceAll(text, marker, `"version":2`)))
		err := a.read(filepath.Dir(path))
		if err == nil || !strings.Contains(err.Error(), "of version 2: this program reads version 1") || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v", err)
		}
	})
	dir := t.TempDir()
	if err := WriteMetrics(dir, sampleMetrics()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, MetricsFile), filepath.Join(dir, EncoderFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadEncoderInfo(dir); err == nil {
		t.Error("metrics are read as an encoder")
	}
}

// Several goroutines look at one map (for -race), and views stay what they are after others were taken.
func TestImagesReadAtOnce(t *testing.T) {
	dir, m := t.TempDir(), sampleImages()
	if err := writeImages(dir, m); err != nil {
		t.Fatal(err)
	}
	im, err := OpenImages(dir)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for k := range 50 * im.Len() {
				i := (k*3 + g) % im.Len()
				if im.Labels(i) != m.Labels[i] || string(im.Whole(i)) != string(m.Whole[i]) || string(im.Cells(i)) != string(m.Cell[i]) {
					t.Errorf("row %d differs", i)
					return
				}
			}
		})
	}
	group.Wait()
	if err := im.Close(); err != nil {
		t.Fatal(err)
	}
}

// A writer's memory is one record batch, and the rows of a batch do not depend on anything but the sizes.
func TestImageBatches(t *testing.T) {
	for _, c := range []struct {
		spec ImageSpec
		want int
	}{
		{ImageSpec{Size: 224, Grid: "3x3", CellSize: 75}, 25}, {ImageSpec{Size: 64}, 341}, {ImageSpec{Size: 1}, 4096},
		{ImageSpec{Size: 4000}, 1}, {ImageSpec{Size: 224, Grid: "3x3", CellSize: 75, Cells: 9}, 13},
	} {
		if got := c.spec.batchRows(); got != c.want {
			t.Errorf("%+v: %d rows in a batch, want %d", c.spec, got, c.want)
		}
	}
}
