package pipelines

import (
	"strings"
)

// variant is one point of a sweep, checked.
type variant struct {
	at    []int    // per axis, the index of its point
	order []*stage // in the order of the file
	seq   []int    // indices of order, each stage after all it depends on
	seed  uint64
}

// checkAll checks the experiment at every point, and reports the mistakes: one that every point has is said once, any
// other with the points that have it.
func (l *lab) checkAll() []*variant {
	l.prepare()
	var vs []*variant
	var found mistakes
	for i, at := range l.sweep.points() {
		v, errs := l.check(at)
		vs = append(vs, v)
		found.add(i, errs)
	}
	l.c.errs = append(l.c.errs, found.tell(len(vs), func(i int) string { return l.sweep.name(vs[i].at) })...)
	return vs
}

// check checks the experiment at one point.
func (l *lab) check(at []int) (*variant, Errors) {
	var errs Errors
	vars := l.scopes.at(l, at, func() scope { return l.scope(at) })
	errs = append(errs, vars.errs...)
	l.c.vars = vars.value
	seed := l.seeds.at(l, at, func() uint64 { return l.c.readSeed(l.valueAt(at, "seed"), DefaultSeed) })
	errs = append(errs, seed.errs...)
	order := make([]*stage, len(l.entries))
	for i, e := range l.entries {
		r := l.stages[i].at(l, at, func() *stage { return l.stage(e, at) })
		order[i] = r.value
		errs = append(errs, r.errs...)
	}
	v := &variant{at: at, seed: seed.value}
	v.order, errs = l.wire(order, errs)
	l.c.order = v.order
	errs = append(errs, l.c.catch(func() { v.seq = l.c.sorted() })...)
	return v, errs
}

// scope gives the variables at a point.
func (l *lab) scope(at []int) scope {
	if l.scopes.on == 0 {
		return l.base
	}
	vars := l.base.fresh()
	for _, o := range l.sweep.overrides(at) {
		if o.keys[0] == "vars" && vars[o.keys[1]] != nil {
			vars[o.keys[1]] = l.c.readVar(vars[o.keys[1]].key, o.value)
		}
	}
	return vars
}

// valueAt gives a value of the top level at a point.
func (l *lab) valueAt(at []int, key string) *node {
	n := l.root.get(key)
	for _, o := range l.sweep.overrides(at) {
		if o.within([]string{key}) {
			n = o.value
		}
	}
	return n
}

// stage reads a stage as it is at a point.
func (l *lab) stage(e *entry, at []int) *stage {
	body := e.body
	for _, o := range l.sweep.overrides(at) {
		if o.within([]string{"stages", e.name}) {
			body = setAt(body, o.keys[2:], o.key.at, o.value)
		}
	}
	s := &stage{name: e.name, key: e.key, body: body}
	l.c.readStage(s)
	return s
}

// wire connects the stages of a point.
func (l *lab) wire(order []*stage, errs Errors) ([]*stage, Errors) {
	var shape strings.Builder
	for _, s := range order {
		shape.WriteString(string(s.makes()))
		shape.WriteByte(0)
	}
	number, ok := l.shapes[shape.String()]
	if !ok {
		number = len(l.shapes)
		l.shapes[shape.String()] = number
	}
	l.c.order = order
	out := make([]*stage, len(order))
	for i, s := range order {
		key := wiring{s, number}
		r := l.wired[key]
		if r == nil {
			copied := *s
			r = &read[*stage]{value: &copied}
			r.errs = l.c.catch(func() { l.c.wire(&copied) })
			l.wired[key] = r
		}
		out[i] = r.value
		errs = append(errs, r.errs...)
	}
	return out, errs
}
