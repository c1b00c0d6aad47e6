package pipelines

import (
	"strings"
)

// lab checks an experiment at the points of its sweep; one without a sweep has a single point. What depends on few of
// the axes is worked out once per combination of these, so that many points cost little more than their number.
type lab struct {
	c       *checker
	root    *node
	entries []*entry
	base    scope // the variables as the file has them
	sweep   *plan

	live   map[string]axes // variable → the axes its value depends on
	scopes memo[scope]
	seeds  memo[uint64]
	stages []memo[*stage]
	wired  map[wiring]*read[*stage]
	shapes map[string]int // what the stages make, taken together → its number
}

// axes is a set of axes of a sweep, a bit for each.
type axes uint64

// maxAxes is how many axes fit in the set.
const maxAxes = 64

// memo keeps what depends on some of the axes only.
type memo[T any] struct {
	on  axes
	got map[int]*read[T]
}

// read is something that was read, with its mistakes.
type read[T any] struct {
	value T
	errs  Errors
}

// at gives what is kept for a point, or makes it.
func (m *memo[T]) at(l *lab, at []int, make func() T) *read[T] {
	key := l.sweep.combination(m.on, at)
	if r := m.got[key]; r != nil {
		return r
	}
	r := &read[T]{}
	r.errs = l.c.catch(func() { r.value = make() })
	if m.got == nil {
		m.got = map[int]*read[T]{}
	}
	m.got[key] = r
	return r
}

// wiring is a stage among stages that make certain types, which is all that its inputs depend on.
type wiring struct {
	stage *stage
	shape int
}

// prepare finds out which axes each part of the experiment depends on.
func (l *lab) prepare() {
	l.liveVars()
	for i := range l.sweep.axes {
		for _, p := range l.sweep.axes[i].paths {
			if l.sweep.axes[i].changes() && p.keys[0] == "vars" {
				l.scopes.on |= 1 << i
			}
		}
	}
	l.seeds.on = l.pathAxes("seed") | l.refAxes(l.root.get("seed"))
	l.stages = make([]memo[*stage], len(l.entries))
	for i, e := range l.entries {
		l.stages[i].on = l.pathAxes("stages", e.name) | l.refAxes(e.body)
	}
	l.wired, l.shapes = map[wiring]*read[*stage]{}, map[string]int{}
}

// liveVars finds the axes that each variable depends on: those that set it, and those of the variables in its value.
func (l *lab) liveVars() {
	l.live = map[string]axes{}
	users := map[string][]string{}
	for _, name := range sortedKeys(l.base) {
		eachRef(l.base[name].value, func(r *ref) {
			if !r.env {
				users[r.name] = append(users[r.name], name)
			}
		})
	}
	for i, a := range l.sweep.axes {
		var next []string
		for _, p := range a.paths {
			if a.changes() && p.keys[0] == "vars" {
				next = append(next, p.keys[1])
			}
		}
		for len(next) > 0 {
			name := next[0]
			next = next[1:]
			if l.live[name]&(1<<i) == 0 {
				l.live[name] |= 1 << i
				next = append(next, users[name]...)
			}
		}
	}
}

// refAxes are the axes that the references of a value depend on.
func (l *lab) refAxes(n *node) axes {
	var on axes
	if len(l.live) > 0 {
		eachRef(n, func(r *ref) {
			if !r.env {
				on |= l.live[r.name]
			}
		})
	}
	return on
}

// pathAxes are the axes with a path that begins with the keys given.
func (l *lab) pathAxes(keys ...string) axes {
	var on axes
	for i, a := range l.sweep.axes {
		for _, p := range a.paths {
			if a.changes() && p.within(keys) {
				on |= 1 << i
			}
		}
	}
	return on
}

// eachRef calls f for every reference in a value.
func eachRef(n *node, f func(*ref)) { refsIn(n, map[*node]bool{}, f) }

// refsIn is eachRef but for values that were seen: aliases can make one value stand in very many places.
func refsIn(n *node, seen map[*node]bool, f func(*ref)) {
	if n == nil || n.shape != scalar && seen[n] {
		return
	}
	if n.shape == scalar && strings.Contains(n.text, "${") {
		pieces, _ := split(n.text)
		for _, p := range pieces {
			if p.ref != nil {
				f(p.ref)
			}
		}
	}
	if n.shape != scalar {
		seen[n] = true
	}
	for _, item := range n.items {
		refsIn(item, seen, f)
	}
	for _, p := range n.pairs {
		refsIn(p.value, seen, f)
	}
}
