package dag

import "slices"

// selectNodes gives the nodes that o asks for and all that they need, in the order of the graph.
func selectNodes(g *Graph, o RunOptions) ([]*Node, error) {
	for _, name := range slices.Concat(o.Only, o.Force) {
		if _, ok := g.Node(name); !ok {
			e := &UnknownStageError{Name: name}
			for _, n := range g.Nodes {
				e.Known = append(e.Known, n.Name)
			}
			return nil, e
		}
	}
	if len(o.Only) == 0 {
		return g.Nodes, nil
	}
	need := map[string]bool{}
	for _, name := range o.Only {
		need[name] = true
	}
	var nodes []*Node
	for _, n := range slices.Backward(g.Nodes) { // each comes before what it needs
		if !need[n.Name] {
			continue
		}
		nodes = append(nodes, n)
		for _, from := range n.Inputs() {
			need[from] = true
		}
	}
	slices.Reverse(nodes)
	return nodes, nil
}
