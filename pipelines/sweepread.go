package pipelines

import (
	"fmt"
	"strings"
)

// Limits of a sweep. Beyond them a file was written by mistake, or to take the machine's memory.
const (
	maxPoints = 100_000 // as the message says
	maxNodes  = 500_000
)

// sweepForm says how the least of a sweep is written.
const sweepForm = "write `sweep: {matrix: {seed: [1, 2, 3]}}`"

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
		c.failAt(n, sweepForm, "the sweep has no axes")
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

// sectionForms says how each part of a sweep is written.
var sectionForms = map[string]string{
	"matrix": "write `matrix: {path: [value, value]}`",
	"zip":    "write `zip: {path: [value, value], path: [value, value]}`",
	"list":   "write `list: [{name: a-name, set: {path: value}}]`",
}

const namedForm = "named changes go below `list:`, which makes an axis of them"

// namesChanges says whether a node is what `list` takes: a list of mappings with a name or a set.
func (n *node) namesChanges() bool {
	return n.shape == list && len(n.items) > 0 && (n.items[0].has("name") || n.items[0].has("set"))
}

// section reads one part of the sweep, but for `exclude`, which needs all axes.
func (r *sweepReader) section(p pair) {
	key, v := p.key.text, p.value
	form, known := sectionForms[key]
	switch {
	case key == "exclude":
	case !known:
		hint := meantHint(key, sweepMeant, sweepKeys, "keys of a sweep")
		if first, _, deep := strings.Cut(key, "."); deep || first == "seed" {
			hint = fmt.Sprintf("write `matrix: {%s: [value, value]}`", clip(key))
		}
		if v.namesChanges() {
			hint = namedForm
		}
		r.c.failAt(p.key, hint, "unknown key `%s` in the sweep", clip(key))
	case v.isNull():
		r.c.failAt(v, form, "`%s` is empty", key)
	case key != "list" && v.namesChanges():
		r.c.failAt(v, namedForm, "`%s` takes paths and their values, not named changes", key)
	case v.shape == scalar, key == "matrix" && v.shape == list:
		r.c.failAt(v, form, "`%s` must be a mapping, not %s", key, v.describe())
	case key == "matrix":
		for _, q := range v.pairs {
			r.matrix(q)
		}
	case key == "zip" && v.shape == mapping:
		r.zip(p.key, v)
	case key == "zip":
		r.zips(v)
	case v.shape == mapping:
		for _, q := range v.pairs {
			r.namedList(q)
		}
	default:
		r.list(p.key, "variant", v)
	}
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
