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
