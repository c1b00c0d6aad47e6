package report

import (
	"context"
	"slices"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// SweepPhotos is a variant in the galleries.
type SweepPhotos struct {
	Name       string // of the variant; of the baseline, its model
	Place      string // "best", "median", "worst", "baseline"
	Images     Images
	Neighbours *formats.Neighbours
}

// How much the galleries of a sweep show.
const (
	sweepQueries = 8
	sweepTop     = 5
)

// sweepGalleries are the same queries under several variants.
type sweepGalleries struct {
	galleries
	Places []string // one per head
}

// Baseline says whether the baseline is among them.
func (g *sweepGalleries) Baseline() bool { return slices.Contains(g.Places, baseline) }

// newSweepGalleries draws queries among the photos that all of these have; nil without any.
func newSweepGalleries(ctx context.Context, in SweepInput) (*sweepGalleries, error) {
	if len(in.Photos) == 0 {
		return nil, nil
	}
	g := &sweepGalleries{galleries: galleries{Top: sweepTop, Seed: in.Seed}}
	var builders []*builder
	var rows []map[string]int
	for _, p := range in.Photos {
		b := newBuilder(ctx, Input{Images: p.Images, Neighbours: []*formats.Neighbours{p.Neighbours}}, Options{Top: sweepTop})
		builders, rows = append(builders, b), append(rows, rowsByID(p.Neighbours.Labels))
		head := model{Role: ours, Name: p.Name}
		if p.Place == baseline {
			head.Role = baseline
		}
		g.Heads, g.Places = append(g.Heads, head), append(g.Places, p.Place)
		g.Metrics = append(g.Metrics, nearness(p.Neighbours))
	}
	var shared []formats.Labels
	for _, l := range in.Photos[0].Neighbours.Labels {
		if builders[0].inAll(l.ID, rows) {
			shared = append(shared, l)
		}
	}
	g.Total = len(shared)
	for _, at := range rng.New(in.Seed, "sweep", "queries").Perm(len(shared))[:min(sweepQueries, len(shared))] {
		var q query
		for i, b := range builders {
			one, err := b.query(shared[at], rows[i:i+1])
			if err != nil {
				return nil, err
			}
			if i == 0 {
				q.Shot = one.Shot
			}
			one.Lines[0].Model = g.Heads[i]
			q.Lines = append(q.Lines, one.Lines[0])
		}
		g.note(q)
		g.Queries = append(g.Queries, q)
	}
	if len(g.Queries) == 0 {
		return nil, nil
	}
	return g, nil
}
