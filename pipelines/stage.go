package pipelines

import (
	"fmt"
	"slices"

	"fashionpipe/dag"
	"fashionpipe/internal/spelling"
)

// stage is an entry of `stages:` while it is checked.
type stage struct {
	name    string
	key     *node     // its name in the file
	body    *node     // its mapping
	kind    *dag.Kind // nil if `uses` is wrong
	work    dag.Stage // its parameters
	in      map[string][]string
	refs    map[string]*node // stage name → where it is first named as an input
	ownSeed bool             // it has a seed of its own
	seed    uint64
	allow   []string
	res     resources
	sound   bool // its parameters are right
	odd     bool // has a key that is not known, so what seems missing may only be misspelt
	id      int  // of what it is, see union.identify
}

// stageKeys are the keys of a stage, and whether each holds a mapping.
var stageKeys = map[string]bool{"uses": false, "in": true, "with": true, "seed": false, "allow": false, "resources": true}

// entry is a stage as it stands in the file.
type entry struct {
	name      string
	key, body *node
}

// entries checks the form of `stages:`.
func (c *checker) entries(root *node) []*entry {
	n := root.get("stages")
	switch {
	case n == nil && slices.ContainsFunc(root.keys(), func(k string) bool {
		near, _ := spelling.Nearest(k, topKeys)
		return near == "stages" || near == "extends" || topMeant[k] == "stages" || topMeant[k] == "extends"
	}):
		return nil // misspelt, which was said
	case n == nil:
		c.fail(root.at, "a stage is `name: {uses: kind, in: {…}, with: {…}}`; `pipe kinds` shows examples", "there are no `stages:`")
		return nil
	case n.shape != mapping && !n.isNull():
		c.failAt(n, "write `name: {uses: kind, …}`, one stage after the other", "`stages` must be a mapping, not %s", n.describe())
		return nil
	case len(n.pairs) == 0:
		c.failAt(n, "a stage is `name: {uses: kind, in: {…}, with: {…}}`; `pipe kinds` shows examples", "`stages` is empty")
		return nil
	}
	var es []*entry
	for _, p := range n.pairs {
		if c.checkName(p.key, "stage") {
			c.index[p.key.text] = len(es)
			es = append(es, &entry{p.key.text, p.key, p.value})
		}
	}
	return es
}

// stage finds a stage of the point that is checked; nil if there is none.
func (c *checker) stage(name string) *stage {
	if i, ok := c.index[name]; ok {
		return c.order[i]
	}
	return nil
}

// readStage reads all of a stage but its inputs.
func (c *checker) readStage(s *stage) {
	if s.body.shape != mapping {
		at := s.body
		c.failAt(at, "write `uses: kind` below it", "stage `%s` must be a mapping, not %s", s.name, at.describe())
		return
	}
	c.readUses(s)
	for _, p := range s.body.pairs {
		switch p.key.text {
		case "uses", "with", "in":
		case "seed":
			s.seed, s.ownSeed = c.readSeed(p.value, DefaultSeed), true
		case "allow":
			s.allow = c.readAllow(p.value)
		case "resources":
			s.res = c.readResources(p.value)
		default:
			c.unknownStageKey(s, p.key)
		}
	}
	c.readParams(s)
}

func (c *checker) unknownStageKey(s *stage, key *node) {
	s.odd = true
	hint := meantHint(key.text, stageMeant, sortedKeys(stageKeys), "a stage has")
	if s.kind != nil && slices.Contains(paramNames(s.kind), key.text) {
		hint = fmt.Sprintf("it is a parameter of `%s`: put it under `with:`", s.kind.Name)
	} else if s.kind != nil && slices.Contains(portNames(s.kind), key.text) {
		hint = fmt.Sprintf("it is an input of `%s`: put it under `in:`", s.kind.Name)
	}
	c.failAt(key, hint, "unknown key `%s` in stage `%s`", clip(key.text), s.name)
}

func (c *checker) kindOf(body *node) *dag.Kind {
	if body.shape != mapping || body.get("uses") == nil {
		return nil
	}
	k, _ := c.registry.Get(body.get("uses").text)
	return k
}

func (c *checker) readUses(s *stage) {
	n := s.body.get("uses")
	switch {
	case n == nil && c.misspelt(s.body, "uses"):
	case n == nil:
		c.fail(s.key.at, "add `uses: kind`; `pipe kinds` lists them", "stage `%s` has no `uses`", s.name)
	case n.shape != scalar || n.isNull():
		c.failAt(n, "`pipe kinds` lists the kinds", "`uses` must name a kind, not %s", n.describe())
	default:
		s.kind = c.kindOf(s.body)
		if s.kind == nil {
			c.failAt(n, noRefs(n, suggest(n.text, c.kindNames(), "kinds")), "there is no kind `%s`", clip(n.text))
		}
	}
}

// misspelt says whether a mapping has a key that may have been meant to be the one given, which it lacks.
func (c *checker) misspelt(m *node, key string) bool {
	for _, p := range m.pairs {
		if _, known := stageKeys[p.key.text]; known {
			continue
		}
		if stageMeant[p.key.text] == key {
			return true
		}
		if near, ok := spelling.Nearest(p.key.text, sortedKeys(stageKeys)); p.key.bad || ok && near == key {
			return true
		}
	}
	return false
}

func (c *checker) kindNames() []string {
	var names []string
	for _, k := range c.registry.Kinds() {
		names = append(names, k.Name)
	}
	return names
}
