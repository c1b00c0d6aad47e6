package pipelines

// variable is an entry of `vars:`. Its value is worked out when it is first used, so that what nobody uses needs no
// environment.
type variable struct {
	key, value *node
	state      int // 0 new, 1 being worked out, 2 done
	result     *node
	ok         bool
	errs       Errors // that working it out gave
}

// scope is the variables of an experiment, or of one point of a sweep.
type scope map[string]*variable

// readVars checks the form of `vars:`.
func (c *checker) readVars(n *node) scope {
	vars := scope{}
	if n == nil || n.isNull() {
		return vars
	}
	if n.shape != mapping {
		c.failAt(n, "write `name: value`, one on a line", "`vars` must be a mapping, not %s", n.describe())
		return vars
	}
	for _, p := range n.pairs {
		if c.checkName(p.key, "variable") {
			vars[p.key.text] = c.readVar(p.key, p.value)
		}
	}
	return vars
}

func (c *checker) readVar(key, value *node) *variable {
	v := &variable{key: key, value: value}
	if !c.checkVar(v) {
		v.state, v.result = 2, value
	}
	return v
}

// fresh is a copy of the scope in which nothing was worked out yet.
func (s scope) fresh() scope {
	out := scope{}
	for name, v := range s {
		f := &variable{key: v.key, value: v.value}
		if v.state == 2 && !v.ok && v.errs == nil {
			f.state, f.result = 2, v.value // its form is wrong, which was said
		}
		out[name] = f
	}
	return out
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
