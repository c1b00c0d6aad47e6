package pipelines

import (
	"fmt"
	"slices"
	"strings"
)

// sweep writes the sweep: each axis as a list of named overrides, so that it keeps its name and those of its points.
// Axes that a --set made a single value are no longer there.
func (r *resolver) sweep() {
	kept := map[int]bool{}
	for i, a := range r.l.sweep.axes {
		if !a.changes() {
			continue
		}
		if len(kept) == 0 {
			r.b.WriteString("sweep:\n  list:\n")
		}
		kept[i] = true
		fmt.Fprintf(&r.b, "    %s:\n", yamlText(a.name))
		for _, p := range a.points {
			fmt.Fprintf(&r.b, "      - {name: %s, set: {", yamlText(p.label))
			for j, o := range p.set {
				if j > 0 {
					r.b.WriteString(", ")
				}
				r.b.WriteString(o.path + ": " + flat(o.value))
			}
			r.b.WriteString("}}\n")
		}
	}
	if len(kept) > 0 {
		r.exclude(kept)
	}
}

// exclude writes the exclusions that still drop points.
func (r *resolver) exclude(kept map[int]bool) {
	plan := *r.l.sweep
	plan.exclude = nil
	left := plan.points()
	head := "  exclude:\n"
	for _, e := range r.l.sweep.exclude {
		before := len(left)
		if left = slices.DeleteFunc(left, e.drops); len(left) == before {
			continue
		}
		r.b.WriteString(head + "    - {" + r.terms(e, kept) + "}\n")
		head = ""
	}
}

func (r *resolver) terms(e exclusion, kept map[int]bool) string {
	var out []string
	for i, a := range r.l.sweep.axes {
		var labels []string
		named := false
		for j, p := range a.points {
			all := true
			for _, t := range e.terms {
				if t.axis == i {
					named = true
					all = all && t.matches[j]
				}
			}
			if all {
				labels = append(labels, yamlText(p.label))
			}
		}
		switch {
		case !named || !kept[i]:
		case len(labels) == 1:
			out = append(out, yamlText(a.name)+": "+labels[0])
		default:
			out = append(out, yamlText(a.name)+": ["+strings.Join(labels, ", ")+"]")
		}
	}
	return strings.Join(out, ", ")
}
