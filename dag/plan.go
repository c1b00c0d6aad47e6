package dag

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"fashionpipe/dag/store"
)

// Outlook says what a run would do with a stage.
type Outlook string

// The outlooks.
const (
	IsCached  Outlook = "cached"  // its result is there
	WillRun   Outlook = "run"     // it isn't
	MayRun    Outlook = "may run" // an input runs first; if that gives the same bytes as before, this stage stays cached
	CannotRun Outlook = "can't run"
)

// Plan is what a run would do.
type Plan struct {
	Stages   []PlannedStage // in the order of the graph
	Warnings []string       // of the store: a damaged memory of digests, say
}

// PlannedStage is what a run would do with one stage.
type PlannedStage struct {
	Node    *Node
	Outlook Outlook
	Reason  string        // why it runs or may run: "first time", "with.epochs 5 → 10"; "" if cached
	Err     error         // why it can't run: a folder that isn't there
	Key     Digest        // "" where an input must run first
	Digest  Digest        // of the artifact, if cached
	Bytes   int64         // of the artifact, if cached
	Took    time.Duration // what the work took when it was done, if cached
}

// Plan says per stage whether a run would find its result, and if not, why. It writes nothing. The error wraps that
// of ctx (context.Canceled, say); what is wrong with one stage is in its Err.
func (e *Engine) Plan(ctx context.Context, g *Graph) (*Plan, error) {
	p := &Plan{}
	arts := map[string]Artifact{} // of the cached stages
	bad := map[string]bool{}
	backend := e.backendClass()
	for _, n := range g.Nodes {
		s := e.planStage(ctx, g, n, arts, bad, backend)
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("planning stopped at stage %s: %w", n.Name, err)
		}
		bad[n.Name] = s.Outlook == CannotRun
		p.Stages = append(p.Stages, s)
	}
	p.Warnings = e.Store.Warnings()
	return p, nil
}

func (e *Engine) planStage(ctx context.Context, g *Graph, n *Node, arts map[string]Artifact, bad map[string]bool, backend func() (string, error)) PlannedStage {
	s := PlannedStage{Node: n}
	var first []string
	for _, from := range n.Inputs() {
		if bad[from] {
			s.Outlook, s.Err = CannotRun, errors.New("it needs "+from+", which can't run")
			return s
		}
		if _, ok := arts[from]; !ok {
			first = append(first, from)
		}
	}
	in := inputsOf(n, func(name string) Artifact { return arts[name] })
	maps.Copy(in, e.before(ctx, g, n, in))
	id, err := e.identify(ctx, n, in, backend, e.Store.Files())
	if err != nil {
		s.Outlook, s.Err = CannotRun, err
		return s
	}
	if len(first) > 0 {
		s.Outlook, s.Reason = MayRun, e.whyMayRun(g, n, id, first)
		return s
	}
	s.Key = id.key
	if err := id.locate(n, in); err != nil {
		s.Outlook, s.Err = CannotRun, err
		return s
	}
	hit, miss := e.Store.Peek(ctx, id.key)
	if miss != nil {
		s.Outlook, s.Reason = WillRun, e.why(g, n, id, miss)
		return s
	}
	s.Outlook, s.Digest, s.Bytes, s.Took = IsCached, hit.Record.Artifact, hit.Record.Bytes, hit.Record.Took
	arts[n.Name] = artifactOf(n, hit, id.source)
	return s
}

// whyMayRun names the inputs that run first, and what is different already.
func (e *Engine) whyMayRun(g *Graph, n *Node, id identity, first []string) string {
	after := "after " + strings.Join(first, ", ")
	old, ok := e.last(g, n)
	if !ok {
		return "first time, " + after
	}
	old.Inputs, id.pre.Inputs = nil, nil
	return joinSome(append(diffPreimages(old, id.pre), after))
}

// inputsOf gathers the artifacts connected to a node.
func inputsOf(n *Node, artifact func(name string) Artifact) Inputs {
	in := Inputs{}
	for port, names := range n.In {
		for _, name := range names {
			in[port] = append(in[port], artifact(name))
		}
	}
	return in
}

func artifactOf(n *Node, hit *store.Hit, source string) Artifact {
	return Artifact{Type: n.Out(), Digest: hit.Record.Artifact, Dir: hit.Dir, Source: source}
}
