package pipelines

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// applySet makes the changes of the --set arguments, in order, and gives the changed tree. What a path names must be
// there, or be able to be there: parameters, ports and the like are checked with the file's own afterwards.
func (c *checker) applySet(root *node, args []string) *node {
	for i, arg := range args {
		src := &source{name: "--set " + arg, set: true, order: i, lines: []string{arg}}
		at := place{src, 1, 1}
		path, text, ok := strings.Cut(arg, "=")
		if !ok || path == "" {
			c.fail(at, "write --set path=value, such as --set vars.photos=/data or --set seed=2", "there is no value")
			continue
		}
		if !utf8.ValidString(arg) {
			c.fail(at, "", "the argument is not UTF-8")
			continue
		}
		keys := strings.Split(path, ".")
		if !c.checkSetPath(root, keys, at) {
			continue
		}
		if value := c.setValue(src, text); value != nil {
			root = setAt(root, keys, value)
		}
	}
	return root
}

var setKeys = []string{"name", "seed", "vars", "stages"}

// checkSetPath says whether a path names something: name, seed, vars.X, or a place in a stage.
func (c *checker) checkSetPath(root *node, keys []string, at place) bool {
	switch keys[0] {
	case "name", "seed":
		if len(keys) > 1 {
			c.fail(at, "write --set "+keys[0]+"=value", "there is nothing inside `%s`", keys[0])
		}
		return len(keys) == 1
	case "vars":
		return c.checkSetVar(root.get("vars"), keys, at)
	case "stages":
		return c.checkSetStage(root.get("stages"), keys, at)
	}
	hint := suggest(keys[0], setKeys, "a path begins with one of")
	if v := root.get("vars"); v != nil && v.get(keys[0]) != nil {
		hint = "write --set vars." + keys[0] + "=value"
	} else if s := root.get("stages"); s != nil && s.get(keys[0]) != nil {
		hint = "write --set stages." + strings.Join(keys, ".") + "=value"
	}
	c.fail(at, hint, "--set can't change `%s`", clip(keys[0]))
	return false
}

func (c *checker) checkSetVar(vars *node, keys []string, at place) bool {
	if len(keys) != 2 {
		c.fail(at, "write --set vars.name=value", "the path must name one variable")
		return false
	}
	var names []string
	if vars != nil {
		names = vars.keys()
	}
	if slices.Contains(names, keys[1]) {
		return true
	}
	hint := suggest(keys[1], names, "variables here")
	if len(names) == 0 {
		hint = "the experiment has no variables"
	}
	c.fail(at, hint, "there is no variable `%s`", clip(keys[1]))
	return false
}

func (c *checker) checkSetStage(stages *node, keys []string, at place) bool {
	const form = "write --set stages.STAGE.with.PARAMETER=value"
	if len(keys) < 3 {
		c.fail(at, form, "the path must name something of a stage")
		return false
	}
	if stages == nil || stages.shape != mapping {
		return true // said elsewhere
	}
	body := stages.get(keys[1])
	if body == nil {
		c.fail(at, suggest(keys[1], stages.keys(), "stages here"), "there is no stage `%s`", clip(keys[1]))
		return false
	}
	deep, known := stageKeys[keys[2]]
	switch {
	case !known:
		hint := suggest(keys[2], sortedKeys(stageKeys), "a stage has")
		if k := c.kindOf(body); k != nil && slices.Contains(paramNames(k), keys[2]) {
			hint = "write --set stages." + keys[1] + ".with." + keys[2] + "=value"
		}
		c.fail(at, hint, "a stage has no `%s`", clip(keys[2]))
	case deep && len(keys) != 4:
		c.fail(at, "write --set stages."+keys[1]+"."+keys[2]+".NAME=value", "the path must name one thing in `%s`", keys[2])
	case !deep && len(keys) != 3:
		c.fail(at, "write --set stages."+keys[1]+"."+keys[2]+"=value", "there is nothing inside `%s`", keys[2])
	default:
		return true
	}
	return false
}

// setValue reads the value of a --set. What begins like a list, a mapping or a quoted text is YAML; all else is taken
// as it stands, so that a path with " #" or ": " in it stays whole.
func (c *checker) setValue(src *source, text string) *node {
	if text == "" || !strings.ContainsRune("[{\"'", rune(text[0])) {
		return &node{at: place{src, 1, 1}, text: text, loose: true}
	}
	before := len(c.errs)
	n := c.parseYAML(src, text)
	if n == nil && len(c.errs) == before {
		c.fail(place{src, 1, 1}, "", "there is no value")
	}
	if len(c.errs) > before {
		return nil
	}
	return loosen(n)
}

// loosen marks the plain scalars of a value as untyped.
func loosen(n *node) *node {
	out := *n
	out.loose = n.shape == scalar && !n.quoted
	out.items = nil
	for _, item := range n.items {
		out.items = append(out.items, loosen(item))
	}
	return &out
}

// setAt gives the tree with another value at a path; mappings that are missing on the way are made.
func setAt(n *node, keys []string, value *node) *node {
	if len(keys) == 0 {
		return value
	}
	if n == nil || n.shape != mapping {
		if n != nil && !n.isNull() {
			return n // not a mapping: said elsewhere
		}
		n = &node{at: value.at, shape: mapping}
	}
	key := &node{at: value.at, text: keys[0], quoted: true}
	return n.with(key, setAt(n.get(keys[0]), keys[1:], value))
}
