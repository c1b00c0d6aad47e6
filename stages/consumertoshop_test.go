package stages

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/consumertoshop"
)

// shopItems makes a catalogue of items: 30 pairs of a user's and a shop's photo, and an item of style 0 in every tenth.
func shopItems(t *testing.T) ([]formats.Photo, dag.Artifact) {
	t.Helper()
	var photos []formats.Photo
	add := func(n, item int, style int32) {
		p := formats.Photo{SHA256: "ab", Bytes: 9, Box: []float32{float32(100 * item), 5, float32(100*item) + 90, 200}}
		p.Path = fmt.Sprintf("validation/image/%06d.jpg", n)
		p.ID, p.Split, p.Source = fmt.Sprintf("%s#item%d", p.Path, item), "validation", []string{"shop", "user"}[n%2]
		p.PairID, p.Style, p.Item, p.CategoryID, p.Category, p.Scale = int64((n+1)/2), style, int32(item), 9, "skirt", 2
		photos = append(photos, p)
	}
	for n := 1; n <= 60; n++ {
		if n%10 == 0 {
			add(n, 2, 0)
		}
		add(n, 1, 1)
	}
	dir := t.TempDir()
	if err := formats.WritePhotos(dir, photos, nil); err != nil {
		t.Fatal(err)
	}
	return photos, dag.Artifact{Type: Photos, Digest: "photos", Dir: dir}
}

// itemVectors embeds items so that those of a pair lie together.
func itemVectors(t *testing.T, photos []formats.Photo, noise float64) dag.Artifact {
	t.Helper()
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: "drawn"}, Dim: 6}
	for i, p := range photos {
		pair, own := rand.New(rand.NewPCG(uint64(p.PairID), 1)), rand.New(rand.NewPCG(uint64(i), 2))
		for range e.Dim {
			e.Data = append(e.Data, float32(pair.NormFloat64()+noise*own.NormFloat64()))
		}
		e.Labels = append(e.Labels, p.Labels)
	}
	dir := t.TempDir()
	if err := formats.WriteEmbeddings(dir, e); err != nil {
		t.Fatal(err)
	}
	return dag.Artifact{Type: Embeddings, Digest: "vectors", Dir: dir}
}

func newConsumerToShop(change func(*consumerToShop)) *consumerToShop {
	s := consumerToShopKind().New().(*consumerToShop)
	s.Resamples = 50
	change(s)
	return s
}

