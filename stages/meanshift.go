package stages

import (
	"context"
	"fmt"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/model/cluster"
)

func meanshiftKind() *dag.Kind {
	return &dag.Kind{
		Name: "meanshift", Version: 3, Out: Clusters, Check: formats.CheckClusters,
		Summary: "Clusters of embeddings by mean shift",
		Doc: `Finds the places where embeddings are densest, as many as there are, and groups rows by the place they climb to
(Cheng 1995; Comaniciu & Meer 2002). From every row a walker moves to the mean of the rows around it, weighed by the
kernel, until it rests; a row's label is the attractor its own walker reached, not the nearest one. Attractors closer
than merge × bandwidth count as one, the densest of them. The Gaussian kernel is not cut off anywhere.

With blurring: true the rows themselves move, all at once, to the means of each other (Fukunaga & Hostetler 1975; the first of
Cheng's two kinds): fewer iterations, and groups that are near each other draw together, with the Gaussian kernel the more so.
The artifact still holds distances of the rows where they were.

The bandwidth is a Euclidean distance. At 0 it is estimated as scikit-learn's estimate_bandwidth does: the mean distance
of a row (of at most 2,000, drawn by the seed) to the last of the share quantile of all rows that lie nearest to it. In
spaces of many dimensions that estimate is often so wide that one cluster is found, the more so with the Gaussian kernel,
which reaches farther than a flat one of the same bandwidth: lower quantile then.

Clusters are numbered from the largest to the smallest; rows of clusters below min_size are in none. With starts, walkers
start from so many rows only, and the other rows take the nearest attractor, or none beyond the bandwidth.

The artifact holds clusters.parquet (each row with its cluster and its distance to the attractor) and centres.parquet.`,
		Example: `modes: {uses: meanshift, in: {embeddings: ours}, with: {kernel: gaussian, quantile: 0.1}}`,
		In:      []dag.Port{{Name: "embeddings", Type: Embeddings, Doc: "the vectors to cluster"}},
		New: func() dag.Stage {
			return &meanshift{Kernel: "flat", Quantile: 0.3, MaxIter: 300, Tol: 1e-3, Merge: 0.5, MinSize: 1}
		},
	}
}

// bandwidthRows is the most rows a bandwidth is estimated from: all pairs of them are measured.
const bandwidthRows = 2000

type meanshift struct {
	Kernel    string  `param:"kernel" enum:"flat|gaussian" doc:"weight of a row at distance d: 1 up to the bandwidth h, or exp(−d²/2h²)"`
	Bandwidth float64 `param:"bandwidth" doc:"width of the kernel, a Euclidean distance; 0 estimates it"`
	Quantile  float64 `param:"quantile" doc:"for the estimate: the share of all rows a window should hold"`
	Blurring  bool    `param:"blurring" doc:"rows move, instead of walkers among rows that stay"`
	MaxIter   int     `param:"max_iter" doc:"most iterations"`
	Tol       float64 `param:"tol" doc:"a walker rests once it moves by at most this share of the bandwidth"`
	Merge     float64 `param:"merge" doc:"attractors within this share of the bandwidth are one"`
	MinSize   int     `param:"min_size" doc:"rows of smaller clusters are in none"`
	Starts    int     `param:"starts" doc:"rows walkers start from, drawn by the seed; 0 for all"`
	Normalise bool    `param:"normalise" doc:"divide each vector by its L2 norm first, so that only directions count"`
}

func (s *meanshift) UsesSeed() bool { return s.Starts > 0 || s.Bandwidth == 0 }

// UsesBackend: a Gaussian's weights are float32 products, whose last bits differ between instruction sets. The flat
// kernel's only decide what is measured in float64.
func (s *meanshift) UsesBackend() bool { return s.Kernel == "gaussian" }

func (s *meanshift) Validate() error {
	for _, p := range []struct {
		name  string
		value float64
	}{{"bandwidth", s.Bandwidth}, {"tol", s.Tol}, {"merge", s.Merge}, {"starts", float64(s.Starts)}, {"min_size", float64(s.MinSize)}} {
		if !(p.value >= 0) {
			return &dag.ParamError{Param: p.name, Msg: fmt.Sprintf("must be 0 or more, not %v", p.value)}
		}
	}
	if !(s.Quantile > 0 && s.Quantile <= 1) {
		return &dag.ParamError{Param: "quantile", Msg: fmt.Sprintf("must be above 0 and at most 1, not %v", s.Quantile)}
	}
	if s.Blurring && s.Starts > 0 {
		return &dag.ParamError{Param: "starts", Msg: "with blurring: true all rows move, there are no walkers to start: leave it out"}
	}
	return atLeastOne("max_iter", s.MaxIter)
}

func (s *meanshift) Run(ctx context.Context, t *dag.Task) error {
	in, _ := t.In.One("embeddings")
	e, err := formats.ReadEmbeddings(in.Dir)
	if err != nil {
		return fmt.Errorf("reading embeddings: %w", err)
	}
	data := vectors(e, s.Normalise)
	h := s.Bandwidth
	if h == 0 {
		if h, err = cluster.EstimateBandwidth(ctx, data, e.Dim, s.Quantile, bandwidthRows, t.Seed, t.Workers); err != nil {
			return err
		}
	}
	t.Report.Start(s.MaxIter, "iterations")
	r, err := cluster.MeanShift{
		Bandwidth: h, Gaussian: s.Kernel == "gaussian", Blurring: s.Blurring, MaxIter: s.MaxIter, Tol: s.Tol, Merge: s.Merge, MinSize: s.MinSize,
		Starts: s.Starts, Seed: t.Seed, Workers: t.Workers,
		Progress: func(_, walking int) {
			t.Report.Add(1)
			t.Report.Live(fmt.Sprintf("%d of %d on their way", walking, e.Len()))
		},
	}.Fit(ctx, data, e.Dim)
	if err != nil {
		return err
	}
	s.tell(t, r, h)
	return writeClusters(t.Out, e, r, formats.ClustersMeta{
		Algorithm: "meanshift", Bandwidth: h, Kernel: s.Kernel, Blurring: s.Blurring, Normalised: s.Normalise || e.Meta.Normalised, Embeddings: string(in.Digest),
	})
}

// tell notes how many clusters there are, and where that number says that the bandwidth doesn't fit.
func (s *meanshift) tell(t *dag.Task, r *cluster.Result, h float64) {
	t.Resultf("clusters", "%d at bandwidth %.4g", r.K, h)
	none := 0
	for _, c := range r.Label {
		if c < 0 {
			none++
		}
	}
	switch {
	case none > 0:
		t.Warnf("orphans", "%d of %d rows are in no cluster", none, len(r.Label))
	case r.K == 1 && len(r.Label) > 1:
		t.Warnf("clusters", "all rows are in one: the bandwidth is too wide for these embeddings; lower quantile or bandwidth")
	case r.K == len(r.Label) && r.K > 1:
		t.Warnf("clusters", "each row is one by itself: the bandwidth is too narrow for these embeddings; raise quantile or bandwidth")
	}
	if !r.Converged {
		t.Warnf("converged", "not within %d iterations: raise max_iter", s.MaxIter)
	}
}
