package pipelines

import (
	"regexp"
	"slices"
	"strings"
)

var reAxisName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.+-]*$`)

// namedList reads an axis of named overrides that has a name of its own.
func (r *sweepReader) namedList(p pair) {
	switch {
	case !reAxisName.MatchString(p.key.text) || len(p.key.text) > 100:
		r.c.failAt(p.key, nameRule, "%s can't be the name of an axis", p.key.quote())
	case p.value.shape != list:
		r.c.failAt(p.value, "write [{name: a-name, set: {path: value}}]", "an axis of named overrides is a list, not %s", p.value.describe())
	default:
		r.list(p.key, p.key.text, p.value)
	}
}

// list reads named overrides: one axis.
func (r *sweepReader) list(key *node, name string, n *node) {
	a := &axis{key: key, given: name}
	if len(n.items) == 0 {
		r.c.failAt(n, "write [{name: a-name, set: {path: value}}]", "the list has no entries")
		return
	}
	ok := true
	for _, item := range n.items {
		p, good := r.listPoint(item)
		a.points, ok = append(a.points, p), ok && good
	}
	if !ok {
		return
	}
	for _, p := range a.points {
		for _, o := range p.set {
			if !slices.ContainsFunc(a.paths, func(q override) bool { return q.path == o.path }) {
				if !r.take(o.key) {
					return
				}
				a.paths = append(a.paths, o)
			}
		}
	}
	if name == "seed" && (len(a.paths) != 1 || a.paths[0].path != "seed") {
		r.c.failAt(key, "choose another name", "only the axis of the experiment's seed is called `seed`")
		return
	}
	r.add(a)
}

// listPoint reads {name: …, set: {path: value}}.
func (r *sweepReader) listPoint(n *node) (point, bool) {
	const form = "write {name: a-name, set: {path: value}}"
	p := point{at: n}
	if n.shape != mapping {
		r.c.failAt(n, form, "an entry of the list must be a mapping, not %s", n.describe())
		return p, false
	}
	ok := true
	for _, q := range n.pairs {
		switch q.key.text {
		case "name":
			p.at = q.value
			name, good := r.pointName(q.value)
			p.label, ok = name, ok && good
		case "set":
			ok = r.listSet(&p, q.value) && ok
		default:
			hint := suggest(q.key.text, []string{"name", "set"}, "an entry has")
			if strings.Contains(q.key.text, ".") {
				hint = "put it under `set:`"
			}
			r.c.failAt(q.key, hint, "unknown key `%s` in an entry of the list", clip(q.key.text))
			ok = false
		}
	}
	if n.get("name") == nil && ok {
		r.c.failAt(n, form, "the entry has no `name`")
		ok = false
	}
	return p, ok
}

func (r *sweepReader) pointName(n *node) (string, bool) {
	pieces, bad := split(n.text)
	switch {
	case n.shape != scalar || n.isNull():
		r.c.failAt(n, "write a word or a number", "an entry's name can't be %s", n.describe())
	case bad != nil || slices.ContainsFunc(pieces, func(p piece) bool { return p.ref != nil }):
		r.c.failAt(n, "write a word or a number", "an entry's name takes no references")
	case len(pieces) == 1:
		return oneLine(pieces[0].text), true
	default:
		return "", true
	}
	return "", false
}

func (r *sweepReader) listSet(p *point, n *node) bool {
	if n.isNull() {
		return true
	}
	if n.shape != mapping {
		r.c.failAt(n, "write `set: {path: value}`", "`set` must be a mapping, not %s", n.describe())
		return false
	}
	ok := true
	check := pathChecker{c: r.c, root: r.root, sweep: true}
	for _, q := range n.pairs {
		if q.value.shape == mapping && !whole(q.key.text) {
			r.c.failAt(q.key, "write `"+clip(joinPath(q))+": value`", "a path stands in one piece")
			ok = false
			continue
		}
		good := check.check(strings.Split(q.key.text, "."), q.key.at)
		v, read := r.value(q.value)
		ok = ok && good && read
		p.set = append(p.set, newOverride(q.key, q.value, v))
	}
	return ok
}
