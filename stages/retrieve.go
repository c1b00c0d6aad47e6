package stages

import (
	"context"
	"fmt"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
)

func retrieveKind() *dag.Kind {
	return &dag.Kind{
		Name: "retrieve", Version: 3, Out: Neighbours, Check: formats.CheckNeighbours,
		Summary: "Exact nearest neighbours of every embedding",
		Doc: `Finds, for each row, the k other rows with the most similar embeddings, by comparing all pairs.

A row is never its own neighbour: it is left out by its place in the table, so a second photo with the same embedding
still counts. Rows at exactly equal distance come in an order drawn from the seed, anew for each query, never in the
order of the table: the neighbours of a collapsed encoder are chance, and look like it. An embedding of zeros has no
direction; its cosine similarity with every row is taken as 0. Memory grows with the rows, not with the pairs.

` + offloadDoc + `

The artifact holds neighbours.parquet: query, rank, neighbour and score (the cosine similarity, higher is nearer; or the
Euclidean distance, lower is nearer).`,
		Example: `near: {uses: retrieve, in: {embeddings: ours}, with: {k: 20}}`,
		In:      []dag.Port{{Name: "embeddings", Type: Embeddings, Doc: "the vectors to compare"}},
		New:     func() dag.Stage { return &retrieve{K: 20, Metric: string(nearest.Cosine)} },
	}
}

type retrieve struct {
	K      int    `param:"k" doc:"neighbours of each row; fewer where there are fewer other rows"`
	Metric string `param:"metric" enum:"cosine|l2" doc:"what near means"`
}

func (s *retrieve) UsesSeed() bool  { return true }
func (s *retrieve) Offloads() bool  { return true }
func (s *retrieve) Validate() error { return atLeastOne("k", s.K) }

func (s *retrieve) Run(ctx context.Context, t *dag.Task) error {
	in, _ := t.In.One("embeddings")
	e, err := formats.ReadEmbeddings(in.Dir)
	if err != nil {
		return fmt.Errorf("reading embeddings: %w", err)
	}
	space, err := nearest.NewSpace(e.Data, e.Dim, nearest.Metric(s.Metric))
	if err != nil {
		return err
	}
	n := &formats.Neighbours{
		Meta:   formats.NeighboursMeta{Model: e.Meta.Model, Random: e.Meta.Random, Embeddings: string(in.Digest), Metric: s.Metric, K: s.K},
		Labels: e.Labels, K: s.K, Index: make([]int32, e.Len()*s.K), Score: make([]float32, e.Len()*s.K),
	}
	for i := range n.Index {
		n.Index[i] = -1
	}
	device, err := offload(t, pairs(e.Len(), e.Len(), e.Dim))
	if err != nil {
		return err
	}
	if err := space.Use(ctx, device); err != nil {
		return err
	}
	defer space.Close()
	t.Report.Start(e.Len(), "queries")
	o := nearest.Options{K: func(int) int { return s.K }, Seed: t.Seed, Workers: t.Workers, Done: t.Report.Add}
	err = space.Search(ctx, o, func(q int, near []nearest.Neighbour) {
		for rank, x := range near {
			n.Index[q*s.K+rank], n.Score[q*s.K+rank] = x.Row, float32(space.Score(x.Distance))
		}
	})
	if err != nil {
		return err
	}
	return formats.WriteNeighbours(t.Out, n)
}
