package pipelines

import (
	"slices"
)

// exclude reads the entries of `exclude:`.
func (r *sweepReader) exclude(n *node) {
	const form = "write [{axis: value, axis: value}]"
	if n.shape != list {
		r.c.failAt(n, form, "`exclude` must be a list, not %s", n.describe())
		return
	}
	if len(r.c.errs) > 0 {
		return // an axis with mistakes is not there to be named
	}
	for _, item := range n.items {
		if item.shape != mapping {
			r.c.failAt(item, form, "an entry of `exclude` must be a mapping, not %s", item.describe())
			continue
		}
		if len(item.pairs) == 0 {
			r.c.failAt(item, form, "the entry is empty, which is every point of the sweep")
			continue
		}
		e, ok := exclusion{at: item}, true
		for _, p := range item.pairs {
			t, good := r.term(p)
			e.terms, ok = append(e.terms, t), ok && good
		}
		if ok {
			r.plan.exclude = append(r.plan.exclude, e)
		}
	}
	r.checkExclude(n)
}

// maxDropWork is points times exclusions.
const maxDropWork = 50_000_000

// checkExclude holds that every entry drops something, and that something is left.
func (r *sweepReader) checkExclude(n *node) {
	total := 1
	for _, a := range r.plan.axes {
		total *= len(a.points)
	}
	if total*len(r.plan.exclude) > maxDropWork {
		r.c.failAt(n, "an entry may give several values of an axis: {axis: [value, value]}", "`exclude` has too many entries for %d points", total)
		r.plan.exclude = nil
		return
	}
	all := r.plan.exclude
	r.plan.exclude = nil
	left := r.plan.points()
	for _, e := range all {
		before := len(left)
		left = slices.DeleteFunc(left, e.drops)
		if before > 0 && len(left) == before {
			r.c.failAt(e.at, "take it out", "this entry drops no point of the sweep that is still there")
		}
	}
	if len(left) == 0 {
		r.c.failAt(n, "take entries out", "`exclude` drops every point of the sweep")
		return
	}
	r.plan.exclude = all
}

// term reads `axis: value`; the axis is named, or one of its paths.
func (r *sweepReader) term(p pair) (term, bool) {
	i := slices.IndexFunc(r.plan.axes, func(a *axis) bool { return a.name == p.key.text || a.has(p.key.text) })
	if i < 0 {
		r.c.failAt(p.key, suggest(p.key.text, r.axisNames(), "axes of the sweep"), "the sweep has no axis `%s`", clip(p.key.text))
		return term{}, false
	}
	a := r.plan.axes[i]
	labels := a.labels(p.key.text)
	t := term{i, make([]bool, len(a.points))}
	found := t.match(labels, label(p.value))
	if p.value.shape == mapping {
		r.c.failAt(p.value, "", "axis `%s` has no mapping for a value", clip(p.key.text))
		return t, false
	}
	if found || p.value.shape == scalar {
		return t, found || r.noValue(p.value, p.key.text, labels)
	}
	ok := len(p.value.items) > 0 || r.noValue(p.value, p.key.text, labels)
	for _, item := range p.value.items {
		ok = (t.match(labels, label(item)) || r.noValue(item, p.key.text, labels)) && ok
	}
	return t, ok
}

func (t term) match(labels []string, want string) bool {
	found := false
	for i, l := range labels {
		if l == want {
			t.matches[i], found = true, true
		}
	}
	return found
}

func (r *sweepReader) noValue(n *node, name string, labels []string) bool {
	var known []string
	for _, l := range labels {
		if l != "" && !slices.Contains(known, l) {
			known = append(known, l)
		}
	}
	r.c.failAt(n, suggest(label(n), known, "its values"), "axis `%s` has no value `%s`", clip(name), clip(label(n)))
	return false
}

// has says whether the axis changes a path.
func (a *axis) has(path string) bool {
	return slices.ContainsFunc(a.paths, func(o override) bool { return o.path == path })
}

// labels gives, for each point, its label, or if a path is named, that of the value there; "" where it sets none.
func (a *axis) labels(name string) []string {
	out := make([]string, len(a.points))
	for i, p := range a.points {
		if name == a.name {
			out[i] = p.label
			continue
		}
		for _, o := range p.set {
			if o.path == name {
				out[i] = label(o.value)
			}
		}
	}
	return out
}

func (r *sweepReader) axisNames() []string {
	var names []string
	for _, a := range r.plan.axes {
		names = append(names, a.name)
	}
	return names
}
