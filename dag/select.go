package dag

import (
	"fmt"
	"slices"
)

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

func gpuText(want, have int) string {
	if have == 0 {
		return fmt.Sprintf("it asks for %d GPU, and none is set up here: it runs without", want)
	}
	return fmt.Sprintf("it asks for %d GPUs, and there are %d: it takes them all", want, have)
}
