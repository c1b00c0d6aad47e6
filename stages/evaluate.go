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
		Summary: "Measures of embeddings and clusters against labels, beside a baseline",
		Doc: `Judges embeddings by the neighbours they give. A query's positives are the other rows with its label: its category, or
its garment (DeepFashion2's pair_id and style). With R positives of a query,
  recall@k     is 1 if one of the first k neighbours is a positive, else 0
  precision@k  is the share of positives among the first k
  r_precision  is the share of positives among the first R
  map@r        is mAP@R of Musgrave, Belongie & Lim 2020
and for the largest k
  map@k        is the average precision over the first k: its sum over R
  mrr@k        is 1 over the rank of the first positive, 0 beyond k
  ndcg@k       is the discounted gain over what it is with all positives first
and each measure is the mean over queries that have a positive; the others are left out and counted, and the mean with them as
0 stands beside it (over_all). A row is never its own neighbour, and equal distances are ordered by the seed, so that a
collapsed model scores at chance. The chance level of each measure, its mean if the rows came in random order, stands beside
it. docs/measures.md has the formulas, and what other tools do differently. DeepFashion2's own retrieval
protocol is the kind consumertoshop.

Where rows have scenes (synth with scenes: S), background sensitivity says how much the background counts: of a photo of garment g
before scene s, how likely a photo of another garment before s is nearer than a photo of g before another scene. 0: never, the
garment alone counts; 1/2: as likely as not, both count the same; 1: always. confusion is the same of photos of other garments
before other scenes: garments taken for each other without any help of the scene; excess = sensitivity - confusion is what the
scene adds, 0 in the mean where features know nothing of it. Beside these stand scene@k and garment@k, the shares of the query's
scene and of its garment among the first k. Scenes are taken as given: the intervals tell what other garments
would change, not other scenes.

With masked connected (the same photos decoded with mask: polygon, embedded by the same encoder), overlap@k is the share of the
first k neighbours of ours that are among the first k of masked, and explained@k = 1 - overlap@k: the share of the
neighbourhood that goes when the background goes, at most so much is explained by it.

Judges clusters by NMI (arithmetic), AMI, ARI, homogeneity, completeness, V-measure and purity against the same labels,
over the rows that have one (rows in no cluster are taken as one cluster more), and by their silhouette (Euclidean, on at
most 2,000 rows drawn by the seed). All equal scikit-learn's and pytorch-metric-learning's. Each clustering must be of
the embeddings in ours or baseline, and is told by the digest in it.

Intervals come from resampling pairs: all photos of a pair_id are drawn together, since they are near-copies of each other
and each other's positives, and rows without one singly (the cluster bootstrap of Field & Welsh 2007). For the difference
of both models the same pairs are drawn for both. They tell what another draw of as many such photos would change, not what
another training would. Of the label measures of clusters only AMI and ARI have one, moved onto the value since repeated
rows agree with each other: the others are not corrected for chance and depend on the number of photos itself, so that no
interval of theirs would hold their value for all photos.

The artifact holds metrics.json.`,
		Example: `scores:
  uses: evaluate
  in: {ours: ours, baseline: vgg16, clusters: clusters}
  with: {by: [category]}`,
		In: []dag.Port{
			{Name: "ours", Type: Embeddings, Doc: "the embeddings to judge"},
			{Name: "baseline", Type: Embeddings, Optional: true, Doc: "embeddings of the same rows in the same order, to compare with"},
			{Name: "masked", Type: Embeddings, Optional: true, Doc: "ours of the same photos without background (decode with mask: polygon)"},
			{Name: "clusters", Type: Clusters, Optional: true, Many: true, Doc: "clusterings of ours or of baseline"},
		},
		New: func() dag.Stage {
			return &evaluate{K: []int{1, 5, 10, 20}, Queries: "all", Gallery: "all",
				Metric: string(nearest.Cosine), Confidence: 0.95, Resamples: 1000}
		},
	}
}

type evaluate struct {
	K          []int    `param:"k" doc:"numbers of neighbours for recall@k and precision@k; the largest is that of map@k, mrr@k and ndcg@k"`
	By         []string `param:"by" enum:"category|garment" doc:"labels that make two rows positives of each other; empty for those of both that rows have"`
	Queries    string   `param:"queries" enum:"all|user" doc:"rows to search for: all, or the user photos"`
	Gallery    string   `param:"gallery" enum:"all|shop" doc:"rows to be found: all, or the shop photos"`
	Metric     string   `param:"metric" enum:"cosine|l2" doc:"what near means"`
	Confidence float64  `param:"confidence" doc:"of the intervals"`
	Resamples  int      `param:"resamples" doc:"bootstrap samples of pairs for the intervals; 0 for none"`
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
		if m != nil {
			models = append(models, *m)
		}
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
