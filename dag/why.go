package dag

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fashionpipe/dag/store"
)

// why says in a few words why there is no result to serve: miss is the error of the lookup, nil if the stage is forced.
func (e *Engine) why(g *Graph, n *Node, id identity, miss error) string {
	var damaged *store.DamagedError
	switch {
	case miss == nil:
		return "forced"
	case errors.As(miss, &damaged):
		return "damaged: " + damaged.Error()
	}
	old, ok := e.last(g, n)
	if !ok {
		return "first time"
	}
	if diff := diffPreimages(old, id.pre); len(diff) > 0 {
		return joinSome(diff)
	}
	return "its result is no longer in the store"
}

// last finds what the last result of the stage was made from.
func (e *Engine) last(g *Graph, n *Node) (Preimage, bool) {
	l, ok := e.Store.Last(g.Name, n.Name)
	var p Preimage
	if !ok || json.Unmarshal(l.Preimage, &p) != nil {
		return Preimage{}, false
	}
	return p, true
}

func joinSome(diff []string) string {
	const most = 4
	if len(diff) > most {
		diff = append(slices.Clone(diff[:most]), fmt.Sprintf("and %d more", len(diff)-most))
	}
	return strings.Join(diff, ", ")
}

// diffPreimages lists what is different, in words that name the place in the experiment.
func diffPreimages(a, b Preimage) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if a.Kind != b.Kind {
		add("uses %s → %s", a.Kind, b.Kind)
		return out // the rest can't be compared
	}
	if a.Schema != b.Schema {
		add("keys are made in a new way (%d → %d)", a.Schema, b.Schema)
	}
	if a.Version != b.Version {
		add("%s works in a new way (version %d → %d)", b.Kind, a.Version, b.Version)
	}
	for _, name := range eitherKey(a.Params, b.Params) {
		was, had := a.Params[name]
		is, has := b.Params[name]
		switch {
		case !had:
			add("with.%s is new", name)
		case !has:
			add("with.%s is gone", name)
		case string(was) != string(is):
			add("with.%s %s → %s", name, shorten(was), shorten(is))
		}
	}
	for _, port := range eitherKey(a.Inputs, b.Inputs) {
		if !slices.Equal(a.Inputs[port], b.Inputs[port]) {
			add("input %s changed", port)
		}
	}
	for _, name := range eitherKey(a.Externals, b.Externals) {
		if a.Externals[name] != b.Externals[name] {
			add("the files of %s changed", name)
		}
	}
	if a.Backend != b.Backend {
		add("backend %s → %s", a.Backend, b.Backend)
	}
	if seedText(a.Seed) != seedText(b.Seed) {
		add("seed %s → %s", seedText(a.Seed), seedText(b.Seed))
	}
	return out
}

func eitherKey[V any](a, b map[string]V) []string {
	all := slices.Sorted(maps.Keys(a))
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if _, ok := a[k]; !ok {
			all = append(all, k)
		}
	}
	slices.Sort(all)
	return all
}

func shorten(v json.RawMessage) string {
	const most = 40
	r := []rune(string(v))
	if len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return string(r)
}

func seedText(s *uint64) string {
	if s == nil {
		return "none"
	}
	return fmt.Sprint(*s)
}
