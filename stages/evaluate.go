package stages

import (
	"context"
	"fmt"
	"slices"

	"fashionpipe/dag"
	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/judge"
	"fashionpipe/internal/nearest"
)

func evaluateKind() *dag.Kind {
	return &dag.Kind{
		Name: "evaluate", Version: 8, Out: Metrics, Check: formats.CheckMetrics,
		Summary: "Scores embeddings and clusters by labels, against a baseline",
		Doc: `Scores embeddings by their nearest neighbours. A query's positives are the other rows with its label: its
category, or its garment (DeepFashion2's pair_id and style). For a query with R positives,

  recall@k     is 1 if one of the first k neighbours is a positive, else 0
  precision@k  is the fraction of positives among the first k
  r_precision  is the fraction of positives among the first R
  map@r        is mAP@R of Musgrave, Belongie & Lim 2020

and for the largest k

  map@k        is the average precision over the first k, normalised by R
  mrr@k        is 1 over the rank of the first positive, 0 beyond k
  ndcg@k       is the discounted cumulative gain over its ideal value

Each measure is the mean over queries with at least one positive. The others are left out and counted; over_all is the
mean if they count as 0. A row is never its own neighbour, and ties in distance are broken with the seed, so a
collapsed model scores at chance level. The chance level of each measure, its expected value under random order, is
given with it. docs/measures.md has the formulas and the differences from other tools. DeepFashion2's own retrieval
protocol is the kind consumertoshop.

If a gallery is connected, the rows of ours are queries, and their neighbours, positives and chance levels come from the
rows of the gallery instead. So held-out photos are scored against the training photos (recall@1 by category is then
the accuracy of a 1-nearest-neighbour classifier, on queries whose category is in the gallery; over_all counts the
others as errors), or new photos against an index of old ones. A gallery row with the id of the query is taken for the
same photo and left out of its neighbours; a warning gives the number of such queries. With a baseline, connect
baseline_gallery too: the same gallery photos, embedded like baseline. Each gallery must be embedded like its queries
(see retrieve). Measures of the background and of clusters are still of the rows of ours and baseline alone.

If rows have scenes (synth with scenes: S), background sensitivity measures the influence of the background: for a
photo of garment g in scene s, the probability that a photo of another garment in s is nearer than a photo of g in
another scene. 0: only the garment counts; 1/2: garment and background count the same; 1: the background always wins.
confusion is the same for photos of other garments in other scenes, that is, garments confused without any help of the
scene; excess = sensitivity - confusion is the effect of the scene, with mean 0 if the features do not depend on it.
scene@k and garment@k are the fractions of the first k that share the query's scene and garment. Scenes are treated as
fixed: the intervals cover the choice of garments, not of scenes.

If masked is connected (the same photos decoded with mask: polygon, embedded by the same encoder), overlap@k is the
fraction of the first k neighbours in ours that are also among the first k in masked, and explained@k = 1 - overlap@k:
the fraction of the neighbourhood that changes when the background is removed, an upper bound of what the background
explains.

Scores clusters by NMI (arithmetic mean), AMI, ARI, homogeneity, completeness, V-measure and purity against the same
labels, over the labelled rows (rows that belong to no cluster count as one more cluster), and by their silhouette
(Euclidean, on at most 2,000 rows drawn with the seed). All values equal those of scikit-learn and
pytorch-metric-learning. Each clustering must be of the embeddings in ours or baseline, and is matched to them by the
digest it contains.

Confidence intervals are from a cluster bootstrap over pairs (Field & Welsh 2007): all photos of a pair_id are
resampled together, since they are near-copies and positives of each other; rows without one are resampled
individually. The difference between ours and baseline is paired: both use the same resamples. The intervals cover the
sampling of photos, not the randomness of training. Of the label measures of clusters only AMI and ARI have an
interval, shifted to be centred on the value, since repeated rows agree with each other. The others are not corrected
for chance and depend on the number of photos, so an interval from resamples would not contain their value on all
photos.

The artifact holds metrics.json.`,
		Example: `scores:
  uses: evaluate
  in: {ours: ours, baseline: vgg16, clusters: clusters}
  with: {by: [category]}
knn:
  uses: evaluate
  in:
    ours: test_ours
    gallery: train_ours
    baseline: test_vgg16
    baseline_gallery: train_vgg16`,
		In: []dag.Port{
			{Name: "ours", Type: Embeddings, Doc: "the embeddings to score"},
			{Name: "baseline", Type: Embeddings, Optional: true, Doc: "embeddings of the same rows in the same order, to compare with"},
			{Name: "gallery", Type: Embeddings, Optional: true, Doc: "the embeddings to search for neighbours of ours; by default, ours"},
			{Name: "baseline_gallery", Type: Embeddings, Optional: true, Doc: "the same photos as gallery, embedded like baseline"},
			{Name: "masked", Type: Embeddings, Optional: true, Doc: "embeddings as ours, of the same photos without background (decode with mask: polygon)"},
			{Name: "clusters", Type: Clusters, Optional: true, Many: true, Doc: "clusterings of ours or of baseline"},
		},
		New: func() dag.Stage {
			return &evaluate{K: []int{1, 5, 10, 20}, Queries: "all", Gallery: "all",
				Metric: string(nearest.Cosine), Confidence: 0.95, Resamples: 1000}
		},
	}
}

