package dag

import "slices"

// sortNodes orders nodes so that each comes after its inputs, taking the earliest that may come next, or gives a
// cycle. Inputs that don't exist are passed over: they are an error of their own.
func sortNodes(nodes []*Node, byName map[string]*Node) (sorted []*Node, cycle []string) {
	placed := map[string]bool{}
	ready := func(n *Node) bool {
		return !placed[n.Name] && !slices.ContainsFunc(n.Inputs(), func(in string) bool { return byName[in] != nil && !placed[in] })
	}
	for len(sorted) < len(byName) {
		i := slices.IndexFunc(nodes, ready)
		if i < 0 {
			return nil, findCycle(nodes, byName, placed)
		}
		placed[nodes[i].Name] = true
		sorted = append(sorted, nodes[i])
	}
	return sorted, nil
}

// findCycle walks back from the first node that could not be placed, always to an input that could not be placed
// either, until a node comes up again.
func findCycle(nodes []*Node, byName map[string]*Node, placed map[string]bool) []string {
	n := nodes[slices.IndexFunc(nodes, func(n *Node) bool { return !placed[n.Name] })]
	var path []string
	for !slices.Contains(path, n.Name) {
		path = append(path, n.Name)
		ins := n.Inputs()
		n = byName[ins[slices.IndexFunc(ins, func(in string) bool { return byName[in] != nil && !placed[in] })]]
	}
	cycle := path[slices.Index(path, n.Name):]
	slices.Reverse(cycle) // walked against the flow of the data
	first := 0            // the ring starts at the stage that comes first in the file
	for i, name := range cycle {
		if indexOf(nodes, name) < indexOf(nodes, cycle[first]) {
			first = i
		}
	}
	return append(slices.Clone(cycle[first:]), cycle[:first]...)
}

func indexOf(nodes []*Node, name string) int {
	return slices.IndexFunc(nodes, func(n *Node) bool { return n.Name == name })
}
