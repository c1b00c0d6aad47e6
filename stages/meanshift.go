package stages

import (
	"context"
	"fmt"
	"math"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
	"fashionpipe/model/cluster"
)

func meanshiftKind() *dag.Kind {
	return &dag.Kind{
		Name: "meanshift", Version: 3, Out: Clusters, Check: formats.CheckClusters,
		Summary: "Clusters embeddings by mean shift",
		Doc: `Finds the modes of the density of the embeddings and groups rows by the mode they climb to (Cheng 1995;
Comaniciu & Meer 2002). The number of clusters is not given. From every row a walker moves repeatedly to the
kernel-weighted mean of the rows around it until it converges; a row's label is the mode its own walker reached, not
the nearest one. Modes closer than merge × bandwidth are merged into the densest of them. The Gaussian kernel is not
truncated.

With blurring: true the rows themselves move, all at once, to the means of each other (Fukunaga & Hostetler 1975,
Cheng's blurring process): fewer iterations, but nearby groups tend to merge, more so with the Gaussian kernel. The
distances in the artifact are still those of the original rows.

The bandwidth is a Euclidean distance. If it is 0, it is estimated like scikit-learn's estimate_bandwidth: on at most
2,000 rows drawn with the seed, the mean distance of a row to its k-th nearest, where k is the fraction quantile of
these rows. In high-dimensional spaces this estimate is often so wide that only one cluster is found, more so with the
Gaussian kernel, which reaches farther than a flat one of the same bandwidth: lower quantile then.

Clusters are numbered from the largest to the smallest; rows of clusters smaller than min_size belong to none. With
starts, walkers start from that many rows only; the other rows are assigned to the nearest mode, or to none beyond the
bandwidth.

` + offloadDoc + ` With the Gaussian kernel a GPU is always used, so the stage waits until it has one to itself;
kernel weights differ in their last digits between backends, so the backend is part of the key.

With quantiles or bandwidths, one is chosen from that list, by choose:

` + choiceDoc + `.

The gap statistic is not available: it compares clusterings with the same number of clusters, and the same bandwidth
gives another number on the reference data. The artifact holds clusters.parquet (each row with its cluster and its
distance to the mode), centres.parquet and, if one was chosen, choice.json with the score of every candidate.`,
		Example: `modes:
  uses: meanshift
  in: {embeddings: ours}
  with: {kernel: gaussian, quantile: 0.1}`,
		In: []dag.Port{{Name: "embeddings", Type: Embeddings, Doc: "the vectors to cluster"}},
		New: func() dag.Stage {
			return &meanshift{Choose: "silhouette", Draws: defaultDraws, Kernel: "flat", Quantile: defaultQuantile, MaxIter: 300, Tol: 1e-3, Merge: 0.5, MinSize: 1}
		},
	}
}

// defaultQuantile is scikit-learn's.
const defaultQuantile = 0.3

// bandwidthRows is the most rows a bandwidth is estimated from: all pairs of them are measured.
const bandwidthRows = 2000

type meanshift struct {
	Kernel     string    `param:"kernel" enum:"flat|gaussian" doc:"weight of a row at distance d: 1 up to the bandwidth h, or exp(−d²/2h²)"`
	Bandwidth  float64   `param:"bandwidth" doc:"bandwidth of the kernel, a Euclidean distance; 0 estimates it"`
	Quantile   float64   `param:"quantile" doc:"for the estimate: the fraction of all rows that a window should contain"`
	Quantiles  []float64 `param:"quantiles" doc:"candidates to choose quantile from, ascending"`
	Bandwidths []float64 `param:"bandwidths" doc:"candidates to choose bandwidth from, ascending"`
	Choose     string    `param:"choose" enum:"silhouette|stability" doc:"criterion by which one of quantiles or bandwidths is chosen"`
	Draws      int       `param:"draws" doc:"stability: number of pairs of resamples"`
	Blurring   bool      `param:"blurring" doc:"move the rows themselves instead of walkers among fixed rows"`
	MaxIter    int       `param:"max_iter" doc:"maximum iterations"`
	Tol        float64   `param:"tol" doc:"a walker has converged once it moves by at most this fraction of the bandwidth"`
	Merge      float64   `param:"merge" doc:"modes closer than this fraction of the bandwidth are merged"`
	MinSize    int       `param:"min_size" doc:"rows of smaller clusters belong to none"`
	Starts     int       `param:"starts" doc:"number of rows that walkers start from, drawn with the seed; 0 for all"`
	Normalise  bool      `param:"normalise" doc:"divide each vector by its L2 norm first, so that only directions count"`
}

