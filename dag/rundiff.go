package dag

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"fashionpipe/dag/store"
)

// RunDiff is how two runs differ.
type RunDiff struct {
	First    string    // the first stage, in the order of the graph, whose own settings differ; "" if none does
	Why      []string  // what is different there
	Settings []Setting // all that differ, in the order of the graph
	Results  []Setting // the notes of stages, also the same ones
	Endings  []Setting // of the same work: how it ended, where only one run has a result, or what it gave, where that is other bytes
	OnlyA    []string  // stages of one run only
	OnlyB    []string
	Unknown  []string // stages whose work one of the runs did not get to, or the store no longer knows
}

// Setting is a value of a stage in two runs; "" where one has none.
type Setting struct {
	Stage string `json:"stage"`
	Name  string `json:"name"` // with.epochs, input images, files of root, seed, backend; of a result its name
	A     string `json:"a"`
	B     string `json:"b"`
}

// Meant gives what a run was to do, stage by stage, as far as its experiment still tells; nodes need only a kind and a stage.
type Meant func(r *RunRecord) map[string]*Node

// CompareRuns compares two runs stage by stage, by what the store knows of the work they did. Of stages that have no result
// the parameters are compared.
func CompareRuns(s *store.Store, a, b *RunRecord, meant Meant) *RunDiff {
	d := &RunDiff{}
	work := func(r *RunRecord) func(*StageRecord) (Preimage, bool) {
		nodes := sync.OnceValue(func() map[string]*Node { return meant(r) })
		return func(x *StageRecord) (Preimage, bool) {
			if p, ok := preimageOf(s, x.Key); ok {
				return p, true
			}
			return onlyParams(nodes()[x.Name]), false
		}
	}
	workA, workB := work(a), work(b)
	inB := map[string]*StageRecord{}
	for i := range b.Stages {
		inB[b.Stages[i].Name] = &b.Stages[i]
	}
	inputs := "" // the first stage that differs in its inputs only
	var inputsWhy []string
	for i := range a.Stages {
		x := &a.Stages[i]
		y := inB[x.Name]
		if y == nil {
			d.OnlyA = append(d.OnlyA, x.Name)
			continue
		}
		delete(inB, x.Name)
		d.results(x, y)
		if x.Key == y.Key && x.Key != "" {
			d.ending(x, y)
			continue
		}
		p, okA := workA(x)
		q, okB := workB(y)
		if !okA || !okB {
			d.Unknown = append(d.Unknown, x.Name)
			if p.Kind == "" || q.Kind == "" {
				continue
			}
			p, q = Preimage{Kind: p.Kind, Params: p.Params}, Preimage{Kind: q.Kind, Params: q.Params}
		}
		d.settings(x.Name, p, q)
		if why := (&differ{old: withoutInputs(p), now: withoutInputs(q)}).all(); d.First == "" && len(why) > 0 {
			d.First, d.Why = x.Name, why
		}
		if inputs == "" && okA && okB {
			inputs, inputsWhy = x.Name, (&differ{old: p, now: q}).all()
		}
	}
	if d.First == "" {
		d.First, d.Why = inputs, inputsWhy
	}
	for i := range b.Stages {
		if name := b.Stages[i].Name; inB[name] != nil {
			d.OnlyB = append(d.OnlyB, name)
		}
	}
	return d
}

// onlyParams is what an experiment says of a stage; nothing where it doesn't name it.
func onlyParams(n *Node) Preimage {
	if n == nil {
		return Preimage{}
	}
	return Preimage{Kind: n.Kind.Name, Params: Semantic(n.Stage)}
}

func preimageOf(s *store.Store, key Digest) (p Preimage, ok bool) {
	if key == "" {
		return p, false
	}
	r, err := s.Record(key)
	return p, err == nil && json.Unmarshal(r.Preimage, &p) == nil
}

// ending compares how the same work ended.
func (d *RunDiff) ending(x, y *StageRecord) {
	switch {
	case x.Digest == y.Digest:
	case x.Digest == "" || y.Digest == "":
		d.Endings = append(d.Endings, Setting{x.Name, "ended", string(x.State), string(y.State)})
	default:
		d.Endings = append(d.Endings, Setting{x.Name, "gave", x.Digest.Short(), y.Digest.Short()})
	}
}

// settings lists what differs between two pieces of work.
func (d *RunDiff) settings(stage string, p, q Preimage) {
	row := func(name, a, b string) {
		if a != b {
			d.Settings = append(d.Settings, Setting{stage, name, a, b})
		}
	}
	row("uses", p.Kind, q.Kind)
	for _, name := range eitherKey(p.Params, q.Params) {
		row("with."+name, string(p.Params[name]), string(q.Params[name]))
	}
	for _, port := range eitherKey(p.Inputs, q.Inputs) {
		row("input "+port, shorts(p.Inputs[port]), shorts(q.Inputs[port]))
	}
	for _, name := range eitherKey(p.Externals, q.Externals) {
		what := "files of " + name
		if variable, ok := strings.CutPrefix(name, VariablePrefix); ok {
			what = "variable " + variable
		}
		row(what, p.Externals[name].Short(), q.Externals[name].Short())
	}
	row("backend", p.Backend, q.Backend)
	row("seed", seedText(p.Seed), seedText(q.Seed))
}

func shorts(list []Digest) string {
	var out []string
	for _, d := range list {
		out = append(out, d.Short())
	}
	return strings.Join(out, " ")
}

// results puts the notes of a stage side by side, by name.
func (d *RunDiff) results(x, y *StageRecord) {
	var names []string
	byName := func(notes []Note) map[string]string {
		m := map[string]string{}
		for _, n := range notes {
			if n.Level == Result {
				m[n.Name] = n.Text
				if !slices.Contains(names, n.Name) {
					names = append(names, n.Name)
				}
			}
		}
		return m
	}
	a, b := byName(x.Notes), byName(y.Notes)
	for _, name := range names {
		d.Results = append(d.Results, Setting{x.Name, name, a[name], b[name]})
	}
}
