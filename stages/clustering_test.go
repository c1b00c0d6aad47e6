package stages

import (
	"slices"
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
	if _, _, err := runVectorStage(t, s, in, 1); err == nil || !strings.Contains(err.Error(), "k is 121, more than there are embeddings to cluster (120)") {
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
		"batch: is for algorithm: minibatch, not for lloyd":            func(s *kmeans) { s.Batch = 100 },
		"batch: must be at least 1":                                    func(s *kmeans) { s.Algorithm, s.Batch = "minibatch", 0 },
		"tol: is not for hartigan-wong":                                func(s *kmeans) { s.Algorithm, s.Tol = "hartigan-wong", 0.1 },
	} {
		s := newKMeans()
		change(s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	s := meanshiftKind().New().(*meanshift)
	s.Blurring, s.Starts = true, 10
	if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), "starts: can't go with blurring") {
		t.Errorf("blurring with starts: %v", err)
	}
}

func TestChoosingK(t *testing.T) {
	e := someEmbeddings(t, 120, 8, 0.1, "aaa")
	in := dag.Inputs{"embeddings": {e}}
	for _, by := range []string{"silhouette", "gap", "stability"} {
		s := newKMeans()
		s.Ks, s.Choose = []int{2, 4, 8, 12}, by
		dir, notes := runOK(t, s, in)
		c, err := formats.ReadClusters(dir)
		if err != nil {
			t.Fatal(err)
		}
		chosen := c.Choice.Candidates[c.Choice.Chosen]
		if c.Meta.ChosenBy != by || c.Choice.Parameter != "k" || len(c.Choice.Candidates) != 4 || chosen.Clusters != c.Meta.K || chosen.Inertia != c.Meta.Inertia ||
			!strings.Contains(c.Meta.Label(), "chosen by "+by) || (chosen.Spread == nil) != (by == "silhouette") || (c.Choice.Draws == 10) == (by == "silhouette") {
			t.Errorf("%s: %+v, %+v", by, c.Meta, c.Choice)
		}
		if !strings.Contains(notes.text("k"), ", chosen from 4 by "+by) {
			t.Errorf("%s is told as %+v", by, notes.notes)
		}
		sameBytesWithOneWorker(t, s, in, dir, formats.ClustersFile, formats.CentresFile, formats.ChoiceFile)

		alone := newKMeans() // the clusters are those of a stage that asked for so many
		alone.K = int(chosen.Value)
		dir, _ = runOK(t, alone, in)
		if want, err := formats.ReadClusters(dir); err != nil || !slices.Equal(want.Cluster, c.Cluster) {
			t.Errorf("%s: k=%d alone gives other clusters (%v)", by, alone.K, err)
		}
	}
	s := newKMeans()
	s.Ks = []int{60, 100, 200}
	if _, _, err := runVectorStage(t, s, in, 1); err == nil || !strings.Contains(err.Error(), "ks go up to 200, more than there are embeddings to cluster (120)") {
		t.Errorf("more clusters than rows: %v", err)
	}
}

