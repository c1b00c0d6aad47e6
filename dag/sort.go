package dag

import (
	"container/heap"
	"slices"
)

// sortNodes orders nodes so that each comes after its inputs, taking the earliest that may come next, or gives a
// cycle. Inputs that don't exist are passed over: they are an error of their own.
func sortNodes(nodes []*Node, byName map[string]*Node) (sorted []*Node, cycle []string) {
	waits := make([]int, len(nodes)) // inputs that are not placed yet
	after := map[string][]int{}      // which nodes wait for one
	ready := &earliest{}
	for i, n := range nodes {
		if byName[n.Name] != n {
			continue // a second node of one name, which is an error of its own
		}
		for _, in := range n.Inputs() {
			if byName[in] != nil {
				waits[i]++
				after[in] = append(after[in], i)
			}
		}
		if waits[i] == 0 {
			heap.Push(ready, i)
		}
	}
	placed := map[string]bool{}
	for ready.Len() > 0 {
		n := nodes[heap.Pop(ready).(int)]
		placed[n.Name] = true
		sorted = append(sorted, n)
		for _, i := range after[n.Name] {
			if waits[i]--; waits[i] == 0 {
				heap.Push(ready, i)
			}
		}
	}
	if len(sorted) < len(byName) {
		return nil, findCycle(nodes, byName, placed)
	}
	return sorted, nil
}

// earliest is a heap of places in a list.
type earliest []int

func (h earliest) Len() int           { return len(h) }
func (h earliest) Less(i, j int) bool { return h[i] < h[j] }
func (h earliest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *earliest) Push(x any)        { *h = append(*h, x.(int)) }
func (h *earliest) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
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
