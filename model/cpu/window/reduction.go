package window

import (
	"fmt"
	"slices"
)

// Reduction is a plan to reduce an array over some of its axes.
type Reduction struct {
	in, out int
	passes  []pass
}

// NewReduction plans the reduction of an array of the given dimensions over axes, which go away.
func NewReduction(dims []int, axes ...int) *Reduction {
	r := &Reduction{in: product(dims), out: 1}
	// The dimensions, neighbours merged that are both kept or both reduced: kept at even places, reduced at odd.
	groups := []int{1}
	for i, d := range dims {
		reduced := slices.Contains(axes, i)
		if !reduced {
			r.out *= d
		}
		if d == 1 {
			continue
		}
		if reduced == (len(groups)%2 == 1) {
			groups = append(groups, 1)
		}
		groups[len(groups)-1] *= d
	}
	if len(groups)%2 == 1 {
		groups = append(groups, 1)
	}
	// The innermost first: one pass over all numbers, and the others over fewer.
	inner := 1
	for k := len(groups) - 1; k > 0; k -= 2 {
		if groups[k] != 1 {
			r.passes = append(r.passes, newPass(product(groups[:k]), groups[k], inner))
		}
		inner *= groups[k-1]
	}
	return r
}

// product is the number of elements of an array.
func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// Len is how many numbers Do makes.
func (r *Reduction) Len() int { return r.out }

// Scratch is how many numbers of memory Do needs besides.
func (r *Reduction) Scratch() int {
	n := 0
	for i := range r.passes {
		p := &r.passes[i]
		n += p.scratch()
		if i < len(r.passes)-1 {
			n += p.outer * p.inner
		}
	}
	return n
}

// Do reduces src to dst. A sum's error grows with the logarithm of how many numbers it is of.
func (r *Reduction) Do(op Op, dst, src, scratch []float32) {
	if len(dst) != r.out || len(src) != r.in || len(scratch) < r.Scratch() {
		panic(fmt.Sprintf("window: reduction of %d numbers to %d with %d of scratch, not %d to %d with %d",
			len(src), len(dst), len(scratch), r.in, r.out, r.Scratch()))
	}
	if len(r.passes) == 0 {
		copy(dst, src)
		return
	}
	for i := range r.passes {
		p := &r.passes[i]
		to := dst
		if i < len(r.passes)-1 {
			n := p.outer * p.inner
			to, scratch = scratch[:n], scratch[n:]
		}
		n := p.scratch()
		p.run(op, to, src, scratch[:n])
		src, scratch = to, scratch[n:]
	}
}
