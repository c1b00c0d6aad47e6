package pipelines

import (
	"fmt"
	"reflect"
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
func (r *resolver) partial(n *node) string { return r.partialAs(n, false) }

// isText says whether a parameter is a text, or a list of texts.
func isText(t reflect.Type) bool {
	return t.Kind() == reflect.String || t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String
}

// partialAs is partial for a value that is wanted as text, or not: what comes from the environment fits both.
func (r *resolver) partialAs(n *node, text bool) string {
	switch n.shape {
	case list:
		var items []string
		for _, item := range n.items {
			items = append(items, r.partialAs(item, text))
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
		if v.loose && text && v.shape == scalar {
			return yamlText(v.text)
		}
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
