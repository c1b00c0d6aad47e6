package stages

import (
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

func TestKMeansStage(t *testing.T) {
	e := someEmbeddings(t, 120, 8, 0.5, "aaa")
	s := kmeansKind().New().(*kmeans)
	s.K = 3
	in := dag.Inputs{"embeddings": {e}}
	dir, notes := runOK(t, s, in)
	c, err := formats.ReadClusters(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.Meta.K != 3 || c.Meta.Algorithm != "kmeans" || c.Meta.Embeddings != "aaa" || !c.Meta.Converged || c.Dim != 8 || len(c.Cluster) != 120 {
		t.Errorf("%+v", c.Meta)
	}
	if !strings.HasSuffix(notes.text("inertia"), "in 3 clusters") {
		t.Errorf("notes: %+v", notes.notes)
	}
	sameBytesWithOneWorker(t, s, in, dir, formats.ClustersFile, formats.CentresFile)
	s.K = 121
	if _, _, err := runVectorStage(t, s, in, 1); err == nil || !strings.Contains(err.Error(), "k is 121, but there are only 120 embeddings") {
		t.Errorf("more clusters than rows: %v", err)
	}
	s.K = 0
	if _, _, err := runVectorStage(t, s, in, 1); err == nil || err.Error() != "k: must be at least 1, not 0" {
		t.Errorf("no clusters: %v", err)
	}
}

func TestKMeansAlgorithms(t *testing.T) {
	e := someEmbeddings(t, 120, 8, 0.5, "aaa")
	in := dag.Inputs{"embeddings": {e}}
	for _, c := range []struct {
		algorithm, label string
		spherical        bool
	}{
		{"lloyd", "k-means, 3 clusters, best of 3 starts", false},
		{"elkan", "spherical k-means, 3 clusters, best of 3 starts", true},
		{"minibatch", "k-means, 3 clusters, minibatch, best of 3 starts", false},
		{"hartigan-wong", "k-means, 3 clusters, hartigan-wong, best of 3 starts", false},
	} {
		s := newKMeans()
		s.K, s.Algorithm, s.Spherical = 3, c.algorithm, c.spherical
		dir, notes := runOK(t, s, in)
		r, err := formats.ReadClusters(dir)
		if err != nil {
			t.Fatal(err)
		}
		if r.Meta.Method != c.algorithm || r.Meta.Label() != c.label || r.Meta.Normalised != c.spherical || !r.Meta.Converged {
			t.Errorf("%s: %q, %+v, %+v", c.algorithm, r.Meta.Label(), r.Meta, notes.notes)
		}
		sameBytesWithOneWorker(t, s, in, dir, formats.ClustersFile, formats.CentresFile)
	}
}

func TestParametersThatDoNotGoTogether(t *testing.T) {
	for want, change := range map[string]func(*kmeans){
		"spherical: goes with lloyd and elkan, not with minibatch":     func(s *kmeans) { s.Algorithm, s.Spherical = "minibatch", true },
		"spherical: goes with lloyd and elkan, not with hartigan-wong": func(s *kmeans) { s.Algorithm, s.Spherical = "hartigan-wong", true },
		"batch: lloyd has no batches":                                  func(s *kmeans) { s.Batch = 100 },
		"batch: must be at least 1":                                    func(s *kmeans) { s.Algorithm, s.Batch = "minibatch", 0 },
		"tol: hartigan-wong ends when":                                 func(s *kmeans) { s.Algorithm, s.Tol = "hartigan-wong", 0.1 },
	} {
		s := newKMeans()
		change(s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	s := meanshiftKind().New().(*meanshift)
	s.Blurring, s.Starts = true, 10
	if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), "starts: with blurring") {
		t.Errorf("blurring with starts: %v", err)
	}
}

// Hartigan & Wong's method can't begin where a centre has no row: then starts are drawn, and it says so.
func TestHartiganWongFromAnEmptyStart(t *testing.T) {
	e := someEmbeddings(t, 120, 8, 0.5, "aaa")
	s := newKMeans()
	s.K = 3
	dir, _ := runOK(t, s, dag.Inputs{"embeddings": {e}})
	before, err := formats.ReadClusters(dir)
	if err != nil {
		t.Fatal(err)
	}
	before.Centres[2*8] = 1e6
	far := t.TempDir()
	if err := formats.WriteClusters(far, before); err != nil {
		t.Fatal(err)
	}
	in := dag.Inputs{"embeddings": {e}, "start": {{Dir: far, Digest: "bbb"}}}
	s.Algorithm, s.Warm = "hartigan-wong", true
	dir, notes := runOK(t, s, in)
	c, err := formats.ReadClusters(dir)
	if err != nil || c.Meta.K != 3 || c.Meta.Start != "" || c.Meta.Restarts != 3 || !strings.Contains(notes.text("start"), "nearest to centre 2") {
		t.Errorf("%+v (%v), %+v", c.Meta, err, notes.notes)
	}
	s.Algorithm = "lloyd" // which fills the empty cluster
	dir, _ = runOK(t, s, in)
	if c, err := formats.ReadClusters(dir); err != nil || c.Meta.K != 3 || c.Meta.Start != "bbb" {
		t.Errorf("%+v (%v)", c.Meta, err)
	}
}

func TestMeanShiftStage(t *testing.T) {
	e := someEmbeddings(t, 120, 8, 0.2, "aaa")
	in := dag.Inputs{"embeddings": {e}}
	for _, kernel := range []string{"flat", "gaussian"} {
		s := meanshiftKind().New().(*meanshift)
		s.Kernel, s.Normalise, s.Quantile = kernel, true, 0.08
		dir, _ := runOK(t, s, in)
		c, err := formats.ReadClusters(dir)
		if err != nil {
			t.Fatal(err)
		}
		if c.Meta.Kernel != kernel || !c.Meta.Normalised || c.Meta.K < 2 || c.Meta.Bandwidth <= 0 || c.Meta.Bandwidth > 2 {
			t.Errorf("%+v", c.Meta)
		}
		sameBytesWithOneWorker(t, s, in, dir, formats.ClustersFile, formats.CentresFile)
	}
	s := meanshiftKind().New().(*meanshift)
	s.Blurring, s.Quantile = true, 0.08
	dir, _ := runOK(t, s, in)
	if c, err := formats.ReadClusters(dir); err != nil || c.Meta.K < 2 || !c.Meta.Blurring || !strings.HasPrefix(c.Meta.Label(), "blurring mean shift, ") {
		t.Errorf("%+v (%v)", c.Meta, err)
	}
	sameBytesWithOneWorker(t, s, in, dir, formats.ClustersFile, formats.CentresFile)
	s = meanshiftKind().New().(*meanshift)
	s.Bandwidth = 1000
	if _, notes := runOK(t, s, in); !strings.Contains(notes.text("clusters"), "1 at bandwidth 1000\nall rows are in one") {
		t.Errorf("one cluster is told as %q", notes.text("clusters"))
	}
	s.Bandwidth = 1e-3
	if _, notes := runOK(t, s, in); !strings.Contains(notes.text("clusters"), "each row is one by itself") {
		t.Errorf("a cluster per row is told as %q", notes.text("clusters"))
	}
	s.Quantile = 0
	if _, _, err := runVectorStage(t, s, in, 1); err == nil || !strings.HasPrefix(err.Error(), "quantile: must be above 0") {
		t.Errorf("a quantile of 0: %v", err)
	}
}

func TestRetrieveStage(t *testing.T) {
	in := dag.Inputs{"embeddings": {someEmbeddings(t, 60, 8, 0.2, "aaa")}}
	for _, metric := range []string{"cosine", "l2"} {
		s := retrieveKind().New().(*retrieve)
		s.K, s.Metric = 70, metric // more than there are
		dir, _ := runOK(t, s, in)
		n, err := formats.ReadNeighbours(dir)
		if err != nil {
			t.Fatal(err)
		}
		index, score := n.Row(7)
		if len(index) != 59 || index[0] != 6 || n.Meta.Metric != metric || n.Meta.Embeddings != "aaa" || (score[0] > score[58]) != (metric == "cosine") {
			t.Errorf("%s: %d neighbours %v %v, %+v", metric, len(index), index[:3], score[:3], n.Meta)
		}
		sameBytesWithOneWorker(t, s, in, dir, formats.NeighboursFile)
	}
}
