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
		Summary: "How clusters differ from those of the last time",
		Doc: `Compares clusters with those that the same stage gave the last time they were others: last night's. The first time
there is nothing to compare with, and nothing fails. Nothing needs to be connected to before; where something is (the
clusters of another stage), that is compared with instead.

A photo is the same by its id (its path); with the port photos connected also by its content, so that a renamed photo is
the same one and a changed one isn't. Clusters are matched one to one so that as many photos as can be stay in theirs (an
optimal assignment). Of the photos that both have:

  ARI, AMI  agreement of the two, adjusted for chance; 1: the same
  part      a cluster that holds at least split of one of the other night and
            consists of it by at least match
  kept      a matched pair of which one is a part of the other; grown or
            shrunk: its size, with all photos, changed by at least grow
  split     a cluster before with two parts now or more
  merged    a cluster now with two parts before or more
  died      a cluster before of which nothing of the above holds
  born      a cluster now of which nothing of the above holds
  moved     a photo that is not in the cluster that continues its cluster

These are the transitions of MONIC (Spiliopoulou, Ntoutsi, Theodoridis & Schult, KDD 2006), with conditions that read the
same in both directions of time.

The gate "drift" fails (exit code 3 unless allowed) when ARI is below min_ari, when more than max_moved of the photos moved,
or when no photo is left to compare by. Photos that came or went are in none of these: where they are a fifth or more, a
warning tells how many photos the verdict covers, and the gate fails when the new ones are more than max_new of the photos
now, or those that are gone more than max_gone of the photos before (1, the default: any).

k-means has many solutions. Connect a second clustering of tonight's embeddings, with another seed and starts of its own, to
again, and its ARI with tonight's is told beside, as that of a second try. Where both are cold (warm: false), this is how
far two tries at the same photos agree by luck of the start. Where clusters start warm, it is how far those are from what
a cold start finds: they follow the nights before, and may agree well with last night's all the same.

The artifact holds drift.json (all of the above), matching.parquet (photos by cluster before and now) and moved.parquet.`,
		Example: `drift:
  uses: drift
  in: {clusters: kmeans, photos: photos}
  with: {min_ari: 0.8, max_new: 0.3}`,
		In: []dag.Port{
			{Name: "clusters", Type: Clusters, Doc: "the clusters now"},
			{Name: "before", Type: Clusters, Optional: true, Previous: "clusters", Doc: "the clusters before; left out: those of the last run that gave others"},
			{Name: "photos", Type: Photos, Optional: true, Doc: "the catalogue now, to know photos by their content"},
			{Name: "photos_before", Type: Photos, Optional: true, Previous: "photos", Doc: "the catalogue before; left out: that of the run that gave the clusters before"},
			{Name: "again", Type: Clusters, Optional: true, Doc: "the same embeddings clustered from other starts, to tell how far the two agree"},
		},
		New: func() dag.Stage {
			return &driftStage{MinARI: 0.7, MaxMoved: 0.3, MaxNew: 1, MaxGone: 1, Match: 0.5, Split: 0.25, Grow: 0.25}
		},
	}
}

type driftStage struct {
	MinARI   float64 `param:"min_ari" doc:"least agreement (ARI) with the clusters before; -1 for any"`
	MaxMoved float64 `param:"max_moved" doc:"largest share of photos, of those that both have, that may be in another cluster"`
	MaxNew   float64 `param:"max_new" doc:"largest share of the photos now that may be new; 1 for any"`
	MaxGone  float64 `param:"max_gone" doc:"largest share of the photos before that may be gone; 1 for any"`
	Match    float64 `param:"match" doc:"how much of a part must be of the whole, as a share"`
	Split    float64 `param:"split" doc:"how much of the whole must be in a part, as a share"`
	Grow     float64 `param:"grow" doc:"change of size, as a share of the size before, from which a cluster has grown or shrunk"`
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
