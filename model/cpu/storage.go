package cpu

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// kind says where a value's memory comes from.
type kind uint8

const (
	inParam    kind = iota // the caller's buffer
	inConstant             // the constant's buffer
	inSlab                 // a place in the slab of the execution
	inShared               // a buffer of the execution: written by a kernel, read by a segment
	inResult               // a new buffer, given to the caller: written by a kernel
	inSegment              // a buffer made by a segment
)

// storage is the memory of one value, and of all values that are the same numbers in another shape.
type storage struct {
	id          int
	kind        kind
	root        *value
	shape       shapes.Shape // of its buffer
	first, last int          // items that write it and read it last; first is -1 for what is there before
	param       int          // inParam: which
	block       *block       // inSlab
	slot        int          // inShared: which of the execution's buffers
	claimed     bool         // it becomes an output as it is
}

// stores are all storages of a graph.
type stores struct {
	list  []*storage
	of    map[*value]*storage // by root
	items []item
}

// home is where v's numbers are.
func (s *stores) home(v *value) *storage { return s.of[v.root()] }

func (s *stores) add(v *value, k kind, first int) *storage {
	st := &storage{id: len(s.list), kind: k, root: v, shape: v.shape, first: first, last: first}
	s.list = append(s.list, st)
	s.of[v] = st
	return st
}

// store decides where each value lives, and from when to when.
func store(g *graph, items []item) *stores {
	s := &stores{of: make(map[*value]*storage), items: items}
	for i, p := range g.params {
		s.add(p, inParam, -1).param = i
	}
	for _, n := range g.nodes {
		if n.op == compute.OpTypeConstant {
			s.add(n.outputs[0], inConstant, -1)
		}
	}
	for at, it := range items {
		for _, n := range it.nodes {
			for _, v := range n.outputs {
				k := inSlab
				if it.tail {
					k = inSegment
				}
				s.add(v, k, at)
			}
		}
	}
	s.use(g)
	s.claim(g)
	return s
}

// use finds the last reader of each value, and which values segments read.
func (s *stores) use(g *graph) {
	for at, it := range s.items {
		for _, n := range it.nodes {
			for _, v := range n.inputs {
				st := s.home(v)
				st.last = at
				if it.tail && st.kind == inSlab {
					st.kind = inShared
				}
			}
		}
	}
	for _, v := range g.outputs {
		s.home(v).last = len(s.items)
	}
}

// claim gives each output the memory its numbers are computed in, if no other output has it yet. The memory then has
// the output's shape.
func (s *stores) claim(g *graph) {
	for _, v := range g.outputs {
		st := s.home(v)
		if st.claimed {
			continue
		}
		switch st.kind {
		case inSlab, inShared:
			st.kind = inResult
			fallthrough
		case inSegment:
			st.claimed, st.shape = true, v.shape
		case inParam:
			st.claimed = st.shape.EqualDimensions(v.shape) // used if the caller donates it
		}
	}
}
