package dag

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"fashionpipe/dag/store"
	"fashionpipe/internal/parallel"
)

// planner makes one plan.
type planner struct {
	*Engine
	g       *Graph
	why     *reasons
	force   []string
	backend func() (string, error)
	place   map[string]int // of a node in the graph
	stages  []PlannedStage // by place, as they are made
	arts    []Artifact     // by place, of the cached stages; else with an empty Dir
}

// Plan says per stage whether a run with these options (Force and Only count) would find its result, and if not, why. It
// writes nothing. The error wraps that of ctx (context.Canceled, say), or is an *UnknownStageError; what is wrong with one
// stage is in its Err.
func (e *Engine) Plan(ctx context.Context, g *Graph, o RunOptions) (*Plan, error) {
	p, err := e.foresee(ctx, g, o)
	if err == nil {
		p.Warnings = e.Store.Warnings()
	}
	return p, err
}

// foresee is Plan that leaves the store's warnings to who asks for them next.
func (e *Engine) foresee(ctx context.Context, g *Graph, o RunOptions) (*Plan, error) {
	nodes, err := selectNodes(g, o)
	if err != nil {
		return nil, err
	}
	g = &Graph{Name: g.Name, Nodes: nodes}
	p := &planner{
		Engine: e, g: g, why: e.reasons(g), force: o.Force, backend: e.backendClass(), place: map[string]int{},
		stages: make([]PlannedStage, len(g.Nodes)), arts: make([]Artifact, len(g.Nodes)),
	}
	for i, n := range g.Nodes {
		p.place[n.Name] = i
	}
	for _, wave := range p.waves() {
		err := parallel.ForEach(ctx, len(wave), parallel.Workers(), func(_, i int) {
			p.plan(ctx, wave[i])
			p.stages[wave[i]].holdBack()
		})
		if err != nil {
			return nil, fmt.Errorf("planning stopped: %w", err)
		}
	}
	p.expectAsVariants()
	return &Plan{Stages: p.stages, GPUs: e.GPUs, Lacks: p.resources()}, nil
}

// resources fills in how many GPUs stages that run will have, and says where that, or another resource, is less than they ask
// for.
func (p *planner) resources() (lacks []string) {
	var run []*Node
	for i := range p.stages {
		if s := &p.stages[i]; s.Outlook == WillRun || s.Outlook == MayRun {
			s.GPUs = p.gpus(s.Node)
			run = append(run, s.Node)
		}
	}
	for _, l := range p.lacks(run) {
		lacks = append(lacks, fmt.Sprintf("stage %s: %s", l.stage, l.text))
	}
	return lacks
}

// waves gives the places of nodes in groups: a node needs only nodes of groups before its own.
func (p *planner) waves() [][]int {
	var waves [][]int
	depth := make([]int, len(p.g.Nodes))
	for i, n := range p.g.Nodes {
		for _, from := range n.Inputs() {
			depth[i] = max(depth[i], depth[p.place[from]]+1)
		}
		if depth[i] == len(waves) {
			waves = append(waves, nil)
		}
		waves[depth[i]] = append(waves[depth[i]], i)
	}
	return waves
}

// plan plans the node at a place; those that it needs are planned.
func (p *planner) plan(ctx context.Context, at int) {
	n, s := p.g.Nodes[at], &p.stages[at]
	s.Node = n
	var first []string
	for _, from := range n.Inputs() {
		if p.stages[p.place[from]].Outlook == CannotRun {
			s.Outlook, s.Err = CannotRun, errors.New("it needs "+from+", which can't run")
			return
		}
		if p.stages[p.place[from]].Outlook != IsCached {
			first = append(first, from)
		}
	}
	if p.planFetch(n, s, first) {
		return
	}
	in := inputsOf(n, func(name string) Artifact { return p.arts[p.place[name]] })
	maps.Copy(in, p.before(ctx, p.g, n, in, func(string) {}))
	id, err := p.identify(ctx, n, in, p.backend, p.Store.Files())
	if err == nil && len(first) == 0 {
		err = id.locate(n, in)
	}
	if err != nil {
		s.Outlook, s.Err = CannotRun, err
		return
	}
	if len(first) > 0 {
		s.Outlook, s.Reason = MayRun, p.why.whyMaybe(ctx, n, id, first)
		p.expect(s)
		return
	}
	s.Key = id.key
	hit, miss := p.Store.Peek(ctx, id.key)
	if forced := slices.Contains(p.force, n.Name); forced {
		s.Outlook, s.Reason = WillRun, p.why.why(ctx, n, id, nil)
		p.expect(s)
		return
	}
	if miss != nil {
		s.Outlook, s.Reason = WillRun, p.why.why(ctx, n, id, miss)
		p.expect(s)
		return
	}
	p.cached(at, hit, id)
}

// holdBack says of a stage that is to work that it can't, where it can tell.
func (s *PlannedStage) holdBack() {
	if s.Outlook == IsCached || s.Outlook == CannotRun {
		return
	}
	if err := unready(s.Node); err != nil {
		*s = PlannedStage{Node: s.Node, Outlook: CannotRun, Err: err}
	}
}

func (p *planner) cached(at int, hit *store.Hit, id identity) {
	s, r := &p.stages[at], hit.Record
	s.Outlook, s.Digest, s.Bytes, s.Took = IsCached, r.Artifact, r.Bytes, r.Took
	p.arts[at] = artifactOf(s.Node, hit, id.source)
}

// expect says what a stage took when it last ran, as far as that is known.
func (p *planner) expect(s *PlannedStage) {
	last, ok := p.why.last(s.Node.Name)
	if !ok {
		return
	}
	r, err := p.Store.Record(last.Key)
	if err != nil {
		return // it is only an estimate; a record that is damaged is told when its result is wanted
	}
	s.Expect, s.ExpectOther = r.Took, !sameParams(last.pre, s.Node)
}

// sameParams says whether a piece of work is of a node's kind and has its parameters, those that count.
func sameParams(p Preimage, n *Node) bool {
	return p.Kind == n.Kind.Name && maps.EqualFunc(p.Params, Semantic(n.Stage), func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })
}

// expectAsVariants gives stages of which nothing is known the median of what their variants in the graph took or are
// expected to: of those with the same parameters, or else of all.
func (p *planner) expectAsVariants() {
	params := func(n *Node) string {
		b, _ := json.Marshal(Semantic(n.Stage)) // of values that were made from JSON
		return string(b)
	}
	same, all := map[string][]time.Duration{}, map[string][]time.Duration{}
	for _, s := range p.stages {
		if t := max(s.Took, s.Expect); t > 0 {
			base := s.Node.BaseName()
			all[base] = append(all[base], t)
			if !s.ExpectOther {
				same[base+params(s.Node)] = append(same[base+params(s.Node)], t)
			}
		}
	}
	for i := range p.stages {
		s := &p.stages[i]
		if s.Outlook == IsCached || s.Expect > 0 {
			continue
		}
		base := s.Node.BaseName()
		if s.Expect = median(same[base+params(s.Node)]); s.Expect == 0 {
			s.Expect = median(all[base])
			s.ExpectOther = s.Expect > 0
		}
	}
}

// median is the middle one, 0 of none.
func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2]
}
