package pipelines

import (
	"fmt"
	"regexp"
	"strings"
)

// matrix reads a path with its values: an axis.
func (r *sweepReader) matrix(p pair) {
	values, ok := r.values(p)
	if !ok || !r.take(p.key) {
		return
	}
	a := &axis{key: p.key, paths: []override{newOverride(p.key, nil, nil)}}
	for i, v := range values {
		a.points = append(a.points, point{label: label(v), at: v, set: []override{newOverride(p.key, p.value.items[i], v)}})
	}
	r.add(a)
}

// zips reads a list of zips, an axis each.
func (r *sweepReader) zips(n *node) {
	for _, item := range n.items {
		if item.shape != mapping {
			r.c.failAt(item, sectionForms["zip"], "a `zip` must be a mapping, not %s", item.describe())
			continue
		}
		r.zip(item, item)
	}
}

// zip reads paths whose values go side by side: one axis.
func (r *sweepReader) zip(key, n *node) {
	if len(n.pairs) == 0 {
		r.c.failAt(n, sectionForms["zip"], "`zip` is empty")
		return
	}
	a, ok := &axis{key: key}, true
	for i, p := range n.pairs {
		values, good := r.values(p)
		if !good || !r.take(p.key) {
			ok = false
			continue
		}
		if i == 0 {
			a.points = make([]point, len(values))
		}
		if ok && len(values) != len(a.points) {
			r.c.failAt(p.value, fmt.Sprintf("`%s` has %d; the lists of a `zip` go side by side, so they have one length", n.pairs[0].key.text, len(a.points)),
				"`%s` has %d %s", p.key.text, len(values), numbered("value", len(values)))
			ok = false
		}
		if ok {
			a.beside(p, values)
		}
	}
	if ok {
		r.add(a)
	}
}

// beside adds the values of a path to the points of an axis, one to each.
func (a *axis) beside(p pair, values []*node) {
	a.paths = append(a.paths, newOverride(p.key, nil, nil))
	for i, v := range values {
		pt := &a.points[i]
		if pt.at == nil {
			pt.at = v
		} else {
			pt.label += "+"
		}
		pt.label += label(v)
		pt.set = append(pt.set, newOverride(p.key, p.value.items[i], v))
	}
}

// values reads the list of values of a path.
func (r *sweepReader) values(p pair) ([]*node, bool) {
	if p.value.shape == mapping && !whole(p.key.text) {
		r.c.failAt(p.key, "write `"+clip(joinPath(p))+": [value, value]`", "a path stands in one piece")
		return nil, false
	}
	ok := pathChecker{c: r.c, root: r.root, sweep: true}.check(strings.Split(p.key.text, "."), p.key.at)
	switch n := p.value; {
	case n.shape == scalar && !n.isNull():
		hint := "write [value, value]"
		if reListText.MatchString(n.text) && !strings.Contains(n.text, "..") {
			hint = "write [" + clip(n.text) + "]"
		}
		r.c.failAt(n, hint, "`%s` takes a list of values, not %s", clip(p.key.text), n.describe())
		return nil, false
	case n.shape == mapping:
		r.c.failAt(n, "write [value, value]", "`%s` takes a list of values, not a mapping", clip(p.key.text))
		return nil, false
	case len(n.items) == 0:
		r.c.failAt(n, "write [value, value], or take the line out", "`%s` has no values", clip(p.key.text))
		return nil, false
	}
	var out []*node
	for _, item := range p.value.items {
		v, good := r.value(item)
		out, ok = append(out, v), ok && good
	}
	return out, ok
}

// reListText is what only lacks its brackets.
var reListText = regexp.MustCompile(`^[A-Za-z0-9_.-]+(?:, *[A-Za-z0-9_.-]+)*$`)

// whole says whether a path has as many keys as one that names a value.
func whole(path string) bool {
	keys := strings.Split(path, ".")
	switch keys[0] {
	case "vars":
		return len(keys) > 1
	case "stages":
		return len(keys) > 3 || len(keys) == 3 && !stageKeys[keys[2]]
	}
	return keys[0] == "seed"
}

// joinPath is the path that a mapping in a mapping says: {stages: {x: …}} is stages.x.
func joinPath(p pair) string {
	path := p.key.text
	for depth := 0; p.value.shape == mapping && len(p.value.pairs) > 0 && depth < 4; depth++ {
		p = p.value.pairs[0]
		path += "." + p.key.text
	}
	return path
}

// value fills in the references of a value, which can't depend on other axes.
func (r *sweepReader) value(n *node) (*node, bool) {
	flat := n.shape != mapping
	for _, item := range n.items {
		flat = flat && item.shape == scalar
	}
	if !flat {
		r.c.failAt(n, "", "a value of a sweep must be a text, a number, true or false, or a list of these")
		return n, false
	}
	v, ok := r.c.expand(n)
	return swept(v, n.at), ok
}

// swept marks a value as one of a sweep. One that came from the environment is read as if it stood in the file.
func swept(n *node, at place) *node {
	out := *n
	out.swept, out.loose, out.at = true, false, at
	out.items = nil
	for _, item := range n.items {
		out.items = append(out.items, swept(item, item.at))
	}
	return &out
}

// take says that an axis changes a path, which only one may.
func (r *sweepReader) take(key *node) bool {
	if first := r.taken[key.text]; first != nil {
		r.c.failAt(key, where(first, key)+" has it already", "two axes change `%s`", clip(key.text))
		return false
	}
	r.taken[key.text] = key
	return true
}

// add takes an axis into the sweep if its points differ.
func (r *sweepReader) add(a *axis) {
	seen := map[string]bool{}
	for _, p := range a.points {
		if seen[p.label] {
			r.c.failAt(p.at, "name it once", "`%s` is given twice", clip(p.label))
			return
		}
		seen[p.label] = true
	}
	r.plan.axes = append(r.plan.axes, a)
}
