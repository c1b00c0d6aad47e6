package nearest

// ranked is a neighbour with its place among those at equal distance.
type ranked struct {
	Neighbour
	tie uint64
}

func (a ranked) less(b ranked) bool {
	return a.Distance < b.Distance || a.Distance == b.Distance && a.tie < b.tie
}

func (a ranked) compare(b ranked) int {
	switch {
	case a.less(b):
		return -1
	case b.less(a):
		return 1
	}
	return 0
}

// smallest moves the k smallest of x to its front, in no order, and gives them (quickselect: Hoare, Algorithm 65, 1961).
// With the rows of a collapsed encoder x is the whole gallery, and sorting it all would take longer than finding it.
func smallest[T interface{ less(T) bool }](x []T, k int) []T {
	if k >= len(x) {
		return x
	}
	lo, hi := 0, len(x)-1
	for lo < hi {
		pivot := x[lo+(hi-lo)/2]
		i, j := lo, hi
		for i <= j {
			for x[i].less(pivot) {
				i++
			}
			for pivot.less(x[j]) {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k-1 <= j:
			hi = j
		case k-1 >= i:
			lo = i
		default:
			return x[:k]
		}
	}
	return x[:k]
}
