package pipelines

// variable is an entry of `vars:`. Its value is worked out when it is first used, so that what nobody uses needs no
// environment.
type variable struct {
	key, value *node
	state      int // 0 new, 1 being worked out, 2 done
	result     *node
	ok         bool
}

// readVars checks the form of `vars:`.
func (c *checker) readVars(n *node) {
	if n == nil || n.isNull() {
		return
	}
	if n.shape != mapping {
		c.failAt(n, "write `name: value`, one on a line", "`vars` must be a mapping, not %s", n.describe())
		return
	}
	for _, p := range n.pairs {
		if !c.checkName(p.key, "variable") {
			continue
		}
		v := &variable{key: p.key, value: p.value}
		c.vars[p.key.text] = v
		if !c.checkVar(v) {
			v.state, v.result = 2, p.value
		}
	}
}

func (c *checker) checkVar(v *variable) bool {
	name := v.key.text
	plain := func(n *node) bool {
		if n.shape == scalar && (!n.isNull() || n.loose) {
			_, bad := split(n.text)
			if bad != nil {
				c.failIn(n, bad.raw, bad.hint, "%s", bad.problem)
			}
			return bad == nil
		}
		hint := `write "" for an empty text`
		if n.shape != scalar {
			hint = "a variable is a text, a number, true or false, or a list of these"
		}
		c.failAt(n, hint, "variable `%s` can't be %s", name, n.describe())
		return false
	}
	if v.value.shape != list {
		return plain(v.value)
	}
	ok := true
	for _, item := range v.value.items {
		ok = plain(item) && ok
	}
	return ok
}