func (s *meanshift) UsesSeed() bool { return s.Starts > 0 || s.Bandwidth == 0 || len(s.Bandwidths) > 0 }

// UsesBackend: a Gaussian's weights are float32 products, whose last bits differ between instruction sets. The flat
// kernel's only decide what is measured in float64, so those it offloads.
func (s *meanshift) UsesBackend() bool { return s.Kernel == "gaussian" }

func (s *meanshift) Offloads() bool { return !s.UsesBackend() }

func (s *meanshift) Validate() error {
	for _, p := range []struct {
		name  string
		value float64
	}{{"bandwidth", s.Bandwidth}, {"tol", s.Tol}, {"merge", s.Merge}, {"starts", float64(s.Starts)}, {"min_size", float64(s.MinSize)}} {
		if !(p.value >= 0) {
			return &dag.ParamError{Param: p.name, Msg: fmt.Sprintf("must be 0 or more, not %v", p.value)}
		}
	}
	for i, q := range append([]float64{s.Quantile}, s.Quantiles...) {
		if !(q > 0 && q <= 1) {
			return &dag.ParamError{Param: []string{"quantile", "quantiles"}[min(i, 1)], Msg: fmt.Sprintf("must be above 0 and at most 1, not %v", q)}
		}
	}
	if s.Blurring && s.Starts > 0 {
		return &dag.ParamError{Param: "starts", Msg: "can't go with blurring, where all rows move: leave it out"}
	}
	if err := s.checkLists(); err != nil {
		return err
	}
	return atLeastOne("max_iter", s.MaxIter)
}

// checkLists: there is one list at most, and nothing beside it that says what it chooses.
func (s *meanshift) checkLists() error {
	list, values := "quantiles", s.Quantiles
	if len(s.Bandwidths) > 0 {
		list, values = "bandwidths", s.Bandwidths
	}
	switch {
	case len(s.Quantiles) > 0 && len(s.Bandwidths) > 0:
		return &dag.ParamError{Param: "quantiles", Msg: "can't go with bandwidths: leave out one of them"}
	case len(values) > 0 && s.Bandwidth != 0:
		return &dag.ParamError{Param: "bandwidth", Msg: "is chosen from " + list + " here: leave out one of them"}
	case len(values) > 0 && s.Quantile != defaultQuantile:
		return &dag.ParamError{Param: "quantile", Msg: "can't go with " + list + ": leave out one of them"}
	case len(s.Bandwidths) > 0 && !(s.Bandwidths[0] > 0):
		return &dag.ParamError{Param: "bandwidths", Msg: fmt.Sprintf("must be above 0, not %v", s.Bandwidths[0])}
	}
	return checkChoice(list, values, s.Choose, "quantiles or bandwidths", s.Draws)
}

