package pipelines

import "slices"

// mixed is the entry of a table where several nodes meet.
const mixed = -2

// namer finds the axes that tell the nodes of one stage apart.
type namer struct {
	u      *union
	entry  int
	on     axes           // those that tell all its nodes apart
	tables map[axes][]int // for the axes, combination of their points → the node there, or mixed; -1 for none
}

// nameNodes names the nodes: by the stage alone where all variants share it, else with the axes that tell which one it
// is.
func (u *union) nameNodes() {
	namers := make([]*namer, len(u.l.entries))
	for i := range namers {
		namers[i] = &namer{u: u, entry: i, tables: map[axes][]int{}}
		namers[i].on = namers[i].few(u.l.sweep.all(), func(on axes) bool { return !slices.Contains(namers[i].table(on), mixed) })
	}
	for i, n := range u.nodes {
		n.name = u.l.entries[n.entry].name
		if on := namers[n.entry].axes(i); on != 0 {
			n.name += "@" + u.l.sweep.nameOf(on, u.vs[n.first].at)
		}
	}
}

// axes gives the axes whose points in the first variant of a node leave no other node. The names that follow are
// unique: a second node with the same axes and points would be one that they leave. They depend on nothing but which
// variants share the stage.
func (m *namer) axes(node int) axes {
	at := m.u.vs[m.u.nodes[node].first].at
	return m.few(m.on, func(on axes) bool { return m.table(on)[m.u.l.sweep.combination(on, at)] == node })
}

// few leaves out axes that can be done without, the last first.
func (m *namer) few(on axes, enough func(axes) bool) axes {
	for i := len(m.u.l.sweep.axes) - 1; i >= 0; i-- {
		if less := on &^ (1 << i); less != on && enough(less) {
			on = less
		}
	}
	return on
}

func (m *namer) table(on axes) []int {
	if t := m.tables[on]; t != nil {
		return t
	}
	size := 1
	for i, a := range m.u.l.sweep.axes {
		if on&(1<<i) != 0 {
			size *= len(a.points)
		}
	}
	t := make([]int, size)
	for i := range t {
		t[i] = -1
	}
	for i, v := range m.u.vs {
		switch c, n := m.u.l.sweep.combination(on, v.at), m.u.rows[i][m.entry]; t[c] {
		case -1, n:
			t[c] = n
		default:
			t[c] = mixed
		}
	}
	m.tables[on] = t
	return t
}

// distinct reports variants that are one and the same experiment.
func (u *union) distinct() {
	if len(u.vs) < 2 {
		return
	}
	seen := map[string]int{}
	idle := u.idle()
	for i, row := range u.rows {
		key := rowKey(row)
		first, twice := seen[key]
		if !twice {
			seen[key] = i
			continue
		}
		u.tellTwice(u.vs[first].at, u.vs[i].at, idle)
	}
	u.l.c.errs = u.l.c.errs.sorted()
}

// idle finds the axes that change nothing, and reports them.
func (u *union) idle() axes {
	var on axes
	for i, a := range u.l.sweep.axes {
		if len(a.points) > 1 && u.unmoved(^axes(1<<i)) {
			on |= 1 << i
			hint := "take it out"
			if len(u.l.c.sets) > 0 {
				hint = "take it out; if a --set made it so, keep one value: --set sweep." + a.name + "=" + clip(a.points[0].label)
			}
			u.l.c.failAt(a.key, hint, "nothing in the experiment changes with axis `%s`", a.name)
		}
	}
	return on
}

// unmoved says whether variants that agree on the axes given agree on all nodes.
func (u *union) unmoved(on axes) bool {
	first := map[int]int{}
	for i, v := range u.vs {
		c := u.l.sweep.combination(on, v.at)
		j, ok := first[c]
		if !ok {
			first[c] = i
		} else if rowKey(u.rows[i]) != rowKey(u.rows[j]) {
			return false
		}
	}
	return len(first) < len(u.vs)
}

// tellTwice reports that two points are one experiment, at the value that makes it.
func (u *union) tellTwice(first, second []int, idle axes) {
	for i := len(second) - 1; i >= 0; i-- {
		a := u.l.sweep.axes[i]
		if first[i] == second[i] {
			continue
		}
		if idle&(1<<i) == 0 {
			u.l.c.failAt(a.points[second[i]].at, "take one of them out", "`%s` is the same experiment as `%s`",
				clip(a.points[second[i]].label), clip(a.points[first[i]].label))
		}
		return
	}
}

func rowKey(row []int) string {
	b := make([]byte, 0, 4*len(row))
	for _, n := range row {
		b = append(b, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	return string(b)
}
