package pipelines

import (
	"fmt"
	"slices"
	"strings"
)

// vars writes the variables that change with the sweep.
func (r *resolver) vars() {
	var lines []string
	for _, name := range sortedKeys(r.l.live) {
		v := r.l.base[name]
		if v == nil || r.l.live[name] == 0 {
			continue
		}
		value := v.value
		if first := r.sample("vars", name); r.l.pathAxes("vars", name) != 0 {
			for _, o := range r.l.sweep.overrides(first.at) {
				if o.within([]string{"vars", name}) {
					value = o.value // everywhere the sweep gives another
				}
			}
		}
		text := flat(value)
		if value == v.value {
			text = r.partial(value)
		}
		lines = append(lines, fmt.Sprintf("  %s: %s\n", yamlText(name), text))
	}
	if lines = append(lines, r.extra...); len(lines) > 0 {
		r.b.WriteString("vars:\n" + strings.Join(lines, ""))
	}
}

// partial writes a value in which only references to variables that change with the sweep are left.
func (r *resolver) partial(n *node) string {
	switch n.shape {
	case list:
		var items []string
		for _, item := range n.items {
			items = append(items, r.partial(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case mapping:
		var items []string
		for _, p := range n.pairs {
			items = append(items, yamlText(p.key.text)+": "+r.partial(p.value))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	if r.l.refAxes(n) == 0 {
		v, _ := r.c.expand(n)
		return flat(v)
	}
	pieces, _ := split(strings.TrimRight(n.text, "\n"))
	if len(pieces) == 1 {
		return `"` + pieces[0].ref.raw + `"`
	}
	pieces, _ = split(n.text)
	var b strings.Builder
	b.WriteByte('"')
	plain := ""
	for _, p := range pieces {
		switch {
		case p.ref == nil:
			plain += p.text
		case p.ref.env || r.l.live[p.ref.name] == 0:
			v, _ := r.c.value(n, p.ref)
			plain += v.text
		default:
			b.WriteString(r.before(plain) + p.ref.raw)
			plain = ""
		}
	}
	return b.String() + quoted(plain) + `"`
}

// before writes a text that stands before a reference. One that ends with $ would make another thing of it, and becomes
// a variable.
func (r *resolver) before(text string) string {
	if !strings.HasSuffix(text, "$") {
		return quoted(text)
	}
	name := "text"
	for r.l.live[name] != 0 || slices.ContainsFunc(r.extra, func(l string) bool { return strings.HasPrefix(l, "  "+name+": ") }) {
		name += "_"
	}
	r.extra = append(r.extra, fmt.Sprintf("  %s: \"%s\"\n", name, quoted(text)))
	return "${vars." + name + "}"
}

// quoted writes a text for between double quotes.
func quoted(s string) string {
	q := fmt.Sprintf("%q", escapeRefs(s))
	return q[1 : len(q)-1]
}

// flat writes a value without references on one line, with the type it has.
func flat(n *node) string {
	if n.shape == list {
		var items []string
		for _, item := range n.items {
			items = append(items, flat(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	switch {
	case n.isNull():
		return "null"
	case n.scalarType() == textType:
		return yamlText(n.text)
	}
	return n.text
}

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
