package pipelines

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"fashionpipe/dag"
)

// resolver writes an experiment with everything spelled out, in the order of the file. What changes with the sweep stays
// as it is: the variables that do, the texts that refer to them, and the sweep.
type resolver struct {
	b     bytes.Buffer
	c     *checker
	l     *lab
	vs    []*variant
	extra []string // lines of `vars:` for texts that can't stand before a reference
}

func (l *lab) resolve(x *Experiment, vs []*variant) []byte {
	r := &resolver{c: l.c, l: l, vs: vs}
	l.c.vars = l.base
	l.c.order = vs[0].order
	seed := fmt.Sprint(x.Seed)
	if n := l.root.get("seed"); l.refAxes(n) != 0 {
		seed = r.partial(n)
	}
	var stages bytes.Buffer
	for i := range l.entries {
		stages.WriteString(r.stage(i, x.Seed))
	}
	fmt.Fprintf(&r.b, "name: %s\nseed: %s\n", yamlText(x.Name), seed)
	r.vars()
	r.b.WriteString("stages:\n")
	r.b.Write(stages.Bytes())
	r.sweep()
	if r.b.Len() > maxBytes {
		return append([]byte(resolvedMark), r.b.Bytes()...)
	}
	return r.b.Bytes()
}

// sample finds the first variant in which the value of the file stands at a path; the first of all if the sweep changes
// it everywhere.
func (r *resolver) sample(keys ...string) *variant {
	on := r.l.pathAxes(keys...)
	if on == 0 {
		return r.vs[0]
	}
	for _, v := range r.vs {
		if !slices.ContainsFunc(r.l.sweep.overrides(v.at), func(o override) bool { return o.within(keys) }) {
			return v
		}
	}
	return r.vs[0]
}

func (r *resolver) stage(i int, seed uint64) string {
	e := r.l.entries[i]
	at := func(keys ...string) *stage { return r.sample(append([]string{"stages", e.name}, keys...)...).order[i] }
	var b strings.Builder
	s := at("uses")
	fmt.Fprintf(&b, "  %s:\n    uses: %s\n", yamlText(e.name), yamlText(s.kind.Name))
	changes := r.l.pathAxes("stages", e.name, "uses") != 0
	r.inputs(&b, e, s.kind, changes, at)
	r.params(&b, e, s.kind, changes, at)
	if n := e.body.get("seed"); n != nil {
		s := at("seed")
		switch {
		case r.l.refAxes(n) != 0:
			fmt.Fprintf(&b, "    seed: %s\n", r.partial(n))
		case s.seed != seed || r.l.seeds.on != 0 || r.l.pathAxes("stages", e.name, "seed") != 0:
			fmt.Fprintf(&b, "    seed: %d\n", s.seed)
		}
	}
	if s := at("allow"); e.body.get("allow") != nil && len(s.allow) > 0 {
		fmt.Fprintf(&b, "    allow: %s\n", yamlValue(reflect.ValueOf(s.allow)))
	}
	if n := e.body.get("resources"); n != nil {
		switch s := at("resources"); {
		case r.l.refAxes(n) != 0:
			fmt.Fprintf(&b, "    resources: %s\n", r.partial(n))
		case s.res != (resources{}):
			fmt.Fprintf(&b, "    resources: %s\n", s.res)
		}
	}
	return b.String()
}

// inputs writes `in:`. Where the kind itself changes, only ports of the file are written.
func (r *resolver) inputs(b *strings.Builder, e *entry, k *dag.Kind, changes bool, at func(...string) *stage) {
	given := e.body.get("in")
	first := true
	for _, p := range k.In {
		if changes && (given == nil || given.get(p.Name) == nil) {
			continue
		}
		from := at("in", p.Name).in[p.Name]
		if len(from) == 0 {
			continue
		}
		if first {
			b.WriteString("    in:\n")
			first = false
		}
		if p.Many {
			fmt.Fprintf(b, "      %s: %s\n", yamlText(p.Name), yamlValue(reflect.ValueOf(from)))
		} else {
			fmt.Fprintf(b, "      %s: %s\n", yamlText(p.Name), yamlText(from[0]))
		}
	}
}

// params writes `with:`: every parameter, or where the kind itself changes, those of the file.
func (r *resolver) params(b *strings.Builder, e *entry, k *dag.Kind, changes bool, at func(...string) *stage) {
	given := e.body.get("with")
	first := true
	for _, p := range r.c.params(k) {
		var n *node
		if given != nil {
			n = given.get(p.Name)
		}
		if changes && n == nil {
			continue
		}
		if first {
			b.WriteString("    with:\n")
			first = false
		}
		text := ""
		if r.l.refAxes(n) != 0 {
			text = r.partialAs(n, isText(p.Type))
		} else {
			s := at("with", p.Name)
			text = r.param(s, p.Name)
		}
		fmt.Fprintf(b, "      %s: %s\n", yamlText(p.Name), text)
	}
}

// param writes the value of a parameter.
func (r *resolver) param(s *stage, name string) string {
	for _, p := range r.c.params(s.kind) {
		if p.Name == name {
			return yamlValue(reflect.ValueOf(s.work).Elem().Field(p.Index))
		}
	}
	return "null"
}
