package dag

import "fmt"

// gpus is how many of the GPUs a node has to itself while it runs.
func (e *Engine) gpus(n *Node) int {
	if n.GPU == 0 && !n.NoGPU && e.OnGPU && usesBackend(n.Stage) && !offloads(n.Stage) {
		return min(1, e.GPUs)
	}
	return min(n.GPU, e.GPUs)
}

// mayBorrow says whether a node may take a GPU that is free while it runs.
func (e *Engine) mayBorrow(n *Node) bool {
	return n.GPU == 0 && !n.NoGPU && e.OnGPU && e.GPUs > 0 && offloads(n.Stage)
}

// warnOfResources says which stages ask for more than there is; they run with what is there.
func (r *runner) warnOfResources() {
	for _, l := range r.lacks(r.nodes) {
		r.rec.emit(Event{Stage: l.stage, What: Warned, Text: l.text})
	}
}

// lack is that a stage of the file asks for more than there is.
type lack struct{ stage, text string }

// lacks lists what nodes ask for and can't have, once for all variants of a stage.
func (e *Engine) lacks(nodes []*Node) (all []lack) {
	said := map[lack]bool{}
	for _, n := range nodes {
		for _, text := range e.lacksOf(n) {
			l := lack{n.BaseName(), text}
			if !said[l] {
				all = append(all, l)
			}
			said[l] = true
		}
	}
	return all
}

func (e *Engine) lacksOf(n *Node) []string {
	var out []string
	asks := fmt.Sprintf("it asks for %s (resources: {gpu: %d})", many(n.GPU, "GPU"), n.GPU)
	switch {
	case n.GPU > e.GPUs && e.GPUs == 0:
		out = append(out, asks+", and there is none here: it runs without; pipe doctor says what is missing")
	case n.GPU > e.GPUs:
		out = append(out, fmt.Sprintf("%s, and there %s %d: it takes all; ask for %d, or run it where there are %d", asks, isAre(e.GPUs), e.GPUs, e.GPUs, n.GPU))
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