func (s *meanshift) Run(ctx context.Context, t *dag.Task) error {
	in, _ := t.In.One("embeddings")
	e, err := formats.ReadEmbeddings(in.Dir)
	if err != nil {
		return fmt.Errorf("reading embeddings: %w", err)
	}
	data := vectors(e, s.Normalise)
	meta := formats.ClustersMeta{Algorithm: "meanshift", Kernel: s.Kernel, Blurring: s.Blurring, Normalised: s.Normalise || e.Meta.Normalised,
		Embeddings: string(in.Digest)}
	device, err := s.device(t, e.Len(), e.Dim)
	if err != nil {
		return err
	}
	var r *cluster.Result
	var choice *formats.Choice
	if len(s.Quantiles)+len(s.Bandwidths) > 0 {
		if r, choice, err = s.choose(ctx, t, data, e.Dim, device); err != nil {
			return err
		}
		meta.Bandwidth = *choice.Candidates[choice.Chosen].Bandwidth
	} else {
		if meta.Bandwidth, err = s.width(ctx, t, data, e.Dim, s.Quantile); err != nil {
			return err
		}
		o := s.options(t, meta.Bandwidth, t.Seed, device)
		t.Report.Start(s.MaxIter, "iterations")
		o.Progress = func(_, walking int) {
			t.Report.Add(1)
			t.Report.Live(fmt.Sprintf("%d of %d on their way", walking, e.Len()))
		}
		if r, err = o.Fit(ctx, data, e.Dim); err != nil {
			return err
		}
	}
	s.tell(t, r, meta.Bandwidth)
	return writeClusters(t.Out, e, r, choice, meta)
}

// width is the bandwidth, estimated by a quantile where none is given.
func (s *meanshift) width(ctx context.Context, t *dag.Task, data []float32, dim int, quantile float64) (float64, error) {
	if s.Bandwidth > 0 {
		return s.Bandwidth, nil
	}
	return cluster.EstimateBandwidth(ctx, data, dim, quantile, bandwidthRows, t.Seed, t.Workers)
}

// options are those of one fit.
func (s *meanshift) options(t *dag.Task, bandwidth float64, seed uint64, device nearest.Device) cluster.MeanShift {
	return cluster.MeanShift{Bandwidth: bandwidth, Gaussian: s.Kernel == "gaussian", Blurring: s.Blurring, MaxIter: s.MaxIter, Tol: s.Tol,
		Merge: s.Merge, MinSize: s.MinSize, Starts: s.Starts, Seed: seed, Workers: t.Workers, Device: device}
}

// device gives what looks around walkers beside this processor: of the Gaussian kernel always, whose class of the backend
// is in the key, of the flat one if that pays.
func (s *meanshift) device(t *dag.Task, rows, dim int) (nearest.Device, error) {
	if s.Kernel == "gaussian" {
		return offload(t, math.Inf(1))
	}
	walkers := rows
	if s.Starts > 0 {
		walkers = min(rows, s.Starts)
	}
	fits := max(1, len(s.Quantiles)+len(s.Bandwidths))
	if s.Choose != "silhouette" {
		fits *= 1 + 2*s.Draws
	}
	return offload(t, usualShifts*float64(fits)*pairs(walkers, rows, dim))
}

// choose makes the clusters of the best candidate. A quantile's bandwidth is that of all rows, also for resamples.
func (s *meanshift) choose(ctx context.Context, t *dag.Task, data []float32, dim int, device nearest.Device) (*cluster.Result, *formats.Choice, error) {
	c := choosing{by: s.Choose, parameter: "bandwidth", list: "bandwidths", draws: s.Draws, values: s.Bandwidths, bandwidths: s.Bandwidths}
	if len(s.Quantiles) > 0 {
		c.parameter, c.list, c.values, c.bandwidths = "quantile", "quantiles", s.Quantiles, nil
		for _, q := range s.Quantiles {
			h, err := s.width(ctx, t, data, dim, q)
			if err != nil {
				return nil, nil, err
			}
			c.bandwidths = append(c.bandwidths, h)
		}
	}
	c.fit = func(ctx context.Context, data []float32, i int, seed uint64) (*cluster.Result, error) {
		return s.options(t, c.bandwidths[i], seed, device).Fit(ctx, data, dim)
	}
	return c.run(ctx, t, data, dim)
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
