package stages

import (
	"context"
	"errors"
	"fmt"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
	"fashionpipe/model/cluster"
)

func kmeansKind() *dag.Kind {
	return &dag.Kind{
		Name: "kmeans", Version: 4, Out: Clusters, Check: formats.CheckClusters,
		Summary: "Clusters embeddings by k-means",
		Doc: `Partitions embeddings into k clusters so that the sum of squared Euclidean distances to the cluster
centres (the inertia) is small.

Each start is drawn by greedy k-means++ (Arthur & Vassilvitskii 2007, with scikit-learn's number of trials) and
refined by the algorithm; the best of the restarts is kept. Clusters are numbered from the largest to the smallest.
The result does not depend on the number of workers.

- lloyd (1982): alternates between assigning rows to their nearest centres and
  moving centres to the means of their rows, until convergence. A cluster that
  becomes empty takes the row farthest from its centre.
- elkan (2003): bitwise the same result, using lower bounds on distances, with
  4 bytes of memory per row and cluster. Faster than lloyd with many clusters on
  processors without 8-bit dot products (AVX-512 VNNI), slower on others.
- hartigan-wong (1979, AS 136; the default of R's kmeans): moves single rows
  whenever that lowers the inertia. Often reaches a lower inertia than lloyd from
  the same start, in more time. The nearest centre of a row need not be its own.
- minibatch (Sculley 2010, as in scikit-learn's MiniBatchKMeans): each step draws
  batch rows and updates the centres; it stops when the smoothed inertia has not
  fallen for 10 steps. For very many rows: less time, a higher inertia. Starts
  are drawn from 3 batches of rows; max_iter counts passes over the data.

With spherical: true (lloyd, elkan) only directions count: vectors and centres have norm 1, and the sum of the cosines
to the centres is maximised (Dhillon & Modha 2001). A zero vector goes to the first cluster.

With warm: true there is one start: the centres of this stage's last result for other embeddings (last night's), if it
has the same number of clusters. So clusters keep their photos and numbers, instead of jumping to another local
optimum. The result then depends on earlier runs. With hartigan-wong, new starts are drawn if one of these centres is
nearest to no row.

With ks, k is chosen from that list, by choose:

` + choiceDoc + `;
- gap: the gap statistic (Tibshirani, Walther & Hastie 2001), with draws
  reference data sets drawn uniformly from the bounding box of the vectors along
  their principal components (above 512 dimensions: along the coordinate axes):
  the first k whose gap is at least that of the next candidate minus its standard
  error, else the last. With normalise, the box is that of the normalised
  vectors; the reference data is not normalised.

` + offloadDoc + ` hartigan-wong and minibatch use no GPU.

The artifact holds clusters.parquet (each row with its cluster and its distance to the centre), centres.parquet and,
if k was chosen, choice.json with the score of every candidate.`,
		Example: `clusters: {uses: kmeans, in: {embeddings: ours}, with: {k: 50}}`,
		In: []dag.Port{
			{Name: "embeddings", Type: Embeddings, Doc: "the vectors to cluster"},
			{Name: "start", Type: Clusters, Optional: true, Previous: "embeddings", Own: true,
				Doc: "clusters whose centres to start from; by default, with warm: true, those of the last result"},
		},
		New: func() dag.Stage { return newKMeans() },
	}
}

type kmeans struct {
	K         int     `param:"k" doc:"number of clusters; at most the number of rows"`
	Ks        []int   `param:"ks" doc:"candidates to choose k from, ascending; k is then ignored"`
	Choose    string  `param:"choose" enum:"silhouette|gap|stability" doc:"criterion by which k is chosen from ks"`
	Draws     int     `param:"draws" doc:"gap: number of reference data sets; stability: number of pairs of resamples"`
	Algorithm string  `param:"algorithm" enum:"lloyd|elkan|minibatch|hartigan-wong" doc:"the algorithm that refines a start"`
	Spherical bool    `param:"spherical" doc:"spherical k-means: vectors and centres have norm 1, similarity is cosine"`
	Restarts  int     `param:"restarts" doc:"number of starts; the result with the smallest inertia is kept"`
	MaxIter   int     `param:"max_iter" doc:"maximum iterations per start"`
	Tol       float64 `param:"tol" doc:"stop when the sum of the squared shifts of the centres is at most this fraction of the mean variance of a dimension; not used by hartigan-wong, which terminates by itself"`
	Batch     int     `param:"batch" doc:"minibatch: rows per step"`
	Warm      bool    `param:"warm" doc:"start from the centres of the last result, if there is one"`
	Normalise bool    `param:"normalise" doc:"divide each vector by its L2 norm first, so that only directions count"`
}