// someEmbeddings are pairs: with candidates on one side of their number, the nearest end is chosen.
func TestChoiceAtTheEndIsTold(t *testing.T) {
	in := dag.Inputs{"embeddings": {someEmbeddings(t, 120, 8, 0.01, "aaa")}}
	s := newKMeans()
	s.Ks = []int{80, 100}
	if _, notes := runOK(t, s, in); !strings.Contains(notes.text("ks"), "80 was chosen, the first of them: a better one may lie below") {
		t.Errorf("%+v", notes.notes)
	}
	m := meanshiftKind().New().(*meanshift)
	m.Bandwidths = []float64{1e-3, 1e-2, 1}
	dir, notes := runOK(t, m, in)
	c, err := formats.ReadClusters(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.Choice.Parameter != "bandwidth" || c.Meta.Bandwidth != *c.Choice.Candidates[c.Choice.Chosen].Bandwidth || c.Choice.Candidates[0].Score != nil {
		t.Errorf("%+v, %+v", c.Meta, c.Choice)
	}
	if c.Choice.Chosen == 2 != strings.Contains(notes.text("bandwidths"), "1 was chosen, the last of them: a better one may lie beyond") {
		t.Errorf("%+v", notes.notes)
	}
	m.Bandwidths, m.Quantiles, m.Choose = nil, []float64{0.02, 0.05, 0.1}, "stability"
	dir, _ = runOK(t, m, in)
	if c, err := formats.ReadClusters(dir); err != nil || c.Choice.Parameter != "quantile" || c.Meta.Bandwidth == 0 || c.Meta.ChosenBy != "stability" {
		t.Errorf("%+v (%v)", c.Choice, err)
	}
	sameBytesWithOneWorker(t, m, in, dir, formats.ClustersFile, formats.ChoiceFile)
	m.Bandwidths, m.Quantiles = []float64{1e-4, 1e-3}, nil // each row is a cluster of its own: nothing can be scored
	if _, _, err := runVectorStage(t, m, in, 1); err == nil || !strings.Contains(err.Error(), "choosing from bandwidths by stability: no candidate can be scored") {
		t.Errorf("no candidate has a score: %v", err)
	}
}

func TestChoicesThatAreNone(t *testing.T) {
	for want, change := range map[string]func(*kmeans){
		"k: is chosen from ks here":      func(s *kmeans) { s.K, s.Ks = 7, []int{2, 3} },
		"ks: must list more than one":    func(s *kmeans) { s.Ks = []int{2} },
		"ks: must ascend: 3 follows 4":   func(s *kmeans) { s.Ks = []int{2, 4, 3} },
		"ks: must be at least 2 for sil": func(s *kmeans) { s.Ks = []int{1, 4} },
		"ks: must be at least 1 for gap": func(s *kmeans) { s.Ks, s.Choose = []int{0, 4}, "gap" },
		"choose: has nothing to":         func(s *kmeans) { s.Choose = "gap" },
		"draws: is only for choices":     func(s *kmeans) { s.Ks, s.Draws = []int{2, 4}, 3 },
		"draws: must be at least 2 for":  func(s *kmeans) { s.Ks, s.Choose, s.Draws = []int{2, 4}, "gap", 1 },
		"draws: must be at least 1":      func(s *kmeans) { s.Ks, s.Choose, s.Draws = []int{2, 4}, "stability", 0 },
		"warm: can't go with ks":         func(s *kmeans) { s.Ks, s.Warm = []int{2, 4}, true },
	} {
		s := newKMeans()
		change(s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	s := newKMeans()
	s.Ks = []int{2, 4}
	if err := s.ValidatePorts(map[string]int{"start": 1}); err == nil || !strings.HasPrefix(err.Error(), "ks: can't go with clusters") {
		t.Errorf("ks with a start: %v", err)
	}
	for want, change := range map[string]func(*meanshift){
		"quantiles: can't go with ba":   func(s *meanshift) { s.Quantiles, s.Bandwidths = []float64{0.1, 0.2}, []float64{1, 2} },
		"bandwidth: is chosen from q":   func(s *meanshift) { s.Quantiles, s.Bandwidth = []float64{0.1, 0.2}, 3 },
		"quantile: can't go with ban":   func(s *meanshift) { s.Bandwidths, s.Quantile = []float64{0.1, 0.2}, 0.2 },
		"bandwidths: must be above 0":   func(s *meanshift) { s.Bandwidths = []float64{0, 0.2} },
		"quantiles: must be above 0":    func(s *meanshift) { s.Quantiles = []float64{0.2, 1.2} },
		"choose: has nothing to choose": func(s *meanshift) { s.Choose = "stability" },
	} {
		s := meanshiftKind().New().(*meanshift)
		change(s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
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
