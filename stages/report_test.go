package stages

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

// quiet takes notes and progress and says nothing.
type quiet struct{}

func (quiet) Start(int, string) {}
func (quiet) Add(int)           {}
func (quiet) Live(string)       {}
func (quiet) Note(dag.Note)     {}
func (quiet) Say(string)        {}

// reportInputs writes one small artifact for each port of the report.
func reportInputs(t *testing.T) dag.Inputs {
	t.Helper()
	in := dag.Inputs{}
	put := func(port string, digest dag.Digest, write func(dir string) error) {
		dir := filepath.Join(t.TempDir(), port)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := write(dir); err != nil {
			t.Fatalf("%s: %v", port, err)
		}
		in[port] = append(in[port], dag.Artifact{Dir: dir, Digest: digest})
	}
	const n = 6
	var labels []formats.Labels
	var photos []formats.Photo
	for i := range n {
		l := formats.Labels{ID: string(rune('a'+i)) + ".jpg", Path: string(rune('a'+i)) + ".jpg", Category: []string{"hat", "shoes"}[i%2]}
		labels = append(labels, l)
		photos = append(photos, formats.Photo{Labels: l, Bytes: 10, SHA256: string(bytes.Repeat([]byte{'0' + byte(i)}, 64))})
	}
	put("photos", "p", func(dir string) error {
		return formats.WritePhotos(dir, photos, []formats.Reject{{Path: "z.jpg", Reason: "cut off"}})
	})
	put("images", "i", func(dir string) error {
		w, err := formats.NewImageWriter(dir, formats.ImageSpec{Size: 8, CellSize: 4, Fit: "crop", Grid: "2x2", Cell: "0", Box: "photo"})
		if err != nil {
			return err
		}
		for i, l := range labels {
			if err := w.Append(l, bytes.Repeat([]byte{byte(40 * i)}, 8*8*3), bytes.Repeat([]byte{byte(40 * i)}, 4*4*3)); err != nil {
				return err
			}
		}
		return w.Close([]formats.Reject{{Path: "y.jpg", Reason: "too large"}})
	})
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: "small net"}, Labels: labels, Dim: 2}
	nb := &formats.Neighbours{Meta: formats.NeighboursMeta{Model: "small net", Embeddings: "e", Metric: "cosine", K: 1}, Labels: labels, K: 1}
	c := &formats.Clusters{Meta: formats.ClustersMeta{Algorithm: "kmeans", Model: "small net", Embeddings: "e", K: 1, Converged: true},
		Labels: labels, Dim: 2, Centres: []float32{0, 0}}
	for i := range n {
		e.Data = append(e.Data, float32(i), float32(i*i))
		nb.Index, nb.Score = append(nb.Index, int32((i+1)%n)), append(nb.Score, 0.5)
		c.Cluster, c.Distance = append(c.Cluster, 0), append(c.Distance, float32(i))
	}
	put("embeddings", "e", func(dir string) error { return formats.WriteEmbeddings(dir, e) })
	put("neighbours", "n", func(dir string) error { return formats.WriteNeighbours(dir, nb) })
	put("clusters", "c", func(dir string) error { return formats.WriteClusters(dir, c) })
	put("scores", "s", func(dir string) error {
		return formats.WriteMetrics(dir, &formats.Metrics{Confidence: 0.95, Models: []formats.MetricsModel{{Role: "ours", Name: "small net", Dim: 2, Embeddings: "e", Rows: n}},
			Retrieval: []formats.RetrievalScore{{Role: "ours", By: "category", Measure: "recall@1", Value: 0.5, Low: math.NaN(), High: math.NaN(), Queries: n}}})
	})
	put("encoder", "k", func(dir string) error {
		info := formats.EncoderInfo{Arch: "resnet18", Width: 8, Size: 8, Dim: 2, Std: [3]float32{1, 1, 1}, Name: "small net", Loss: "mse",
			Collapse: formats.Collapse{StdRatio: 1, EffectiveRank: 2, LogNorm: 0, PairRatio: 0.5}}
		return formats.WriteEncoder(dir, info, formats.Weights{{Name: "w", Shape: []int{1}, Data: []float32{1}}},
			[]formats.HistoryRow{formats.NewHistoryRow(1, 1)})
	})
	return in
}

func runReport(t *testing.T, in dag.Inputs) string {
	t.Helper()
	task := &dag.Task{In: in, Out: t.TempDir(), Scratch: t.TempDir(), Seed: 1, Workers: 1, Report: quiet{}}
	if err := newReportStage().Run(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	if err := reportKind().Check(task.Out); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(task.Out, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestReportStage(t *testing.T) {
	in := reportInputs(t)
	page := runReport(t, in)
	for _, id := range []string{"retrieval", "training", "galleries", "clusters", "map", "inputs", "rejects"} {
		if !bytes.Contains([]byte(page), []byte(`<section id="`+id+`">`)) {
			t.Errorf("the page has no section %s", id)
		}
	}
	for _, words := range []string{"cut off", "too large", "small net"} {
		if !bytes.Contains([]byte(page), []byte(words)) {
			t.Errorf("the page doesn't say %q", words)
		}
	}
	if again := runReport(t, in); again != page {
		t.Error("the same inputs gave another page")
	}
	only := dag.Inputs{"images": in["images"]}
	if page := runReport(t, only); bytes.Contains([]byte(page), []byte(`<section id="map">`)) {
		t.Error("a map was drawn without embeddings")
	}
}

func TestReportStageCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	task := &dag.Task{In: reportInputs(t), Out: t.TempDir(), Report: quiet{}}
	if err := newReportStage().Run(ctx, task); err == nil {
		t.Error("a cancelled report ended well")
	}
}

// TestReportStageLeavesWhatItReads stops a report while it reads a file that does not come to its end.
func TestReportStageLeavesWhatItReads(t *testing.T) {
	in := reportInputs(t)
	scores, _ := in.One("scores")
	slow := filepath.Join(scores.Dir, formats.MetricsFile)
	if err := errors.Join(os.Remove(slow), syscall.Mkfifo(slow, 0o644)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	task := &dag.Task{In: in, Out: t.TempDir(), Report: quiet{}}
	go func() { ended <- newReportStage().Run(ctx, task) }()
	w, err := os.OpenFile(slow, os.O_WRONLY, 0) // once somebody reads
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left, _ := os.ReadDir(task.Out); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

func TestReportParams(t *testing.T) {
	if err := newReportStage().Validate(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
	s := newReportStage()
	s.MapPoints = -1
	if err := s.Validate(); err == nil {
		t.Error("a negative number of points is taken")
	}
	if n := len(dag.Params(s)); n != 7 {
		t.Errorf("%d parameters, want 7", n)
	}
}

func TestCheckReport(t *testing.T) {
	dir := t.TempDir()
	if err := checkReport(dir); err == nil {
		t.Error("an empty folder passes")
	}
	if err := os.WriteFile(filepath.Join(dir, "report.html"), []byte("<html>"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := checkReport(dir); err == nil {
		t.Error("a page that is cut off passes")
	}
}
