package stages

import (
	"context"
	"fmt"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/drift"
)

func driftKind() *dag.Kind {
	return &dag.Kind{
		Name: "drift", Version: 4, Out: Drift, Check: formats.CheckDrift,
		Summary: "Compares clusters with those of the last run",
		Doc: `Compares clusters with the most recent different result of the same stage, such as last night's. The first
time there is nothing to compare with, and nothing fails. before need not be connected; if it is (to the clusters of
another stage), the comparison is with those.

A photo is identified by its id (its path); if the port photos is connected, also by its content, so that a renamed
photo is the same one and a changed one is not. Clusters are matched one to one so that as many photos as possible
stay in theirs (an optimal assignment). Over the photos in both clusterings:

  ARI, AMI  agreement of the two clusterings, adjusted for chance; 1: the same
  part      a cluster that holds at least the fraction split of a cluster of the
            other night, and consists of it to at least the fraction match
  kept      a matched pair of which one is a part of the other; grown or shrunk:
            its size, counting all photos, changed by at least grow
  split     a cluster before with two or more parts now
  merged    a cluster now with two or more parts before
  died      a cluster before to which none of the above applies
  born      a cluster now to which none of the above applies
  moved     a photo that is not in the cluster that continues its cluster

These are the transitions of MONIC (Spiliopoulou, Ntoutsi, Theodoridis & Schult, KDD 2006), with conditions that are
symmetric in time.

The gate "drift" fails (exit code 3 unless allowed) if ARI is below min_ari, if more than the fraction max_moved of
the photos moved, or if the two have no photo in common. Added and removed photos are not part of these measures: if
they are a fifth or more, a warning gives the number of photos that the verdict covers. The gate also fails if new
photos are more than max_new of the photos now, or removed ones more than max_gone of the photos before (1, the
default: any).

k-means has many local optima. Connect to again a second clustering of tonight's embeddings with another seed and
starts of its own, and its ARI with tonight's clusters is reported for reference. If both are cold starts (warm:
false), this is how far two runs on the same photos agree by the luck of the start. If the clusters start warm, it is
how far they are from what a cold start finds: they follow earlier nights, and may still agree well with last night's.

The artifact holds drift.json (all of the above), matching.parquet (photos by cluster before and now) and
moved.parquet.`,
		Example: `drift:
  uses: drift
  in: {clusters: kmeans, photos: photos}
  with: {min_ari: 0.8, max_new: 0.3}`,
		In: []dag.Port{
			{Name: "clusters", Type: Clusters, Doc: "the clusters now"},
			{Name: "before", Type: Clusters, Optional: true, Previous: "clusters", Doc: "the clusters before; by default, those of the last run with a different result"},
			{Name: "photos", Type: Photos, Optional: true, Doc: "the catalogue now, to identify photos by their content"},
			{Name: "photos_before", Type: Photos, Optional: true, Previous: "photos", Doc: "the catalogue before; by default, that of the run that gave the clusters before"},
			{Name: "again", Type: Clusters, Optional: true, Doc: "the same embeddings clustered from other starts, as a reference for the agreement"},
		},
		New: func() dag.Stage {
			return &driftStage{MinARI: 0.7, MaxMoved: 0.3, MaxNew: 1, MaxGone: 1, Match: 0.5, Split: 0.25, Grow: 0.25}
		},
	}
}

type driftStage struct {
	MinARI   float64 `param:"min_ari" doc:"minimum agreement (ARI) with the clusters before; -1 for any"`
	MaxMoved float64 `param:"max_moved" doc:"maximum fraction of the common photos that may have moved"`
	MaxNew   float64 `param:"max_new" doc:"maximum fraction of the photos now that may be new; 1 for any"`
	MaxGone  float64 `param:"max_gone" doc:"maximum fraction of the photos before that may be gone; 1 for any"`
	Match    float64 `param:"match" doc:"minimum fraction of a part that comes from the whole"`
	Split    float64 `param:"split" doc:"minimum fraction of the whole that is in a part"`
	Grow     float64 `param:"grow" doc:"relative change of size from which a cluster counts as grown or shrunk"`
}

