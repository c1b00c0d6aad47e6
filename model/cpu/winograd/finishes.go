package winograd

// Finishes is how many times a run calls done.
func (f *Forward) Finishes() int { return f.groups() }

// Workers is how many goroutines of a run call done at once, at most.
func (f *Forward) Workers() int { return max(1, f.workers) }
