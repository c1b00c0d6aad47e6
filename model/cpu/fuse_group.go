package cpu

import "slices"

// group is a set of members that become one loop.
type group struct {
	members []*member // in the graph's order
	size    int
	cols    int // 0: any
	seen    int // number of the search that came by
}

// fusion is the work on one graph. Nodes are known by their place in it.
type fusion struct {
	g       *graph
	pos     map[*node]int
	members []*member       // nil: not one
	order   []*member       // all of them
	readers [][]int         // the nodes that need a node's results, members by their operands
	must    map[*value]bool // values that are written to memory in any case
	search  int
	seen    []int // number of the search that came by
	stack   []int
}

func newFusion(g *graph) *fusion {
	n := len(g.nodes)
	f := &fusion{
		g: g, pos: make(map[*node]int, n), members: make([]*member, n), readers: make([][]int, n),
		must: map[*value]bool{}, seen: make([]int, n),
	}
	for i, n := range g.nodes {
		f.pos[n] = i
	}
	needed := make([]bool, n)
	for _, v := range g.outputs {
		f.must[peel(v)] = true
		f.need(f.pos[v.node], needed)
	}
	for i, m := range f.members {
		if m == nil {
			continue
		}
		m.pos, m.group = i, &group{members: []*member{m}, size: m.size, cols: m.cols}
		for j := range m.operands {
			m.operands[j].from = f.members[f.pos[m.operands[j].base.node]]
		}
		f.order = append(f.order, m)
	}
	return f
}

// need notes that node i is needed, and for what: a member for its operands, past reshapes and broadcasts.
func (f *fusion) need(i int, needed []bool) {
	if needed[i] {
		return
	}
	needed[i] = true
	n := f.g.nodes[i]
	read := func(v *value) {
		p := f.pos[v.node]
		f.readers[p] = append(f.readers[p], i)
		f.need(p, needed)
	}
	if m := newMember(n); m != nil {
		f.members[i] = m
		for _, o := range m.operands {
			if _, constant := o.number(); !constant {
				read(o.base)
			}
		}
		return
	}
	for _, v := range n.inputs {
		if !n.isShape() {
			f.must[peel(v)] = true
		}
		read(v)
	}
}

// isShape says whether n only gives its operand another shape.
func (n *node) isShape() bool { return n.isAlias() && peel(n.outputs[0]) != n.outputs[0] }

// inline says whether o can be computed on the way: at the same place, and no sum to wait for.
func (o operand) inline() bool { return o.from != nil && o.kind == accessFull && !o.from.isSink() }

// worthReading is the size from which two loops that read the same array are better one. For smaller ones it would only
// mean to wait for the operands of both.
const worthReading = 1 << 14

// merge puts nodes into the groups of those whose results they read, then joins groups that read the same.
func (f *fusion) merge() {
	for _, m := range f.order {
		for _, o := range m.operands {
			if o.inline() {
				f.try(o.from.group, m.group)
			}
		}
	}
	readers := map[*value][]*member{}
	var bases []*value
	for _, m := range f.order {
		for _, o := range m.operands {
			if o.kind == accessFull && o.base.shape.Size() >= worthReading {
				if readers[o.base] == nil {
					bases = append(bases, o.base)
				}
				readers[o.base] = append(readers[o.base], m)
			}
		}
	}
	for _, base := range bases {
		list := readers[base]
		for i, m := range list {
			for _, earlier := range list[:i] {
				f.try(earlier.group, m.group)
			}
		}
	}
}

// mostMembers limits the operations of one loop: each array it reads or writes is a stream of memory, each value a block in
// the cache.
const mostMembers = 48

// try makes a and b one group if they fit and no cycle arises.
func (f *fusion) try(a, b *group) {
	if a == b || a.size != b.size || a.cols != 0 && b.cols != 0 && a.cols != b.cols {
		return
	}
	if len(a.members)+len(b.members) > mostMembers || f.leads(a, b) || f.leads(b, a) {
		return
	}
	for _, m := range b.members {
		m.group = a
	}
	a.members = append(a.members, b.members...)
	slices.SortFunc(a.members, func(x, y *member) int { return x.pos - y.pos })
	a.cols = max(a.cols, b.cols)
}

// leads says whether b depends on a otherwise than by reading a's results where a computes them.
func (f *fusion) leads(a, b *group) bool {
	f.search++
	f.stack = f.stack[:0]
	a.seen = f.search
	for _, m := range a.members {
		for _, r := range f.readers[m.pos] {
			if t := f.members[r]; t != nil && t.group == b {
				if readsLate(m, t) {
					return true
				}
				continue
			}
			f.push(r)
		}
	}
	for len(f.stack) > 0 {
		last := len(f.stack) - 1
		n := f.stack[last]
		f.stack = f.stack[:last]
		if m := f.members[n]; m != nil && m.group == b {
			return true
		}
		for _, r := range f.readers[n] {
			f.push(r)
		}
	}
	return false
}

// push makes the search go on from node n, or from all of its group.
func (f *fusion) push(n int) {
	m := f.members[n]
	switch {
	case m == nil && f.seen[n] != f.search:
		f.seen[n] = f.search
		f.stack = append(f.stack, n)
	case m != nil && m.group.seen != f.search:
		m.group.seen = f.search
		for _, m := range m.group.members {
			f.stack = append(f.stack, m.pos)
		}
	}
}

// readsLate says whether t needs m's result as a whole.
func readsLate(m, t *member) bool {
	return slices.ContainsFunc(t.operands, func(o operand) bool { return o.from == m && !o.inline() })
}
