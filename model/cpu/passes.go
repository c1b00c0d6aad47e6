package cpu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
)

// pass rewrites a graph. It may add nodes with kernels of their own, and must leave the nodes in a valid order
// (graph.sort makes one).
type pass func(*graph)

// passes run in this order before nodes get their kernels. Fusions come between mergeEqual and the last dropDead.
var passes = []pass{
	dropDead,
	mergeEqual,
	dropDead,
	takeReversed,
	fuse,
	attachLoops,
}

// dropDead removes nodes on which no output depends. Parameters stay.
func dropDead(g *graph) {
	needed := make(map[*node]bool)
	var visit func(n *node)
	visit = func(n *node) {
		if needed[n] {
			return
		}
		needed[n] = true
		for _, v := range n.inputs {
			visit(v.node)
		}
	}
	for _, v := range g.outputs {
		visit(v.node)
	}
	for _, p := range g.params {
		needed[p.node] = true
	}
	g.nodes = slices.DeleteFunc(g.nodes, func(n *node) bool { return !needed[n] })
}

// mergeEqual makes nodes that compute the same one (common subexpressions).
func mergeEqual(g *graph) {
	seen := make(map[string]*node)
	same := make(map[*value]*value)
	for _, n := range g.nodes {
		for i, v := range n.inputs {
			if s, ok := same[v]; ok {
				n.inputs[i] = s
			}
		}
		if n.unique || n.kernel != nil {
			continue
		}
		key := n.key()
		first, ok := seen[key]
		if !ok {
			seen[key] = n
			continue
		}
		for i, v := range n.outputs {
			same[v] = first.outputs[i]
		}
	}
	g.replaceValues(same)
}

// key is equal for nodes that compute the same.
func (n *node) key() string {
	var s strings.Builder
	fmt.Fprint(&s, int(n.op))
	for _, v := range n.inputs {
		fmt.Fprintf(&s, " %d.%d", v.node.id, v.index)
	}
	for _, v := range n.outputs {
		fmt.Fprint(&s, " ", v.shape)
	}
	if c, ok := n.attrs.(*constant); ok {
		const small = 64
		if c.buf.shape.ByteSize() <= small {
			fmt.Fprintf(&s, " %x", dtypes.UnsafeByteSliceFromAny(c.buf.flat))
			return s.String()
		}
		fmt.Fprintf(&s, " %p", c)
		return s.String()
	}
	fmt.Fprintf(&s, " %+v", n.attrs)
	return s.String()
}
