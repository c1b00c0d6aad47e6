package pipelines

import (
	"fmt"
	"strings"
	"unicode"
)

// Limits of a sweep. Beyond them a file was written by mistake, or to take the machine's memory.
const (
	maxPoints = 100_000 // as the message says
	maxNodes  = 500_000
)

var sweepKeys = []string{"matrix", "zip", "list", "exclude"}

// readSweep reads `sweep:`. Axes with mistakes are left out of what it gives.
func (c *checker) readSweep(l *lab) *plan {
	none := &plan{}
	n := l.root.get("sweep")
	if n == nil || n.shape != mapping {
		return none
	}
	r := &sweepReader{c: c, root: l.root, plan: &plan{key: l.root.key("sweep")}, taken: map[string]*node{}}
	for _, p := range n.pairs {
		r.section(p)
	}
	if len(c.errs) == 0 && len(r.plan.axes) == 0 {
		c.failAt(n, "write `sweep: {matrix: {seed: [1, 2, 3]}}`", "the sweep has no axes")
	}
	if !r.bounded() {
		return none
	}
	nameAxes(r.plan.axes)
	for _, a := range r.plan.axes {
		a.slugs()
	}
	r.independent(l)
	if e := n.get("exclude"); e != nil {
		r.exclude(e)
	}
	r.pin()
	return r.plan
}

// independent holds that no value of an axis depends on another axis.
func (r *sweepReader) independent(l *lab) {
	l.sweep = r.plan
	l.liveVars()
	if n := l.root.get("name"); l.refAxes(n) != 0 {
		r.c.failAt(n, "all points belong to one experiment", "`name` changes with the sweep")
	}
	for _, a := range r.plan.axes {
		for _, p := range a.points {
			for _, o := range p.set {
				eachRef(o.raw, func(ref *ref) {
					if !ref.env && l.live[ref.name] != 0 {
						r.c.failIn(o.raw, ref.raw, "write the value out", "variable `%s` changes with the sweep itself", ref.name)
					}
				})
			}
		}
	}
}

// sweepReader reads one sweep.
type sweepReader struct {
	c     *checker
	root  *node
	plan  *plan
	taken map[string]*node // path → where an axis has it
}

func (r *sweepReader) section(p pair) {
	what := map[string]string{
		"matrix": "write `matrix: {path: [value, value]}`",
		"zip":    "write `zip: {path: [value, value], path: [value, value]}`",
		"list":   "write `list: [{name: a-name, set: {path: value}}]`",
	}
	hint, known := what[p.key.text]
	switch key, v := p.key.text, p.value; {
	case key == "exclude":
	case !known:
		h := suggest(key, sweepKeys, "keys of a sweep")
		if first, _, deep := strings.Cut(key, "."); deep || first == "seed" {
			h = fmt.Sprintf("write `matrix: {%s: [value, value]}`", clip(key))
		}
		r.c.failAt(p.key, h, "unknown key `%s` in the sweep", clip(key))
	case v.isNull():
		r.c.failAt(v, hint, "`%s` is empty", key)
	case key == "matrix" && v.shape == mapping:
		for _, q := range v.pairs {
			r.matrix(q)
		}
	case key == "zip" && v.shape == mapping:
		r.zip(p.key, v)
	case key == "zip" && v.shape == list:
		for _, item := range v.items {
			if item.shape != mapping {
				r.c.failAt(item, hint, "a `zip` must be a mapping, not %s", item.describe())
				continue
			}
			r.zip(item, item)
		}
	case key == "list" && v.shape == list:
		r.list(p.key, "variant", v)
	case key == "list" && v.shape == mapping:
		for _, q := range v.pairs {
			r.namedList(q)
		}
	default:
		r.c.failAt(v, hint, "`%s` must be a mapping, not %s", key, v.describe())
	}
}

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

// zip reads paths whose values go side by side: one axis.
func (r *sweepReader) zip(key, n *node) {
	a := &axis{key: key}
	ok := len(n.pairs) > 0
	if !ok {
		r.c.failAt(n, "write `zip: {path: [value, value], path: [value, value]}`", "`zip` is empty")
	}
	for i, p := range n.pairs {
		values, good := r.values(p)
		good = good && r.take(p.key)
		if !good {
			ok = false
			continue
		}
		if len(a.points) == 0 && ok {
			a.points = make([]point, len(values))
		}
		if ok && len(values) != len(a.points) {
			first := n.pairs[0]
			r.c.failAt(p.value, fmt.Sprintf("`%s` has %d; the lists of a `zip` go side by side, so they have one length", first.key.text, len(a.points)),
				"`%s` has %d %s", p.key.text, len(values), numbered("value", len(values)))
			ok = false
		}
		a.paths = append(a.paths, newOverride(p.key, nil, nil))
		for j := range min(len(values), len(a.points)) {
			pt := &a.points[j]
			pt.set = append(pt.set, newOverride(p.key, p.value.items[j], values[j]))
			if i == 0 {
				pt.at = values[j]
			} else {
				pt.label += "+"
			}
			pt.label += label(values[j])
		}
	}
	if ok {
		r.add(a)
	}
}

// values reads the list of values of a path.
func (r *sweepReader) values(p pair) ([]*node, bool) {
	ok := pathChecker{c: r.c, root: r.root, sweep: true}.check(strings.Split(p.key.text, "."), p.key.at)
	switch n := p.value; {
	case n.shape == scalar && !n.isNull():
		r.c.failAt(n, "write [value, value]", "`%s` takes a list of values, not %s", clip(p.key.text), n.describe())
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

// bounded says whether the sweep is of a size that can be meant.
func (r *sweepReader) bounded() bool {
	points := 1
	for _, a := range r.plan.axes {
		if points *= len(a.points); points > maxPoints {
			r.c.failAt(r.plan.key, "take values out; `exclude` does not help here", "the sweep has more than 100,000 points")
			return false
		}
	}
	if len(r.plan.axes) > maxAxes {
		r.c.failAt(r.plan.key, "values that belong together can share an axis in `zip` or `list`", "the sweep has more than %d axes", maxAxes)
		return false
	}
	return true
}

// label is a value as people read it.
func label(n *node) string {
	if n.shape == list {
		var items []string
		for _, item := range n.items {
			items = append(items, label(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	switch {
	case n.isNull():
		return "null"
	case n.text == "":
		return `""`
	}
	return oneLine(n.text)
}

// oneLine makes a text fit for a table.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

func numbered(word string, n int) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
