package stages

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/model"
)

// sayTaker keeps what a stage tells of its run.
type sayTaker struct {
	noteTaker
	said []string
}

func (r *sayTaker) Say(text string) { r.said = append(r.said, text) }

// notTheProcessor is the plugin that PIPE_TEST_PLUGIN names under a name that is not a processor's, so that stages take
// it for a GPU.
func notTheProcessor(t *testing.T) string {
	t.Helper()
	from := os.Getenv("PIPE_TEST_PLUGIN")
	if from == "" {
		t.Skip("needs XLA: let PIPE_TEST_PLUGIN be the path of a PJRT plugin")
	}
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "pjrt_c_api_other_plugin.so")
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := model.OpenDistances("xla:" + to); err != nil && strings.Contains(err.Error(), "without cgo") {
		t.Skip("needs XLA: build with CGO_ENABLED=1")
	} else if err != nil {
		t.Fatal(err)
	}
	return "xla:" + to
}

// TestOffload: on a device a stage writes the same bytes, and says where it computed.
func TestOffload(t *testing.T) {
	plugin := notTheProcessor(t)
	in := dag.Inputs{"embeddings": {someEmbeddings(t, 400, 8, 0.5, "aaa")}}
	gallery := dag.Inputs{"embeddings": in["embeddings"], "gallery": {someEmbeddings(t, 300, 8, 0.5, "aaa")}}
	clusters := []string{formats.ClustersFile, formats.CentresFile}
	flat := meanshiftKind().New().(*meanshift)
	flat.Quantile = 0.02
	gaussian := meanshiftKind().New().(*meanshift)
	gaussian.Kernel, gaussian.Quantile = "gaussian", 0.02
	few := newKMeans()
	few.K, few.Algorithm = 5, "minibatch"
	k := newKMeans()
	k.K = 5
	ks := newKMeans()
	ks.Ks = []int{2, 5}
	gap := newKMeans()
	gap.Ks, gap.Choose, gap.Draws = []int{2, 5}, "gap", 3
	for _, c := range []struct {
		stage dag.Stage
		in    dag.Inputs
		files []string // that are the same
		least float64
		want  string
	}{
		{&retrieve{K: 3, Metric: "cosine"}, in, []string{formats.NeighboursFile}, 0, "distances: XLA other"},
		{&retrieve{K: 3, Metric: "cosine"}, gallery, []string{formats.NeighboursFile, formats.GalleryFile}, 0, "distances: XLA other"},
		{&retrieve{K: 3, Metric: "cosine"}, in, []string{formats.NeighboursFile}, 1e12, "on this processor: too few distances for a GPU to pay"},
		{k, in, clusters, 0, "distances: XLA other"},
		{ks, in, clusters, 0, "distances: XLA other"},
		{gap, in, append(clusters, formats.ChoiceFile), 0, "distances: XLA other"},
		{few, in, clusters, 0, ""},
		{flat, in, clusters, 0, "distances: XLA other"},
		{gaussian, in, nil, 1e12, "distances: XLA other"},
	} {
		worthwhile = c.least
		here, there := &sayTaker{}, &sayTaker{}
		want, got := runOn(t, c.stage, c.in, "cpu", here), runOn(t, c.stage, c.in, plugin, there)
		for _, f := range c.files {
			if !bytes.Equal(bytesOf(t, want, f), bytesOf(t, got, f)) {
				t.Errorf("%+v: %s is another on a device", c.stage, f)
			}
		}
		if len(here.said) > 0 || !strings.HasPrefix(strings.Join(there.said, " "), c.want) || c.want == "" && len(there.said) > 0 {
			t.Errorf("%+v: says %q here and %q there, want %q", c.stage, here.said, there.said, c.want)
		}
	}
	worthwhile = someSeconds
}

// TestOffloadBorrows: a stage that has no GPU takes one that is free, or computes here.
func TestOffloadBorrows(t *testing.T) {
	plugin := notTheProcessor(t)
	worthwhile = 0
	defer func() { worthwhile = someSeconds }()
	in := dag.Inputs{"embeddings": {someEmbeddings(t, 400, 8, 0.5, "aaa")}}
	for want, borrow := range map[string]func() (int, bool){
		"distances: XLA other":                   func() (int, bool) { return 0, true },
		"on this processor: every GPU is in use": func() (int, bool) { return 0, false },
	} {
		r := &sayTaker{}
		task := &dag.Task{In: in, Out: t.TempDir(), Scratch: t.TempDir(), Seed: 1, Workers: 2, Backend: plugin, Report: r, Borrow: borrow}
		if err := (&retrieve{K: 3, Metric: "cosine"}).Run(context.Background(), task); err != nil {
			t.Fatal(err)
		}
		if len(r.said) != 1 || !strings.HasPrefix(r.said[0], want) {
			t.Errorf("says %q, want %q", r.said, want)
		}
	}
}

func runOn(t *testing.T, s dag.Stage, in dag.Inputs, backend string, r *sayTaker) string {
	t.Helper()
	task := &dag.Task{In: in, Out: t.TempDir(), Scratch: t.TempDir(), Seed: 1, Workers: 2, Backend: backend, Report: r}
	if err := s.Run(context.Background(), task); err != nil {
		t.Fatal(err)
	}
	return task.Out
}

func bytesOf(t *testing.T, dir, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
