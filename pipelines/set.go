package pipelines

import (
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
		ofSweep := keys[0] == "sweep" && root.get("sweep") != nil
		if !ofSweep && !(pathChecker{c: c, root: root, value: text}).check(keys, at) {
			continue
		}
		value := c.setValue(src, text)
		if value == nil {
			continue
		}
		c.sets = append(c.sets, override{path: path, keys: keys, key: &node{at: at, text: path, quoted: true}, value: value})
		if !ofSweep {
			root = setAt(root, keys, at, value)
		}
	}
	return root
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

// setAt gives the tree with another value at a path, whose keys stand at a place; mappings that are missing on the way
// are made.
func setAt(n *node, keys []string, at place, value *node) *node {
	if len(keys) == 0 {
		return value
	}
	if n == nil || n.shape != mapping {
		if n != nil && !n.isNull() {
			return n // not a mapping: said elsewhere
		}
		n = &node{at: at, shape: mapping}
	}
	key := &node{at: at, text: keys[0], quoted: true}
	return n.with(key, setAt(n.get(keys[0]), keys[1:], at, value))
}