// accuracies are the values and bounds of ours.
func accuracies(t *testing.T, dir string) (list []string, m *formats.Metrics) {
	t.Helper()
	m, err := formats.ReadMetrics(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range m.Retrieval {
		if r.Role == "ours" {
			list = append(list, fmt.Sprint(r.Measure, r.Value, r.Low, r.High))
		}
	}
	return list, m
}

// What is written is read: the result and the truth of an artifact score as the embeddings did.
func TestConsumerToShop(t *testing.T) {
	rows, photos := shopItems(t)
	in := dag.Inputs{"photos": {photos}, "ours": {itemVectors(t, rows, 0.5)}, "baseline": {itemVectors(t, rows, 3)}}
	s := newConsumerToShop(func(*consumerToShop) {})
	dir, notes := runOK(t, s, in)
	want, m := accuracies(t, dir)
	if v := m.Retrieval[0].Value; len(want) != 5 || v < 0.3 || v == 1 || m.Protocol.Boxes != "ground_truth_boxes" || m.Protocol.Queries != 30 || len(m.Protocol.Groups) != 10 {
		t.Errorf("%v, %+v", want, m.Protocol)
	}
	if text := notes.text("top-1 (ground-truth boxes)"); !strings.Contains(text, ", baseline 0.") || !strings.Contains(text, ", difference +0.") {
		t.Errorf("the headline is %q", text)
	}
	sameBytesWithOneWorker(t, s, in, dir, "metrics.json", "result.json", "result_baseline.json", "query.json", "gallery.json")

	file := func(name string) string { return filepath.Join(dir, name) }
	theirs, _ := runOK(t, newConsumerToShop(func(s *consumerToShop) { s.Result = file("result.json") }), dag.Inputs{"photos": {photos}})
	got, m := accuracies(t, theirs)
	if !slices.Equal(got, want) || m.Protocol.Boxes != "ground_truth_boxes" || m.Models[0].Name != "a result file" {
		t.Errorf("the result file scores\n%v, want\n%v", got, want)
	}
	lists, _ := runOK(t, newConsumerToShop(func(s *consumerToShop) {
		s.Result, s.Queries, s.Gallery = file("result.json"), file("query.json"), file("gallery.json")
	}), nil)
	if got, m := accuracies(t, lists); !slices.Equal(got, want) || len(m.Protocol.Groups) != 0 {
		t.Errorf("by the lists it scores\n%v, want\n%v", got, want)
	}
}

// Detections where the annotated boxes are, but for one photo without any, of which one is of a wrong category.
func TestConsumerToShopDetected(t *testing.T) {
	rows, photos := shopItems(t)
	var found []string
	for _, p := range rows {
		n, err := consumertoshop.Number(p.Path)
		if err != nil {
			t.Fatal(err)
		}
		if n != 7 {
			category := map[bool]int{true: 8, false: 9}[n == 9]
			found = append(found, fmt.Sprintf(`{"image_id": %d, "category_id": %d, "bbox": [%v, 6.5, 88, 190], "score": 0.%d}`, n, category, p.Box[0], 1+n%9))
		}
	}
	found = append(found, `{"image_id": 5, "category_id": 9, "bbox": [0, 0, 9, 9], "score": 0.01}`, `{"image_id": 999, "category_id": 9, "bbox": [0, 0, 9, 9], "score": 0.9}`)
	path := filepath.Join(t.TempDir(), "found.json")
	if err := os.WriteFile(path, []byte("["+strings.Join(found, ",")+"]"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir, notes := runOK(t, &detections{File: path, MinScore: 0.05}, dag.Inputs{"photos": {photos}})
	if err := checkDetections(dir); err != nil {
		t.Fatal(err)
	}
	if text := notes.text("items"); text != "65 detected in 59 of 60 photos" || !strings.HasPrefix(notes.text("unknown photos"), "1 detections") {
		t.Errorf("told as %q, %q", text, notes.text("unknown photos"))
	}
	detected, err := formats.ReadPhotos(dir)
	if err != nil {
		t.Fatal(err)
	}
	in := dag.Inputs{"photos": {photos}, "detected": {{Dir: dir}}, "ours": {itemVectors(t, detected, 0.1)}}
	scored, _ := runOK(t, newConsumerToShop(func(*consumerToShop) {}), in)
	_, m := accuracies(t, scored)
	if p := m.Protocol; p.Boxes != "detected_boxes" || p.Queries != 30 || p.Models[0].Missed != 2 || m.Retrieval[0].By != "detected_boxes" || m.Retrieval[0].Value < 0.8 {
		t.Errorf("%+v, %+v", p, m.Retrieval[0])
	}
	in["detected"] = []dag.Artifact{photos}
	if _, _, err := runVectorStage(t, newConsumerToShop(func(*consumerToShop) {}), in, 1); err == nil || !strings.Contains(err.Error(), "kind detections") {
		t.Errorf("a catalogue without detections: %v", err)
	}
	if _, _, err := runVectorStage(t, &detections{File: path, MinScore: 2}, dag.Inputs{"photos": {photos}}, 1); err == nil || !strings.Contains(err.Error(), "none of 67 detections is left") {
		t.Errorf("none left: %v", err)
	}
}

func TestConsumerToShopRefuses(t *testing.T) {
	ports := func(names ...string) map[string]int {
		m := map[string]int{}
		for _, n := range names {
			m[n] = 1
		}
		return m
	}
	for _, c := range []struct {
		change    func(*consumerToShop)
		connected map[string]int
		says      string
	}{
		{func(*consumerToShop) {}, ports("photos"), "must name a result file, or the port ours be connected"},
		{func(s *consumerToShop) { s.Result = "r" }, ports("photos", "ours"), "can't go with the connected port ours"},
		{func(s *consumerToShop) { s.Result = "r" }, ports("photos", "baseline"), "goes without baseline and detected"},
		{func(s *consumerToShop) { s.Result = "r" }, ports(), "or the port photos be connected"},
		{func(s *consumerToShop) { s.Queries, s.Gallery = "q", "g" }, ports("ours"), "connect photos or detected too"},
		{func(s *consumerToShop) { s.Queries = "q" }, ports("photos", "ours"), "set both or none"},
		{func(s *consumerToShop) { s.Confidence = 2 }, ports("photos", "ours"), "confidence"},
	} {
		s := newConsumerToShop(c.change)
		err := s.Validate()
		if err == nil {
			err = s.ValidatePorts(c.connected)
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v, want %q", err, c.says)
		}
	}
	s := newConsumerToShop(func(s *consumerToShop) { s.Result = filepath.Join(t.TempDir(), "none.json") })
	if err := s.Run(context.Background(), &dag.Task{Out: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "result") {
		t.Errorf("a file that isn't there: %v", err)
	}
}

// A list is not read on once the run is stopped.
func TestListsStopWithTheRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(path, []byte("[]"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	if _, err := readList[formats.Detection](ctx, "file", path); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := readList[formats.Detection](ctx, "file", path); !errors.Is(err, context.Canceled) {
		t.Errorf("read on after the end: %v", err)
	}
}