func newKMeans() *kmeans {
	return &kmeans{K: 50, Choose: "silhouette", Draws: defaultDraws, Algorithm: string(cluster.Lloyd), Restarts: 3, MaxIter: 300, Tol: 1e-4, Batch: 1024}
}

func (s *kmeans) UsesSeed() bool { return true }

// UsesBackend: the box that rows without clusters are drawn from is along axes whose last bits differ between machines.
func (s *kmeans) UsesBackend() bool { return len(s.Ks) > 0 && s.Choose == "gap" }

func (s *kmeans) Offloads() bool { return true }

func (s *kmeans) WantsPrevious(string) bool { return s.Warm }

func (s *kmeans) Validate() error {
	for _, p := range []struct {
		name  string
		value int
	}{{"k", s.K}, {"restarts", s.Restarts}, {"max_iter", s.MaxIter}, {"batch", s.Batch}} {
		if err := atLeastOne(p.name, p.value); err != nil {
			return err
		}
	}
	if !(s.Tol >= 0) {
		return &dag.ParamError{Param: "tol", Msg: fmt.Sprintf("must be 0 or more, not %v", s.Tol)}
	}
	if err := checkChoice("ks", s.Ks, s.Choose, "ks", s.Draws); err != nil {
		return err
	}
	return s.fits()
}

// ValidatePorts: a start has as many centres as it has.
func (s *kmeans) ValidatePorts(connected map[string]int) error {
	if len(s.Ks) > 0 && connected["start"] > 0 {
		return &dag.ParamError{Param: "ks", Msg: "can't go with clusters connected to start, which have one number of centres: leave out one of them"}
	}
	return nil
}

// fits refuses parameters that the algorithm has no use for.
func (s *kmeans) fits() error {
	d, minibatch, hartiganWong := newKMeans(), s.Algorithm == string(cluster.MiniBatch), s.Algorithm == string(cluster.HartiganWong)
	switch {
	case len(s.Ks) > 0 && s.K != d.K:
		return &dag.ParamError{Param: "k", Msg: "is chosen from ks here: leave out one of them"}
	case len(s.Ks) > 0 && s.Ks[0] < leastK(s.Choose):
		return &dag.ParamError{Param: "ks", Msg: fmt.Sprintf("must be at least %d for %s, not %d", leastK(s.Choose), s.Choose, s.Ks[0])}
	case len(s.Ks) > 0 && s.Warm:
		return &dag.ParamError{Param: "warm", Msg: "can't go with ks, which may choose another number of centres than there were the last time: leave out one of them"}
	case s.Spherical && (minibatch || hartiganWong):
		return &dag.ParamError{Param: "spherical", Msg: fmt.Sprintf("goes with lloyd and elkan, not with %s: leave it out, or say normalise: true", s.Algorithm)}
	case s.Batch != d.Batch && !minibatch:
		return &dag.ParamError{Param: "batch", Msg: fmt.Sprintf("is for algorithm: minibatch, not for %s: leave it out", s.Algorithm)}
	case s.Tol != d.Tol && hartiganWong:
		return &dag.ParamError{Param: "tol", Msg: "is not for hartigan-wong, which ends when no row wants to move: leave it out"}
	}
	return nil
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
	if len(s.Ks) == 0 && s.K > e.Len() {
		return fmt.Errorf("k is %d, more than there are embeddings to cluster (%d): lower k, or take more photos", s.K, e.Len())
	}
	if n := len(s.Ks); n > 0 && s.Ks[n-1] > e.Len() {
		return fmt.Errorf("ks go up to %d, more than there are embeddings to cluster (%d): leave out the largest, or take more photos", s.Ks[n-1], e.Len())
	}
	data := vectors(e, s.Normalise || s.Spherical)
	device, err := s.device(t, e.Len(), e.Dim)
	if err != nil {
		return err
	}
	meta := formats.ClustersMeta{Algorithm: "kmeans", Method: s.Algorithm, Spherical: s.Spherical, Restarts: s.Restarts,
		Normalised: s.Normalise || s.Spherical || e.Meta.Normalised, Embeddings: string(in.Digest)}
	if len(s.Ks) > 0 {
		r, choice, err := s.choosing(t, e.Dim, device).run(ctx, t, data, e.Dim)
		if err != nil {
			return err
		}
		s.tell(t, r, s.Ks[choice.Chosen])
		return writeClusters(t.Out, e, r, choice, meta)
	}
	r, err := s.cluster(ctx, t, data, e.Dim, device, &meta)
	if err != nil {
		return err
	}
	s.tell(t, r, s.K)
	return writeClusters(t.Out, e, r, nil, meta)
}

