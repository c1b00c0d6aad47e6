package array

import "slices"

// axis is one loop of a move: n steps, each of which advances by dst and src elements in the two arrays.
type axis struct{ n, dst, src int }

// one is the loop of a single step.
var one = axis{n: 1}

// product is the number of elements of an array of the given dimensions.
func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// strides are the distances, in elements, between neighbours along each axis of a row-major array.
func strides(dims []int) []int {
	s := make([]int, len(dims))
	n := 1
	for i := len(dims) - 1; i >= 0; i-- {
		s[i] = n
		n *= dims[i]
	}
	return s
}

// normalise orders the axes as they lie in dst, outermost first, leaves out those of one step, and merges neighbours that
// one loop can walk. Nothing is left of a move of one element.
func normalise(axes []axis) []axis {
	axes = slices.DeleteFunc(slices.Clone(axes), func(a axis) bool { return a.n == 1 })
	slices.SortStableFunc(axes, func(a, b axis) int { return b.dst - a.dst })
	var merged []axis
	for _, a := range axes {
		if k := len(merged) - 1; k >= 0 && merged[k].dst == a.n*a.dst && merged[k].src == a.n*a.src {
			merged[k] = axis{merged[k].n * a.n, a.dst, a.src}
			continue
		}
		merged = append(merged, a)
	}
	return merged
}

// widen takes the innermost runs for single elements where they make up 2, 4, 8 or 16 bytes and nothing stands across that:
// it returns the axes in the larger elements and how many of the smaller make one, or 1.
func widen(axes []axis, size int) ([]axis, int) {
	k := len(axes) - 1
	if k < 1 || axes[k].dst != 1 || axes[k].src != 1 {
		return nil, 1
	}
	n := axes[k].n
	if bytes := n * size; bytes > 16 || bytes&(bytes-1) != 0 {
		return nil, 1
	}
	larger := slices.Clone(axes[:k])
	for i, a := range larger {
		if a.dst%n != 0 || a.src%n != 0 {
			return nil, 1
		}
		larger[i] = axis{a.n, a.dst / n, a.src / n}
	}
	return larger, n
}

// span is the lowest and the highest offset that the loops reach, stepping by step(axis).
func span(axes []axis, step func(axis) int) (low, high int) {
	for _, a := range axes {
		low += min(0, (a.n-1)*step(a))
		high += max(0, (a.n-1)*step(a))
	}
	return low, high
}
