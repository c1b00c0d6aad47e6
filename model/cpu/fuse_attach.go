package cpu

import (
	"slices"

	"github.com/gomlx/compute"
)

// attachLoops lets convolutions run the loops that read their results, block by block, while a block is still in the
// cache of the core that made it: bias, batch normalisation, ReLU and sum of a shortcut, the statistics of a
// batch, a ReLU's gradient with its sums. It needs every other operand of the loop to be there before the convolution.
func attachLoops(g *graph) {
	pos := positions(g)
	for _, loop := range slices.Clone(g.nodes) {
		k, ok := loop.kernel.(*loopKernel)
		if !ok {
			continue
		}
		if host := findHost(loop, k, pos); host != nil {
			attach(g, host, loop, k)
			g.sort()
			pos = positions(g)
		}
	}
}

func positions(g *graph) map[*node]int {
	pos := make(map[*node]int, len(g.nodes))
	for i, n := range g.nodes {
		pos[n] = i
	}
	return pos
}

// findHost gives the last convolution before loop that can run it, or nil.
func findHost(loop *node, k *loopKernel, pos map[*node]int) *node {
	var best *node
	for i, v := range loop.inputs {
		if hosts(v, k) && (best == nil || pos[v.node] > pos[best]) && !needsAny(loop.inputs, i, v.node, pos) {
			best = v.node
		}
	}
	return best
}

// hosts says whether v comes from a convolution that can run a loop over it.
func hosts(v *value, k *loopKernel) bool {
	n := v.node
	if n.op != compute.OpTypeConvGeneral || v.shape.Size() != k.rows*k.program.Cols() || v.shape.Size() == 0 {
		return false
	}
	if n.kernel == nil {
		n.kernel = convKernel(n)
	}
	c, ok := n.kernel.(*convolution)
	cols := k.program.Cols()
	return ok && c.finishes() && (cols == 1 || cols == v.shape.Dimensions[v.shape.Rank()-1])
}

// needsAny says whether any of vs but the i-th depends on n.
func needsAny(vs []*value, i int, n *node, pos map[*node]int) bool {
	seen := map[*node]bool{}
	var depends func(m *node) bool
	depends = func(m *node) bool {
		if m == n {
			return true
		}
		if seen[m] || pos[m] < pos[n] {
			return false
		}
		seen[m] = true
		return slices.ContainsFunc(m.inputs, func(v *value) bool { return depends(v.node) })
	}
	for j, v := range vs {
		if j != i && depends(v.node) {
			return true
		}
	}
	return false
}

// attach makes one node of convolution and loop.
func attach(g *graph, host, loop *node, k *loopKernel) {
	y := host.outputs[0]
	at := slices.Index(loop.inputs, y)
	n := &node{op: opLoop, id: loop.id, name: host.op.String() + " with " + loop.name}
	n.inputs = append(slices.Clone(host.inputs), slices.Delete(slices.Clone(loop.inputs), at, at+1)...)
	a := &attached{convolution: host.kernel.(*convolution), loop: k, y: at, operands: len(host.inputs)}
	a.as = -1
	if !g.isOutput(y) && len(g.users()[y]) == 1 { // nobody else needs it: the convolution writes where the loop will
		a.as = slices.IndexFunc(loop.outputs, func(v *value) bool { return v.shape.DType == y.shape.DType && v.shape.Size() == y.shape.Size() })
	}
	n.outputs = loop.outputs
	if a.as < 0 {
		a.as = len(n.outputs)
		n.outputs = append(slices.Clone(n.outputs), y)
	}
	for i, v := range n.outputs {
		v.node, v.index = n, i
	}
	a.plan(y)
	n.kernel = a
	g.nodes[slices.Index(g.nodes, loop)] = n
	g.remove(host)
}
