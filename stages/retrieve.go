package stages

import (
	"context"
	"fmt"
	"slices"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
)

func retrieveKind() *dag.Kind {
	return &dag.Kind{
		Name: "retrieve", Version: 3, Out: Neighbours, Check: formats.CheckNeighbours,
		Summary: "Finds exact nearest neighbours, among all rows or in a gallery",
		Doc: `Finds, for each row, the k other rows with the most similar embeddings, by comparing all pairs. If a
gallery is connected, the rows of embeddings are queries, and the k most similar rows of the gallery are found for
each.

A row is never its own neighbour: it is excluded by its position in the table, so a second photo with the same
embedding still counts. A photo that is both a query and in the gallery finds itself; a warning gives the number of
queries whose id is also in the gallery. Rows at exactly equal distance are in random order, drawn with the seed anew
for each query, so the neighbours of a collapsed encoder are random and look it. The cosine similarity of a zero
vector with any row is defined as 0. Memory grows linearly with the number of rows.

Queries and gallery must be embedded in the same way: by the same encoder or network, with the same view, layer, pool
and normalise, and without pca, whose components are fitted on each set of images. The report shows the gallery's
photos if its images are connected to the report's port gallery; pipe judge and the kind judgements accept only
neighbours without a gallery.

` + offloadDoc + `

The artifact holds neighbours.parquet: query, rank, neighbour and score (cosine similarity, higher is nearer, or
Euclidean distance, lower is nearer); with a gallery also gallery.parquet, the labels of its rows.`,
		Example: `near: {uses: retrieve, in: {embeddings: ours}, with: {k: 20}}
found:
  uses: retrieve
  in: {embeddings: customers, gallery: catalogue}
  with: {k: 20}`,
		In: []dag.Port{
			{Name: "embeddings", Type: Embeddings, Doc: "the vectors to compare; with a gallery, the queries"},
			{Name: "gallery", Type: Embeddings, Optional: true, Doc: "the vectors to search; by default, embeddings"},
		},
		New: func() dag.Stage { return &retrieve{K: 20, Metric: string(nearest.Cosine)} },
	}
}

type retrieve struct {
	K      int    `param:"k" doc:"number of neighbours per row; fewer if there are fewer other rows"`
	Metric string `param:"metric" enum:"cosine|l2" doc:"similarity measure"`
}

func (s *retrieve) UsesSeed() bool  { return true }
func (s *retrieve) Offloads() bool  { return true }
func (s *retrieve) Validate() error { return atLeastOne("k", s.K) }

// ValidateInputs refuses a gallery whose vectors can't be compared with those of the queries.
func (s *retrieve) ValidateInputs(in map[string][]*dag.Node) error {
	return checkGallery(in, "embeddings", "gallery")
}

// hasGallery says whether a stage finds neighbours in a gallery.
func hasGallery(n *dag.Node) bool {
	_, ok := n.Stage.(*retrieve)
	return ok && len(n.In["gallery"]) > 0
}

func (s *retrieve) Run(ctx context.Context, t *dag.Task) error {
	n, space, err := s.read(t)
	if err != nil {
		return err
	}
	rows := len(n.Found())
	device, err := offload(t, pairs(len(n.Labels), rows, space.Dim))
	if err != nil {
		return err
	}
	if err := space.UseFirst(ctx, device, rows); err != nil {
		return err
	}
	defer space.Close()
	t.Report.Start(len(n.Labels), "queries")
	o, first := nearest.Options{K: func(int) int { return s.K }, Seed: t.Seed, Workers: t.Workers, Done: t.Report.Add}, 0
	if n.HasGallery() {
		o.Gallery, o.Queries, first = numbers(0, rows), numbers(rows, space.Len()), rows
	}
	err = space.Search(ctx, o, func(q int, near []nearest.Neighbour) {
		for rank, x := range near {
			at := (q-first)*s.K + rank
			n.Index[at], n.Score[at] = x.Row, float32(space.Score(x.Distance))
		}
	})
	if err != nil {
		return err
	}
	return formats.WriteNeighbours(t.Out, n)
}

// read gives neighbours yet to be found, and the space of what is compared: the gallery, if there is one, and then the queries.
func (s *retrieve) read(t *dag.Task) (*formats.Neighbours, *nearest.Space, error) {
	in, _ := t.In.One("embeddings")
	e, err := formats.ReadEmbeddings(in.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("reading embeddings: %w", err)
	}
	n := &formats.Neighbours{
		Meta:   formats.NeighboursMeta{Model: e.Meta.Model, Random: e.Meta.Random, Embeddings: string(in.Digest), Metric: s.Metric, K: s.K},
		Labels: e.Labels, K: s.K, Index: slices.Repeat([]int32{-1}, e.Len()*s.K), Score: make([]float32, e.Len()*s.K),
	}
	data := e.Data
	if in, connected := t.In.One("gallery"); connected {
		g, err := formats.ReadEmbeddings(in.Dir)
		if err != nil {
			return nil, nil, fmt.Errorf("reading gallery: %w", err)
		}
		if err := alike("embeddings", "gallery", e, g); err != nil {
			return nil, nil, err
		}
		n.Meta.Gallery, n.Gallery = string(in.Digest), g.Labels
		data = slices.Concat(g.Data, e.Data)
		warnShared(t, n)
	}
	space, err := nearest.NewSpace(data, e.Dim, nearest.Metric(s.Metric))
	return n, space, err
}

// warnShared counts the queries that may find themselves.
func warnShared(t *dag.Task, n *formats.Neighbours) {
	ids := make(map[string]bool, len(n.Gallery))
	for _, l := range n.Gallery {
		ids[l.ID] = true
	}
	shared := 0
	for _, l := range n.Labels {
		if ids[l.ID] {
			shared++
		}
	}
	if shared > 0 {
		t.Warnf("gallery", "%d of %d queries have the id of a row of the gallery: where that is the same photo, it finds itself", shared, len(n.Labels))
	}
}

// numbers are those from lo to hi-1.
func numbers(lo, hi int) []int32 {
	out := make([]int32, hi-lo)
	for i := range out {
		out[i] = int32(lo + i)
	}
	return out
}
