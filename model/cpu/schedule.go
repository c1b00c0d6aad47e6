package cpu

import "slices"

// item is a step to be: one node with a kernel, or a segment of nodes without.
type item struct {
	nodes []*node
	tail  bool
}

// schedule orders the graph's nodes into items. Nodes with kernels keep their order. A node without waits until a
// node with a kernel needs it; then all that wait become one segment, joined by whatever later nodes could run with
// them too and give little data, so that there are few segments and nothing large is computed early.
func schedule(g *graph) []item {
	s := &scheduler{scheduled: make(map[*node]bool), waiting: make(map[*node]bool)}
	for at, n := range g.nodes {
		switch {
		case n.isSource() || n.isAlias() || s.scheduled[n]:
		case n.kernel == nil:
			s.wait(n)
		default:
			if s.needsWaiting(n) {
				s.hoist(g.nodes[at:])
				s.flush()
			}
			s.items = append(s.items, item{nodes: []*node{n}})
			s.scheduled[n] = true
		}
	}
	s.flush()
	return s.items
}

type scheduler struct {
	items     []item
	scheduled map[*node]bool // in an item, or in segment
	waiting   map[*node]bool
	segment   []*node // those that wait, in order
}

func (s *scheduler) wait(n *node) {
	s.segment = append(s.segment, n)
	s.waiting[n], s.scheduled[n] = true, true
}

func (s *scheduler) flush() {
	if len(s.segment) > 0 {
		s.items = append(s.items, item{nodes: s.segment, tail: true})
	}
	s.segment = nil
	clear(s.waiting)
}

// sources calls yield for the nodes that must have run before v can be read, until it gives false.
func sources(v *value, yield func(*node) bool) bool {
	if v.alias() == nil {
		return yield(v.node)
	}
	for _, in := range v.node.inputs { // all of them: a barrier waits for each
		if !sources(in, yield) {
			return false
		}
	}
	return true
}

func (s *scheduler) needsWaiting(n *node) bool {
	return slices.ContainsFunc(n.inputs, func(v *value) bool {
		return !sources(v, func(src *node) bool { return !s.waiting[src] })
	})
}

// hoist lets those of the nodes to come wait that need nothing but what has run or waits, and whose results are small.
func (s *scheduler) hoist(rest []*node) {
	for _, n := range rest {
		if n.kernel != nil || n.isSource() || n.isAlias() || s.scheduled[n] || !small(n) {
			continue
		}
		ready := !slices.ContainsFunc(n.inputs, func(v *value) bool {
			return !sources(v, func(src *node) bool { return src.isSource() || s.scheduled[src] })
		})
		if ready {
			s.wait(n)
		}
	}
}

// small says whether n's results may lie about in memory for long.
func small(n *node) bool {
	const limit = 1 << 16
	var bytes int64
	for _, v := range n.outputs {
		bytes += v.shape.ByteSize()
	}
	return bytes <= limit
}
