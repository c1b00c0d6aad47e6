package cpu

import "slices"

// graph is what the passes work on: the nodes of the main function in an order in which each comes after what it needs.
type graph struct {
	name    string
	params  []*value
	outputs []*value
	nodes   []*node
}

func newGraph(b *builder) *graph {
	return &graph{name: b.name, params: b.main.params, outputs: slices.Clone(b.main.outputs), nodes: slices.Clone(b.main.nodes)}
}

// users lists for each value the nodes that read it, each once, in order.
func (g *graph) users() map[*value][]*node {
	users := make(map[*value][]*node)
	for _, n := range g.nodes {
		for i, v := range n.inputs {
			if !slices.Contains(n.inputs[:i], v) {
				users[v] = append(users[v], n)
			}
		}
	}
	return users
}

// isOutput says whether v is a result of the graph.
func (g *graph) isOutput(v *value) bool { return slices.Contains(g.outputs, v) }

// replaceValues makes readers of each key read what it maps to, which must not be a key itself.
func (g *graph) replaceValues(to map[*value]*value) {
	replace := func(vs []*value) {
		for i, v := range vs {
			if r, ok := to[v]; ok {
				vs[i] = r
			}
		}
	}
	for _, n := range g.nodes {
		replace(n.inputs)
	}
	replace(g.outputs)
}

// remove takes out nodes whose outputs nobody reads.
func (g *graph) remove(ns ...*node) {
	g.nodes = slices.DeleteFunc(g.nodes, func(n *node) bool { return slices.Contains(ns, n) })
}

// sort puts the nodes in an order that respects dependencies and is otherwise theirs of before.
func (g *graph) sort() {
	in := make(map[*node]bool, len(g.nodes))
	for _, n := range g.nodes {
		in[n] = true
	}
	sorted := make([]*node, 0, len(g.nodes))
	var visit func(n *node)
	visit = func(n *node) {
		if !in[n] {
			return
		}
		in[n] = false
		for _, v := range n.inputs {
			visit(v.node)
		}
		sorted = append(sorted, n)
	}
	for _, n := range g.nodes {
		visit(n)
	}
	g.nodes = sorted
}
