package pipelines

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// expand fills in the references of a value: a scalar, or a list of scalars. It reports what can't be filled in.
func (c *checker) expand(n *node) (*node, bool) {
	switch n.shape {
	case scalar:
		return c.expandScalar(n)
	case list:
		out, all := *n, true
		out.items = nil
		for _, item := range n.items {
			if item.shape != scalar {
				out.items = append(out.items, item) // no value is a list of lists: said where its type is known
				continue
			}
			v, ok := c.expand(item)
			if ok && v.shape == list {
				c.failAt(item, "let the variable stand alone, without [ and ]", "a list can't stand in a list")
				ok = false
			}
			out.items, all = append(out.items, v), all && ok
		}
		return &out, all
	}
	return n, true
}

func (c *checker) expandScalar(n *node) (*node, bool) {
	pieces, bad := split(n.text)
	if bad != nil {
		c.failIn(n, bad.raw, bad.hint, "%s", bad.problem)
		return n, false
	}
	// A block scalar ends with a line end that nobody means.
	if len(pieces) == 2 && pieces[0].ref != nil && pieces[1].ref == nil && strings.Trim(pieces[1].text, "\n") == "" {
		pieces = pieces[:1]
	}
	if len(pieces) == 1 && pieces[0].ref != nil {
		v, ok := c.value(n, pieces[0].ref)
		if !ok {
			return n, false
		}
		out := *v
		if !out.swept {
			out.at = n.at
		}
		out.loose = out.loose || out.shape == scalar && !out.quoted && !out.isNull() // the reference says no type of its own
		return &out, true
	}
	return c.join(n, pieces)
}

// join pastes the pieces of a text together. The result is text, even if it looks like a number.
func (c *checker) join(n *node, pieces []piece) (*node, bool) {
	out := *n
	var b strings.Builder
	for _, p := range pieces {
		if p.ref == nil {
			b.WriteString(p.text)
			continue
		}
		v, ok := c.value(n, p.ref)
		if ok && v.shape == list {
			c.failIn(n, p.ref.raw, "let it stand alone", "variable `%s` is a list and can't be part of a text", p.ref.name)
			ok = false
		}
		if !ok {
			return n, false
		}
		b.WriteString(v.text)
		if b.Len() > maxText {
			c.failIn(n, p.ref.raw, "", "the text grows longer than 64 KiB")
			return n, false
		}
		out.quoted = true
	}
	out.text = b.String()
	return &out, true
}

// value gives what a reference in n stands for.
func (c *checker) value(n *node, r *ref) (*node, bool) {
	if r.env {
		return c.env(n, r)
	}
	v := c.vars[r.name]
	if v == nil {
		hint := suggest(r.name, sortedKeys(c.vars), "variables here")
		if hint == "" {
			hint = "give it a value under `vars:` at the top of the file"
		}
		c.failIn(n, r.raw, hint, "there is no variable `%s`", r.name)
		return nil, false
	}
	switch v.state {
	case 0:
		v.state = 1
		before := len(c.errs)
		v.result, v.ok = c.expand(v.value)
		v.errs = slices.Clone(c.errs[before:])
		v.state = 2
		if v.ok {
			res := *v.result
			res.via = fmt.Sprintf("variable `%s`", r.name)
			if v.value.at.src.set {
				res.via = clip(v.value.at.src.name)
			}
			v.result = &res
		}
	case 1:
		c.failIn(n, r.raw, "give one of them a plain value", "variable `%s` needs its own value: the variables go round in a circle", r.name)
		return nil, false
	default:
		c.errs = append(c.errs, v.errs...) // whoever uses it has its mistakes; what is said twice is shown once
	}
	return v.result, v.ok
}

// env looks into the environment. A variable that is set to nothing counts as not set.
func (c *checker) env(n *node, r *ref) (*node, bool) {
	c.asked[r.name] = true
	text, _ := c.getenv(r.name)
	if !utf8.ValidString(text) {
		c.failIn(n, r.raw, "", "the environment variable %s is not UTF-8", r.name)
		return nil, false
	}
	if text == "" {
		if r.op == ":-" {
			return &node{at: n.at, text: r.arg, loose: true, via: "the default in " + clip(r.raw)}, true
		}
		hint := "set it for the run: " + r.name + "=value pipe run …"
		if name, ok := c.holder(n); ok {
			hint += ", or give --set vars." + name + "=value"
		}
		if r.op == ":?" && strings.TrimSpace(r.arg) != "" {
			hint = strings.TrimSpace(r.arg)
		}
		c.failIn(n, "${env."+r.name, hint, "the environment variable %s is not set", r.name)
		return nil, false
	}
	return &node{at: n.at, text: text, loose: true, via: "the environment variable " + r.name}, true
}

// holder finds the variable whose value is n.
func (c *checker) holder(n *node) (string, bool) {
	for _, name := range sortedKeys(c.vars) {
		if c.vars[name].value == n {
			return name, true
		}
	}
	return "", false
}
