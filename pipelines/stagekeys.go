package pipelines

import (
	"slices"
	"strings"
)

// readAllow reads the gates that may fail: a name, or a list of names.
func (c *checker) readAllow(n *node) []string {
	items := []*node{n}
	if n.shape == list {
		items = n.items
	}
	var gates []string
	for _, item := range items {
		switch {
		case item.shape != scalar || item.isNull():
			c.failAt(item, "write `allow: [collapse]`", "`allow` takes names of gates, not %s", item.describe())
		case strings.Contains(item.text, "${"):
			c.failAt(item, noRefs(item, ""), "`%s` can't be the name of a gate", clip(item.text))
		case slices.Contains(gates, item.text):
			c.failAt(item, "name it once", "gate `%s` is named twice", clip(item.text))
		default:
			gates = append(gates, item.text)
		}
	}
	return gates
}

// noRefs is the hint for a name that holds a reference, where only `with` and the like take one.
func noRefs(n *node, hint string) string {
	if strings.Contains(n.text, "${") {
		return "references such as ${vars.x} work in `vars`, `with`, `name`, `seed`, `resources` and `schedule` only"
	}
	return hint
}
