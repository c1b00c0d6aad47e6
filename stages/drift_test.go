package stages

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

// clustersOf is a clusters artifact: photo i is in cluster of[i].
func clustersOf(t *testing.T, embeddings string, of ...int32) dag.Artifact {
	t.Helper()
	c := &formats.Clusters{Meta: formats.ClustersMeta{Algorithm: "kmeans", Model: "m", Embeddings: embeddings, K: int(slices.Max(of)) + 1}, Dim: 1, Cluster: of}
	for i := range of {
		id := fmt.Sprintf("%02d.jpg", i)
		c.Labels = append(c.Labels, formats.Labels{ID: id, Path: id})
		c.Distance = append(c.Distance, 0)
	}
	c.Centres = make([]float32, c.Meta.K)
	dir := t.TempDir()
	if err := formats.WriteClusters(dir, c); err != nil {
		t.Fatal(err)
	}
	return dag.Artifact{Type: Clusters, Dir: dir, Digest: dag.Digest(fmt.Sprint(of))}
}

func TestDriftStage(t *testing.T) {
	now, same := clustersOf(t, "e", 0, 0, 0, 1, 1, 1), clustersOf(t, "f", 1, 1, 1, 0, 0, 0)
	other, many := clustersOf(t, "f", 0, 1, 0, 1, 0, 1), clustersOf(t, "f", 0, 1, 2, 3, 4, 5)
	for _, c := range []struct {
		name              string
		in                dag.Inputs
		drift, gate, warn string
	}{
		{"first time", dag.Inputs{"clusters": {now}}, "first time: nothing to compare with", "", ""},
		{"renumbered", dag.Inputs{"clusters": {now}, "before": {same}}, "ARI 1.000 over 6 photos, 0 moved", "", ""},
		{"mixed up", dag.Inputs{"clusters": {now}, "before": {other}}, "2 moved", "ARI is -0.111, and min_ari is 0.7; 33.3 % of the photos moved, and max_moved is 0.3", ""},
		{"other settings", dag.Inputs{"clusters": {now}, "before": {many}}, "4 moved", "ARI is 0.000", "m, k-means, 6 clusters; now: m, k-means, 2 clusters"},
		{"with noise", dag.Inputs{"clusters": {now}, "before": {same}, "again": {clustersOf(t, "e", 0, 0, 0, 1, 1, 1)}}, "a second try agrees to 1.000", "", ""},
		{"noisy", dag.Inputs{"clusters": {now}, "before": {other}, "again": {clustersOf(t, "e", 0, 1, 0, 1, 0, 1)}}, "a second try agrees to -0.111",
			"min_ari is 0.7 (a second try at the same photos agrees to -0.111 only", ""},
	} {
		dir, notes := runOK(t, driftKind().New(), c.in)
		if !strings.Contains(notes.text("drift"), c.drift) || !strings.Contains(notes.text("settings"), c.warn) {
			t.Errorf("%s: %q, %q", c.name, notes.text("drift"), notes.text("settings"))
		}
		gate := ""
		for _, n := range notes.notes {
			if n.Level == dag.Gate {
				gate = n.Text
			}
		}
		if !strings.Contains(gate, c.gate) || (gate == "") != (c.gate == "") {
			t.Errorf("%s: gate %q, want %q", c.name, gate, c.gate)
		}
		d, err := formats.ReadDrift(dir)
		if err != nil || d.Passed != (c.gate == "") || d.Clusters != string(now.Digest) {
			t.Errorf("%s: %+v, %v", c.name, d, err)
		}
	}
	_, _, err := runVectorStage(t, driftKind().New(), dag.Inputs{"clusters": {now}, "again": {same}}, 1)
	if err == nil || !strings.Contains(err.Error(), "are of other embeddings") {
		t.Errorf("noise of other embeddings: %v", err)
	}
}

// Half of a folder new, or gone, is told beside the verdict, and fails it only where max_new or max_gone say so.
func TestDriftOfManyNewPhotos(t *testing.T) {
	few, many := clustersOf(t, "e", 0, 0, 1, 1), clustersOf(t, "f", 0, 0, 1, 1, 2, 2, 2, 2)
	for _, c := range []struct {
		now, before     dag.Artifact
		maxNew, maxGone float64
		warn, gate      string
	}{
		{many, few, 1, 1, "4 of 8 photos are new: the verdict covers 4", ""},
		{many, few, 0.5, 0, "4 of 8 photos are new: the verdict covers 4", ""},
		{many, few, 0.4, 0, "4 of 8 photos are new: the verdict covers 4", "50.0 % of the photos are new, and max_new is 0.4"},
		{few, many, 0, 1, "4 of 8 before are gone: the verdict covers 4", ""},
		{few, many, 0, 0.3, "4 of 8 before are gone: the verdict covers 4", "50.0 % of the photos before are gone, and max_gone is 0.3"},
		{few, few, 0, 0, "", ""},
	} {
		s := driftKind().New().(*driftStage)
		s.MaxNew, s.MaxGone = c.maxNew, c.maxGone
		dir, notes := runOK(t, s, dag.Inputs{"clusters": {c.now}, "before": {c.before}})
		d, err := formats.ReadDrift(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(d.Reasons, "; "); got != c.gate || notes.text("covers") != c.warn || d.MaxNew != c.maxNew || d.MaxGone != c.maxGone {
			t.Errorf("max_new %v, max_gone %v: gate %q, warning %q; want %q, %q", c.maxNew, c.maxGone, got, notes.text("covers"), c.gate, c.warn)
		}
	}
}

func TestDriftRefuses(t *testing.T) {
	for want, change := range map[string]func(*driftStage){
		"min_ari: must be from -1 to 1, not 2":   func(s *driftStage) { s.MinARI = 2 },
		"max_moved: must be from 0 to 1, not -1": func(s *driftStage) { s.MaxMoved = -1 },
		"max_new: must be from 0 to 1, not 30":   func(s *driftStage) { s.MaxNew = 30 },
		"match: must be from 0.01 to 1, not 0":   func(s *driftStage) { s.Match = 0 },
	} {
		s := driftKind().New().(*driftStage)
		change(s)
		if err := s.Validate(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
