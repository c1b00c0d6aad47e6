package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/stages"
)

// sampleKind describes the kind: `mypipe` checks experiments against this, and shows it in its mistakes.
func sampleKind() *dag.Kind {
	return &dag.Kind{
		Name: "sample", Version: 1, // raise the version whenever the same parameters would give another result
		Summary: "Some of the rows of embeddings, drawn by the seed",
		Doc:     "Draws count rows without replacement, keeps their order, and writes them as embeddings.",
		Example: "few: {uses: sample, in: {embeddings: ours}, with: {count: 100}}",
		In:      []dag.Port{{Name: "embeddings", Type: stages.Embeddings, Doc: "the vectors to draw from"}},
		Out:     stages.Embeddings,
		New:     func() dag.Stage { return &sample{Count: 100} }, // the defaults
		Check:   formats.CheckEmbeddings,                         // what it wrote is held to this before it counts
	}
}

// sample holds the parameters: what stands under `with:`. Each is in the key, unless its tag says `exec`.
type sample struct {
	Count int `param:"count" doc:"rows to keep"`
}

// Validate says what is wrong with parameters before anything runs; the message points at the line of the file.
func (s *sample) Validate() error {
	if s.Count < 1 {
		return &dag.ParamError{Param: "count", Msg: fmt.Sprintf("must be at least 1, not %d", s.Count)}
	}
	return nil
}

// UsesSeed puts the seed into the key, and into t.Seed.
func (s *sample) UsesSeed() bool { return true }

// Run reads the input, and writes the result into t.Out. It may depend on nothing but the parameters, the inputs and the
// seed: the same key must give the same bytes.
func (s *sample) Run(_ context.Context, t *dag.Task) error {
	in, _ := t.In.One("embeddings") // always there: the port is not optional
	e, err := formats.ReadEmbeddings(in.Dir)
	if err != nil {
		return err
	}
	if e.Len() == 0 {
		return errors.New("there are no embeddings to draw from")
	}
	rows := rand.New(rand.NewPCG(t.Seed, 0)).Perm(e.Len())[:min(s.Count, e.Len())]
	slices.Sort(rows)
	out := &formats.Embeddings{Meta: e.Meta, Dim: e.Dim}
	for _, i := range rows {
		out.Labels = append(out.Labels, e.Labels[i])
		out.Data = append(out.Data, e.Row(i)...)
	}
	t.Resultf("rows", "%d of %d", len(rows), e.Len()) // shown at the end of the run, and again when cached
	return formats.WriteEmbeddings(t.Out, out)
}
