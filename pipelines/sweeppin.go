package pipelines

import (
	"slices"
	"strings"

	"fashionpipe/internal/spelling"
)

// pin applies the --set arguments to the axes: sweep.axis=value keeps one point of an axis, and a path that an axis
// changes gives the axis that single value.
func (r *sweepReader) pin() {
	for _, o := range r.c.sets {
		name := strings.Join(o.keys[1:], ".")
		for i, a := range r.plan.axes {
			switch {
			case o.keys[0] == "sweep" && a.name == name:
				r.keep(i, a.labels(a.name), o)
			case !a.has(o.path):
			case a.given != "":
				r.c.fail(o.key.at, "choose an entry of it: --set sweep."+a.name+"="+a.points[0].label, "axis `%s` of the sweep changes it", a.name)
			case len(a.paths) > 1:
				r.keep(i, a.labels(o.path), o)
			default:
				r.single(i, o)
			}
		}
		if o.keys[0] == "sweep" && !slices.Contains(r.axisNames(), name) {
			hint := suggest(name, r.axisNames(), "axes of the sweep")
			if near, ok := spelling.Nearest(o.keys[len(o.keys)-1], r.axisNames()); ok && len(o.keys) > 2 { // sweep.matrix.gird
				hint = "did you mean `sweep." + near + "`?"
			}
			r.c.fail(o.key.at, hint, "the sweep has no axis `%s`", clip(name))
		}
	}
	if len(r.c.errs) == 0 && len(r.plan.points()) == 0 {
		r.c.failAt(r.plan.key, "`exclude` drops them", "no point of the sweep goes with what --set says")
		r.plan.exclude = nil
	}
}

// keep drops the points of an axis whose label is not that of a --set.
func (r *sweepReader) keep(axis int, labels []string, o override) {
	t := term{axis, make([]bool, len(labels))}
	if !t.match(labels, label(o.value)) {
		r.noValue(o.value, r.plan.axes[axis].name, labels)
		return
	}
	a := r.plan.axes[axis]
	var points []point
	for i, p := range a.points {
		if t.matches[i] {
			points = append(points, p)
		}
	}
	r.replace(axis, points)
}

// single makes the value of a --set, which the experiment has already, the only point of an axis.
func (r *sweepReader) single(axis int, o override) {
	r.replace(axis, []point{{label: label(o.value), at: o.value}})
	r.plan.axes[axis].slugs()
}

// replace gives an axis other points, and the exclusions with it.
func (r *sweepReader) replace(axis int, points []point) {
	a := r.plan.axes[axis]
	for j, e := range r.plan.exclude {
		e.terms = slices.Clone(e.terms)
		for k, t := range e.terms {
			if t.axis != axis {
				continue
			}
			matches := make([]bool, len(points))
			for i, p := range points {
				was := slices.IndexFunc(a.points, func(q point) bool { return q.label == p.label })
				matches[i] = was >= 0 && t.matches[was]
			}
			e.terms[k].matches = matches
		}
		r.plan.exclude[j] = e
	}
	a.points = points
}