// cluster makes k clusters, from a start where there is one; it notes that in meta.
func (s *kmeans) cluster(ctx context.Context, t *dag.Task, data []float32, dim int, device nearest.Device, meta *formats.ClustersMeta) (*cluster.Result, error) {
	start, from, err := s.start(t, dim)
	if err != nil {
		return nil, err
	}
	o := s.options(t, s.K, t.Seed, device)
	t.Report.Start(-1, "iterations")
	o.Progress = func(restart, _ int) {
		t.Report.Add(1)
		t.Report.Live(fmt.Sprintf("start %d of %d", restart+1, o.Restarts))
	}
	if start == nil {
		return o.Fit(ctx, data, dim)
	}
	warm := o
	warm.Start, warm.Keep, warm.Restarts = start, true, 1
	r, err := warm.Fit(ctx, data, dim)
	var empty *cluster.EmptyStartError
	if errors.As(err, &empty) {
		t.Warnf("start", "no embedding is nearest to centre %d of the last time: starts are drawn", empty.Centre)
		return o.Fit(ctx, data, dim)
	}
	meta.Start, meta.Restarts = from, 1
	return r, err
}

// options are those of one fit from drawn starts.
func (s *kmeans) options(t *dag.Task, k int, seed uint64, device nearest.Device) cluster.KMeans {
	return cluster.KMeans{K: k, Method: cluster.Method(s.Algorithm), Spherical: s.Spherical, Batch: s.Batch,
		Restarts: s.Restarts, MaxIter: s.MaxIter, Tol: s.Tol, Seed: seed, Workers: t.Workers, Device: device}
}

// device gives what assigns rows beside this processor, if that pays.
func (s *kmeans) device(t *dag.Task, rows, dim int) (nearest.Device, error) {
	if s.Algorithm == string(cluster.MiniBatch) || s.Algorithm == string(cluster.HartiganWong) {
		return nil, nil
	}
	all := s.K
	if len(s.Ks) > 0 {
		all = 0
		for _, k := range s.Ks {
			all += k
		}
		if s.Choose != "silhouette" {
			all *= 1 + 2*s.Draws
		}
	}
	return offload(t, usualIterations*float64(s.Restarts)*pairs(rows, all, dim))
}

func (s *kmeans) choosing(t *dag.Task, dim int, device nearest.Device) choosing {
	c := choosing{by: s.Choose, parameter: "k", list: "ks", draws: s.Draws}
	for _, k := range s.Ks {
		c.values = append(c.values, float64(k))
	}
	c.fit = func(ctx context.Context, data []float32, i int, seed uint64) (*cluster.Result, error) {
		return s.options(t, s.Ks[i], seed, device).Fit(ctx, data, dim)
	}
	return c
}

// tell notes what was found, and what is odd about it.
func (s *kmeans) tell(t *dag.Task, r *cluster.Result, k int) {
	t.Resultf("inertia", "%.4g in %d clusters", r.Inertia, r.K)
	switch {
	case r.K < k && s.Algorithm == string(cluster.MiniBatch):
		t.Warnf("clusters", "%d instead of %d: no embedding is nearest to the others' centres; lower k, or raise batch", r.K, k)
	case r.K < k:
		t.Warnf("clusters", "%d instead of %d: the embeddings have only so many distinct values", r.K, k)
	}
	if !r.Converged {
		t.Warnf("converged", "not within %d iterations: raise max_iter", s.MaxIter)
	}
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
