package pipelines

import (
	"fmt"
	"slices"
	"strings"

	"fashionpipe/dag"
)

func portNames(k *dag.Kind) []string {
	var names []string
	for _, p := range k.In {
		names = append(names, p.Name)
	}
	return names
}

// wire connects the inputs of a stage and checks their types.
func (c *checker) wire(s *stage) {
	s.in, s.refs = map[string][]string{}, map[string]*node{}
	before := len(c.errs)
	if s.body.shape != mapping {
		return
	}
	in := s.body.get("in")
	if s.kind == nil {
		return
	}
	if in != nil && in.shape != mapping && !in.isNull() {
		hint := "write `in: {port: stage}`"
		if len(s.kind.In) > 0 && in.shape == scalar {
			hint = fmt.Sprintf("write `in: {%s: %s}`", s.kind.In[0].Name, clip(in.text))
		}
		c.failAt(in, hint, "`in` must be a mapping, not %s", in.describe())
		return
	}
	if in != nil {
		for _, p := range in.pairs {
			if !slices.Contains(portNames(s.kind), p.key.text) {
				c.unknownPort(s, p)
			}
		}
	}
	for _, port := range s.kind.In {
		var value *node
		if in != nil {
			value = in.get(port.Name)
		}
		c.wirePort(s, port, value)
	}
	if len(c.errs) == before {
		c.checkPorts(s)
	}
}

func (c *checker) unknownPort(s *stage, p pair) {
	s.odd = true
	names := portNames(s.kind)
	hint := suggest(p.key.text, names, "ports of `"+s.kind.Name+"`")
	switch {
	case slices.Contains(paramNames(s.kind), p.key.text):
		hint = "it is a parameter: put it under `with:`"
	case len(names) == 0:
		hint = "it takes no inputs: leave `in` out"
	}
	c.failAt(p.key, hint, "`%s` has no port `%s`", s.kind.Name, clip(p.key.text))
}

func (c *checker) wirePort(s *stage, port dag.Port, n *node) {
	var items []*node
	switch {
	case n == nil || n.isNull() || n.shape == list && len(n.items) == 0:
		if !port.Optional && !s.odd {
			c.missingPort(s, port)
		}
		return
	case n.shape == mapping:
		c.failAt(n, "", "port `%s` takes the name of a stage, not a mapping", port.Name)
		return
	case n.shape == list && !port.Many:
		hint := ""
		if len(n.items) == 1 && n.items[0].shape == scalar {
			hint = fmt.Sprintf("write `%s: %s`", port.Name, clip(n.items[0].text))
		}
		c.failAt(n, hint, "port `%s` of `%s` takes one stage, not a list", port.Name, s.kind.Name)
		return
	case n.shape == list:
		items = n.items
	default:
		items = []*node{n}
	}
	for _, item := range items {
		c.connect(s, port, item)
	}
}

func (c *checker) connect(s *stage, port dag.Port, n *node) {
	if n.shape != scalar || n.isNull() {
		c.failAt(n, "", "port `%s` takes names of stages, not %s", port.Name, n.describe())
		return
	}
	from := c.stage(n.text)
	switch {
	case from == nil:
		var names []string
		for _, t := range c.order {
			if t.name != s.name {
				names = append(names, t.name)
			}
		}
		hint := noRefs(n, suggest(n.text, names, "stages here"))
		for _, part := range strings.Split(n.text, ".") {
			if part != n.text && slices.Contains(names, part) {
				hint = fmt.Sprintf("a stage makes one thing, so its name is enough: `%s`", part)
			}
		}
		if gone := c.removed[n.text]; gone != nil {
			hint = fmt.Sprintf("`%s: null` in %s takes it out; take this connection out too, or name another stage", n.text, where(gone, n))
		}
		c.failAt(n, hint, "there is no stage `%s`", clip(n.text))
		return
	case slices.Contains(s.in[port.Name], n.text):
		c.failAt(n, "name it once", "stage `%s` is connected twice to port `%s`", n.text, port.Name)
		return
	case from.makes() != "" && from.makes() != port.Type:
		c.failAt(n, c.wrongTypeHint(s, port, from), "`%s` makes %s, but port `%s` of `%s` takes %s",
			from.name, from.makes(), port.Name, s.kind.Name, port.Type)
		return
	}
	s.in[port.Name] = append(s.in[port.Name], n.text)
	if s.refs[n.text] == nil {
		s.refs[n.text] = n
	}
}

// makes is the type of what a stage makes, "" if that is not known for a mistake in it.
func (s *stage) makes() dag.Type {
	switch {
	case s.kind == nil:
		return ""
	case s.kind.Out == dag.Any && !s.sound:
		return ""
	}
	return s.kind.OutType(s.work)
}

// wrongTypeHint looks for a stage that would fit the port, and for a port that the stage would fit.
func (c *checker) wrongTypeHint(s *stage, port dag.Port, from *stage) string {
	if fit := c.fitting(s, port.Type); len(fit) > 0 {
		return either(quoteAll(fit)) + " would fit"
	}
	for _, p := range s.kind.In {
		if p.Type == from.makes() {
			return fmt.Sprintf("it fits port `%s`", p.Name)
		}
	}
	return c.makers(port.Type)
}

// fitting lists the stages that make a type.
func (c *checker) fitting(s *stage, t dag.Type) []string {
	var names []string
	for _, other := range c.order {
		if other.name != s.name && other.makes() == t {
			names = append(names, other.name)
		}
	}
	return names
}

// makers is the hint for a type that no stage of the file makes: the kinds that do.
func (c *checker) makers(t dag.Type) string {
	var kinds []string
	for _, k := range c.registry.Kinds() {
		if k.Out == t {
			kinds = append(kinds, k.Name)
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	return fmt.Sprintf("no stage here makes %s: add one that uses %s", t, either(quoteAll(kinds)))
}

func (c *checker) missingPort(s *stage, port dag.Port) {
	hint := c.makers(port.Type)
	if fit := c.fitting(s, port.Type); len(fit) > 0 {
		hint = fmt.Sprintf("add `in: {%s: %s}`", port.Name, fit[0])
		if len(fit) > 1 {
			hint = fmt.Sprintf("%s would fit: add `in: {%s: …}`", either(quoteAll(fit)), port.Name)
		}
	}
	at := s.key.at
	if in := s.body.get("in"); in != nil && in.shape == mapping && len(in.pairs) > 0 {
		at = in.at
		hint = strings.Replace(hint, "add `in: {", "add `{", 1)
	}
	c.fail(at, hint, "stage `%s` needs an input: port `%s` of `%s` takes %s", s.name, port.Name, s.kind.Name, port.Type)
}
