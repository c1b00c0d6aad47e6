package dag

import "fmt"

// warnOfResources says which stages ask for more than there is; they run with what is there.
func (r *runner) warnOfResources() {
	for _, n := range r.nodes {
		for _, text := range r.lacks(n) {
			r.rec.emit(Event{Stage: n.Name, What: Warned, Text: text})
		}
	}
}

// lacks says what a node asks for and can't have.
func (e *Engine) lacks(n *Node) []string {
	var out []string
	switch {
	case n.GPU > e.GPUs && e.GPUs == 0:
		out = append(out, fmt.Sprintf("it asks for %s, and none is set up here: it runs without", many(n.GPU, "GPU")))
	case n.GPU > e.GPUs:
		out = append(out, fmt.Sprintf("it asks for %d GPUs, and there %s %d: it takes all", n.GPU, isAre(e.GPUs), e.GPUs))
	}
	if have := e.workers(); n.CPU > have {
		out = append(out, fmt.Sprintf("it asks for %d cores, and there %s %d: it takes all", n.CPU, isAre(have), have))
	}
	if e.Memory > 0 && n.Memory > e.Memory {
		out = append(out, fmt.Sprintf("it asks for %.1f GB of memory, and there are %.1f: it may fail", float64(n.Memory)/1e9, float64(e.Memory)/1e9))
	}
	return out
}

func many(n int, what string) string {
	if n == 1 {
		return "a " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// workersFor is how many goroutines a node may compute with.
func (e *Engine) workersFor(n *Node) int {
	if n.CPU > 0 {
		return min(n.CPU, e.workers())
	}
	return e.workers()
}