func (s *driftStage) Validate() error {
	for _, p := range []struct {
		name              string
		value, least, top float64
	}{{"min_ari", s.MinARI, -1, 1}, {"max_moved", s.MaxMoved, 0, 1}, {"max_new", s.MaxNew, 0, 1}, {"max_gone", s.MaxGone, 0, 1},
		{"match", s.Match, 0.01, 1}, {"split", s.Split, 0.01, 1}, {"grow", s.Grow, 0, 100}} {
		if !(p.value >= p.least && p.value <= p.top) {
			return &dag.ParamError{Param: p.name, Msg: fmt.Sprintf("must be from %v to %v, not %v", p.least, p.top, p.value)}
		}
	}
	return nil
}

// Run implements dag.Stage.
func (s *driftStage) Run(_ context.Context, t *dag.Task) error {
	in, _ := t.In.One("clusters")
	now, err := formats.ReadClusters(in.Dir)
	if err != nil {
		return err
	}
	d, err := s.compare(t, now)
	if err != nil {
		return err
	}
	d.Clusters = string(in.Digest)
	if d.Noise, err = noise(t, now); err != nil {
		return err
	}
	s.judge(d)
	tellDrift(t, d)
	return formats.WriteDrift(t.Out, d)
}

// compare reads what there was before, if there was anything.
func (s *driftStage) compare(t *dag.Task, now *formats.Clusters) (*formats.Drift, error) {
	in, ok := t.In.One("before")
	if !ok {
		n := len(now.Labels)
		return &formats.Drift{DriftSummary: formats.DriftSummary{Label: now.Meta.Label(), Photos: n, New: n}}, nil
	}
	before, err := formats.ReadClusters(in.Dir)
	if err != nil {
		return nil, err
	}
	is, err := contents(t, "photos")
	if err != nil {
		return nil, err
	}
	was, err := contents(t, "photos_before")
	if err != nil {
		return nil, err
	}
	if a, b := howMade(before.Meta), howMade(now.Meta); a != b {
		t.Warnf("settings", "the clusters before were made otherwise: %s; now: %s", a, b)
	}
	if before.Meta.Start != "" && now.Meta.Start == "" {
		t.Warnf("start", "the clusters before started from earlier centres, and those now from centres drawn anew: that alone may move photos")
	}
	d, err := drift.Compare(now, before, is, was, drift.Rules{Match: s.Match, Split: s.Split, Grow: s.Grow})
	if err == nil {
		d.Before = string(in.Digest)
	}
	return d, err
}

func contents(t *dag.Task, port string) (drift.Contents, error) {
	in, ok := t.In.One(port)
	if !ok {
		return nil, nil
	}
	c := drift.Contents{}
	err := formats.ScanPhotos(in.Dir, func(part []formats.Photo) error {
		c.Add(part)
		return nil
	})
	return c, err
}

// howMade is what a clustering was asked to be, for people.
func howMade(m formats.ClustersMeta) string {
	m.Start, m.Restarts = "", 0 // the first night has no start
	if m.Algorithm == "meanshift" {
		m.K, m.Bandwidth = 1, 0 // found, not asked for
	}
	return m.Model + ", " + m.Label()
}

// noise is the agreement of two tries at the same embeddings; nil if there was one. Where one of them started warm it
// says how far that is from a cold start, which is more than the luck of starts.
func noise(t *dag.Task, now *formats.Clusters) (*float64, error) {
	in, ok := t.In.One("again")
	if !ok {
		return nil, nil
	}
	again, err := formats.ReadClusters(in.Dir)
	if err != nil {
		return nil, err
	}
	if again.Meta.Embeddings != now.Meta.Embeddings {
		return nil, fmt.Errorf("the clusters at again are of other embeddings than those at clusters: connect both to one embed stage")
	}
	return drift.Agreement(again, now)
}
