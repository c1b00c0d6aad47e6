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
