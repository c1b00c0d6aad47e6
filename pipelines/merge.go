package pipelines

import (
	"fmt"
	"strings"
)

// merger lays the keys of a file over those of the file it extends: mappings are merged, lists and plain values
// replaced, and null takes out what the other file has.
type merger struct {
	c    *checker
	base string // name of the file that is extended
	seen map[[2]*node]*node
}

// files merges two whole files. The name is never that of the other file.
func (m *merger) files(base, over *node) *node {
	out := &node{at: over.at, shape: mapping}
	for _, p := range base.pairs {
		if p.key.text != "name" {
			out.pairs = append(out.pairs, p)
		}
	}
	top := *over
	top.pairs = nil
	for _, p := range over.pairs {
		if p.key.text != "extends" {
			top.pairs = append(top.pairs, p)
		}
	}
	return m.merge(out, &top, nil)
}

// merge gives the mapping of base with the keys of over, at a path of the experiment.
func (m *merger) merge(base, over *node, path []string) *node {
	// Aliases can make two mappings meet in very many places; below the stages they merge alike everywhere.
	pair := [2]*node{base, over}
	if got := m.seen[pair]; got != nil && len(path) > 2 {
		return got
	}
	out := *base
	out.pairs = nil
	overs := map[string]int{}
	for i, p := range over.pairs {
		overs[p.key.text] = i
	}
	for _, p := range base.pairs {
		i, ok := overs[p.key.text]
		if !ok {
			out.pairs = append(out.pairs, p)
			continue
		}
		delete(overs, p.key.text)
		if p, keep := m.pair(p, over.pairs[i], append(path[:len(path):len(path)], p.key.text)); keep {
			out.pairs = append(out.pairs, p)
		}
	}
	for _, p := range over.pairs {
		if _, ok := overs[p.key.text]; !ok {
			continue
		}
		if p.value.takesOut() {
			m.nothing(base, p, path)
			continue
		}
		out.pairs = append(out.pairs, p)
	}
	m.seen[pair] = &out
	return &out
}

// takesOut says whether a value is a null that was written, not one that was left out.
func (n *node) takesOut() bool { return n.isNull() && n.text != "" }

// pair merges two values of one key, and says whether anything is left.
func (m *merger) pair(base, over pair, path []string) (pair, bool) {
	inStages := len(path) == 2 && path[0] == "stages"
	switch {
	case over.value.takesOut():
		if inStages {
			m.c.removed[path[1]] = over.key
		}
		return base, false
	case base.value.shape == mapping && over.value.isNull():
		return base, true // `vars:` with nothing below it
	case base.value.shape != mapping || over.value.shape != mapping:
		return over, true
	case inStages && otherKind(base.value, over.value):
		return over, true
	}
	return pair{base.key, m.merge(base.value, over.value, path)}, true
}

// otherKind says whether a stage names another kind than the one it would change, whose parameters and inputs say
// nothing then.
func otherKind(base, over *node) bool {
	b, o := base.get("uses"), over.get("uses")
	return b != nil && o != nil && b.text != o.text
}

// nothing reports a null that takes out nothing.
func (m *merger) nothing(base *node, p pair, path []string) {
	full := strings.Join(append(path, p.key.text), ".")
	hint := suggest(p.key.text, base.keys(), fmt.Sprintf("keys of `%s` there", strings.Join(path, ".")))
	if len(path) == 0 {
		hint = suggest(p.key.text, base.keys(), "its keys")
	}
	m.c.failAt(p.value, hint, "null takes out what %s has, but there is no `%s` in it", m.base, clip(full))
}

// where says in which line something stands, and in which file if that is another than that of n.
func where(n, from *node) string {
	if n.at.src == from.at.src {
		return fmt.Sprintf("line %d", n.at.line)
	}
	return fmt.Sprintf("%s:%d", n.at.src.name, n.at.line)
}
