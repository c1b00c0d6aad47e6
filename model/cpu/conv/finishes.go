package conv

// Finishes is how many times at most a run calls done.
func (f *Forward) Finishes() int {
	n := 0
	for i := range f.layout.blocks {
		if b := &f.layout.blocks[i]; b.row1-b.row0 == f.shape.OH {
			n++
		} else {
			n += b.n1 - b.n0
		}
	}
	return max(1, n) // one where there is nothing to compute
}

// Workers is how many goroutines of a run call done at once, at most.
func (f *Forward) Workers() int { return max(1, f.workers) }
