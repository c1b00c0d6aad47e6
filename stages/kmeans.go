package stages

import (
	"context"
	"fmt"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/model/cluster"
)

func kmeansKind() *dag.Kind {
	return &dag.Kind{
		Name: "kmeans", Version: 4, Out: Clusters, Check: formats.CheckClusters,
		Summary: "Clusters of embeddings by k-means",
		Doc: `Groups embeddings around k centres so that the sum of squared Euclidean distances to them (the inertia) is small.

Each start is drawn by greedy k-means++ (Arthur & Vassilvitskii 2007, with the trials of scikit-learn) and improved by
Lloyd's iteration (1982) until the centres rest; the best of the restarts is kept. A cluster that runs empty takes the
row farthest from its centre. Clusters are numbered from the largest to the smallest. The result does not depend on the
number of workers.

With warm: true there is one start, the centres that this stage gave the last time the embeddings were others (last
night's), if they are as many: so clusters follow the photos, keep their numbers, and don't jump to another of k-means's
many solutions. The result then depends on the nights before.

The artifact holds clusters.parquet (each row with its cluster and its distance to the centre) and centres.parquet.`,
		Example: `clusters: {uses: kmeans, in: {embeddings: ours}, with: {k: 50}}`,
		In: []dag.Port{
			{Name: "embeddings", Type: Embeddings, Doc: "the vectors to cluster"},
			{Name: "start", Type: Clusters, Optional: true, Previous: "embeddings", Own: true,
				Doc: "clusters whose centres to start from; left out: with warm: true, those of the last time"},
		},
		New: func() dag.Stage { return &kmeans{K: 50, Restarts: 3, MaxIter: 300, Tol: 1e-4} },
	}
}

type kmeans struct {
	K         int     `param:"k" doc:"number of clusters; at most the number of rows"`
	Restarts  int     `param:"restarts" doc:"starts to try; the one with the smallest inertia is kept"`
	MaxIter   int     `param:"max_iter" doc:"most iterations of each start"`
	Tol       float64 `param:"tol" doc:"stop when the squared moves of the centres add up to at most this share of the mean variance of a column"`
	Warm      bool    `param:"warm" doc:"start from the centres of the last time, where there are any"`
	Normalise bool    `param:"normalise" doc:"divide each vector by its L2 norm first, so that only directions count"`
}

func (s *kmeans) UsesSeed() bool            { return true }
func (s *kmeans) WantsPrevious(string) bool { return s.Warm }

func (s *kmeans) Validate() error {
	if err := atLeastOne("k", s.K); err != nil {
		return err
	}
	if err := atLeastOne("restarts", s.Restarts); err != nil {
		return err
	}
	if s.Tol < 0 {
		return &dag.ParamError{Param: "tol", Msg: fmt.Sprintf("must be 0 or more, not %v", s.Tol)}
	}
	return atLeastOne("max_iter", s.MaxIter)
}

// atLeastOne refuses a whole-number parameter below 1.
func atLeastOne(param string, v int) error {
	if v < 1 {
		return &dag.ParamError{Param: param, Msg: fmt.Sprintf("must be at least 1, not %d", v)}
	}
	return nil
}

func (s *kmeans) Run(ctx context.Context, t *dag.Task) error {
	in, _ := t.In.One("embeddings")
	e, err := formats.ReadEmbeddings(in.Dir)
	if err != nil {
		return fmt.Errorf("reading embeddings: %w", err)
	}
	if s.K > e.Len() {
		return fmt.Errorf("k is %d, but there are only %d embeddings to cluster: lower k, or take more photos", s.K, e.Len())
	}
	start, from, err := s.start(t, e.Dim)
	if err != nil {
		return err
	}
	restarts := s.Restarts
	if start != nil {
		restarts = 1
	}
	t.Report.Start(-1, "iterations")
	r, err := cluster.KMeans{
		Start: start, Keep: start != nil,
		K: s.K, Restarts: restarts, MaxIter: s.MaxIter, Tol: s.Tol, Seed: t.Seed, Workers: t.Workers,
		Progress: func(restart, _ int) {
			t.Report.Add(1)
			t.Report.Live(fmt.Sprintf("start %d of %d", restart+1, restarts))
		},
	}.Fit(ctx, vectors(e, s.Normalise), e.Dim)
	if err != nil {
		return err
	}
	t.Resultf("inertia", "%.4g in %d clusters", r.Inertia, r.K)
	if r.K < s.K {
		t.Warnf("clusters", "%d instead of %d: the embeddings have only so many distinct values", r.K, s.K)
	}
	if !r.Converged {
		t.Warnf("converged", "not within %d iterations: raise max_iter", s.MaxIter)
	}
	return writeClusters(t.Out, e, r, formats.ClustersMeta{
		Algorithm: "kmeans", Method: "lloyd", Restarts: restarts, Start: from, Normalised: s.Normalise || e.Meta.Normalised, Embeddings: string(in.Digest),
	})
}

// start gives the centres to start from and the digest of their clusters; nil to draw starts.
func (s *kmeans) start(t *dag.Task, dim int) ([]float64, string, error) {
	in, ok := t.In.One("start")
	if !ok {
		return nil, "", nil
	}
	c, err := formats.ReadClusters(in.Dir)
	if err != nil {
		return nil, "", fmt.Errorf("reading the clusters to start from: %w", err)
	}
	if c.Meta.K != s.K || c.Dim != dim {
		t.Warnf("start", "%d clusters of vectors of %d numbers are no start for %d of %d: starts are drawn", c.Meta.K, c.Dim, s.K, dim)
		return nil, "", nil
	}
	centres := make([]float64, len(c.Centres))
	for i, v := range c.Centres {
		centres[i] = float64(v)
	}
	return centres, string(in.Digest), nil
}
