package winograd

// Finishes is how many times a run calls done.
func (f *Forward) Finishes() int { return f.groups() }
