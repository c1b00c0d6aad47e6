package cpu

import "github.com/gomlx/compute"

// opLoop is a fused loop.
const opLoop = opMoments + 1

// fuse makes elementwise operations on float32, with their broadcasts, comparisons, conversions and reductions, into
// loops that go over memory once (model/cpu/loop).
//
// A node that a loop could compute is a member (fuse_member.go); it reads past reshapes, and past broadcasts of whole rows,
// of whole columns and of single numbers (fuse_access.go). Members that go over the same numbers become one group where one
// reads the other's result or both read the same array, unless something outside stands between them
// (fuse_group.go). A result that is only read in another group is computed there again if that is cheap
// (fuse_recompute.go). Each group becomes a node with a kernel (fuse_build.go, fuse_kernel.go).
func fuse(g *graph) {
	useReLU(g)
	f := newFusion(g)
	f.merge()
	f.store()
	var nodes []*node
	for i, n := range g.nodes {
		m := f.members[i]
		switch {
		case m == nil:
			nodes = append(nodes, n)
		case m == m.group.members[len(m.group.members)-1]: // in the place of the last of them
			if n := m.group.build(); n != nil {
				nodes = append(nodes, n)
			}
		}
	}
	g.nodes = nodes
	dropDead(g)
	g.sort()
}

// useReLU lets what asks whether x > 0 ask it of r = max(x, 0) instead, where there is such: then x needs not be kept
// for the backward pass. The answer is the same, also for NaN.
func useReLU(g *graph) {
	relu := map[*value]*node{} // by x
	for _, n := range g.nodes {
		if x := reluOf(n); x != nil && relu[x] == nil {
			relu[x] = n
		}
	}
	var added []*node
	for _, n := range g.nodes {
		if n.op != compute.OpTypeGreaterThan || !isZero(n.inputs[1]) || relu[peel(n.inputs[0])] == nil {
			continue
		}
		r := relu[peel(n.inputs[0])]
		if !n.outputs[0].shape.EqualDimensions(r.outputs[0].shape) {
			continue
		}
		test := &node{id: n.id, op: n.op, emit: n.emit, inputs: []*value{r.outputs[0], n.inputs[1]}}
		out := *n.outputs[0]
		out.node = test
		test.outputs = []*value{&out}
		for _, user := range g.nodes {
			for i, v := range user.inputs {
				if v == n.outputs[0] && user != r {
					user.inputs[i] = &out
				}
			}
		}
		added = append(added, test)
	}
	if len(added) > 0 {
		g.nodes = append(g.nodes, added...)
		g.sort()
	}
}

// reluOf gives x if n is max(x, 0), or x where x > 0 and else 0.
func reluOf(n *node) *value {
	switch n.op {
	case compute.OpTypeMax:
		for i := range 2 {
			if isZero(n.inputs[i]) {
				return peel(n.inputs[1-i])
			}
		}
	case compute.OpTypeWhere:
		c := n.inputs[0].node
		if c.op == compute.OpTypeGreaterThan && isZero(c.inputs[1]) && isZero(n.inputs[2]) && peel(c.inputs[0]) == peel(n.inputs[1]) {
			return peel(n.inputs[1])
		}
	}
	return nil
}

// isZero says whether all of v is known to be +0.
func isZero(v *value) bool {
	x, known := behind(v).number()
	return known && x == 0 && !(1/x < 0)
}