type evaluate struct {
	K          []int    `param:"k" doc:"values of k for recall@k and precision@k; map@k, mrr@k and ndcg@k use the largest"`
	By         []string `param:"by" enum:"category|garment" doc:"labels that define positives; empty for those of the two that the rows have"`
	Queries    string   `param:"queries" enum:"all|user" doc:"query rows: all, or the user photos"`
	Gallery    string   `param:"gallery" enum:"all|shop" doc:"gallery rows, of the port gallery if it is connected: all, or the shop photos"`
	Metric     string   `param:"metric" enum:"cosine|l2" doc:"similarity measure"`
	Confidence float64  `param:"confidence" doc:"confidence level of the intervals"`
	Resamples  int      `param:"resamples" doc:"number of bootstrap resamples for the intervals; 0 for none"`
}

func (s *evaluate) UsesSeed() bool { return true }

func (s *evaluate) Validate() error {
	if len(s.K) == 0 {
		return &dag.ParamError{Param: "k", Msg: "must list at least one number of neighbours"}
	}
	for i, k := range s.K {
		if k < 1 || slices.Contains(s.K[:i], k) {
			return &dag.ParamError{Param: "k", Msg: fmt.Sprintf("must list different numbers of at least 1, not %v", s.K)}
		}
	}
	for i, by := range s.By {
		if slices.Contains(s.By[:i], by) {
			return &dag.ParamError{Param: "by", Msg: fmt.Sprintf("lists %s twice", by)}
		}
	}
	return validateIntervals(s.Confidence, s.Resamples)
}

// ValidateInputs wants a gallery for each model, or for none, and refuses one whose vectors can't be compared with those of
// its queries.
func (s *evaluate) ValidateInputs(in map[string][]*dag.Node) error {
	base, gallery, baseGallery := len(in["baseline"]) > 0, len(in["gallery"]) > 0, len(in["baseline_gallery"]) > 0
	switch {
	case baseGallery && !base:
		return &dag.WireError{Port: "baseline_gallery", Msg: "no baseline is connected to search it: leave it out"}
	case baseGallery && !gallery:
		return &dag.WireError{Port: "baseline_gallery", Msg: "ours has no gallery to compare with: connect the same photos, embedded as ours, to port gallery too"}
	case gallery && base && !baseGallery:
		return &dag.WireError{Port: "gallery", Msg: "the baseline can't search it, since its space is another: connect the same photos, embedded as the baseline, to port baseline_gallery too"}
	}
	for _, role := range []string{judge.Ours, judge.Baseline} {
		if err := checkGallery(in, role, galleryOf[role]); err != nil {
			return err
		}
	}
	return nil
}

// galleryOf is the port of a model's gallery.
var galleryOf = map[string]string{judge.Ours: "gallery", judge.Baseline: "baseline_gallery"}

// validateIntervals refuses what no bootstrap takes.
func validateIntervals(confidence float64, resamples int) error {
	if !(confidence > 0 && confidence < 1) {
		return &dag.ParamError{Param: "confidence", Msg: fmt.Sprintf("must be between 0 and 1, not %v", confidence)}
	}
	if resamples < 0 {
		return &dag.ParamError{Param: "resamples", Msg: fmt.Sprintf("must be 0 (no intervals) or more, not %d", resamples)}
	}
	return nil
}

func (s *evaluate) Run(ctx context.Context, t *dag.Task) error {
	models, err := readModels(t.In)
	if err != nil {
		return err
	}
	clusterings, err := readClusterings(t.In["clusters"])
	if err != nil {
		return err
	}
	masked, err := readModel(t.In, "masked")
	if err != nil {
		return err
	}
	m, err := judge.Judge(ctx, models, clusterings, judge.Options{
		K: s.K, By: s.By, Queries: s.Queries, Gallery: s.Gallery, Metric: nearest.Metric(s.Metric), Masked: masked,
		Bootstrap: eval.Bootstrap{Resamples: s.Resamples, Confidence: s.Confidence, Seed: t.Seed, Workers: t.Workers},
		Start:     func(n int) { t.Report.Start(n, "queries") }, Done: t.Report.Add,
	}, t)
	if err != nil {
		return err
	}
	return formats.WriteMetrics(t.Out, m)
}

func readModels(in dag.Inputs) ([]judge.Model, error) {
	var models []judge.Model
	for _, role := range []string{judge.Ours, judge.Baseline} {
		m, err := readModel(in, role)
		if err != nil {
			return nil, err
		}
		if m == nil {
			continue
		}
		port := galleryOf[role]
		if m.Gallery, err = readModel(in, port); err != nil {
			return nil, err
		}
		if m.Gallery != nil {
			if err := alike(role, port, m.Embeddings, m.Gallery.Embeddings); err != nil {
				return nil, err
			}
		}
		models = append(models, *m)
	}
	return models, nil
}

// readModel reads the embeddings of a port; nil where it is not connected.
func readModel(in dag.Inputs, port string) (*judge.Model, error) {
	a, ok := in.One(port)
	if !ok {
		return nil, nil
	}
	e, err := formats.ReadEmbeddings(a.Dir)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", port, err)
	}
	return &judge.Model{Role: port, Digest: string(a.Digest), Embeddings: e}, nil
}

func readClusterings(in []dag.Artifact) ([]judge.Clustering, error) {
	var clusterings []judge.Clustering
	for _, a := range in {
		c, err := formats.ReadClusters(a.Dir)
		if err != nil {
			return nil, fmt.Errorf("reading clusters: %w", err)
		}
		clusterings = append(clusterings, judge.Clustering{Digest: string(a.Digest), Clusters: c})
	}
	return clusterings, nil
}
