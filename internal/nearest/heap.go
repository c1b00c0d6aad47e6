package nearest

import "cmp"

// heap holds the smallest numbers it was given, the largest of them on top.
type heap[T cmp.Ordered] []T

// push takes v if it is one of the n smallest, and tells whether it did.
func (h *heap[T]) push(v T, n int) bool {
	switch {
	case len(*h) < n:
		*h = append(*h, v)
		h.up(len(*h) - 1)
	case n > 0 && v < (*h)[0]:
		(*h)[0] = v
		h.down()
	default:
		return false
	}
	return true
}

func (h *heap[T]) up(i int) {
	x := *h
	for p := (i - 1) / 2; i > 0 && x[i] > x[p]; p = (i - 1) / 2 {
		x[i], x[p] = x[p], x[i]
		i = p
	}
}

func (h *heap[T]) down() {
	x, i := *h, 0
	for {
		c := 2*i + 1
		if c >= len(x) {
			return
		}
		if c+1 < len(x) && x[c+1] > x[c] {
			c++
		}
		if x[i] >= x[c] {
			return
		}
		x[i], x[c] = x[c], x[i]
		i = c
	}
}
