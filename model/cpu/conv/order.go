package conv

// turn is the order of axes first, spatial, last, or nil if they lie so; axes of size 1 lie anywhere.
func turn(dims []int, first int, spatial []int, last int) []int {
	order := append(append([]int{first}, spatial...), last)
	at, straight := -1, true
	for _, a := range order {
		if dims[a] != 1 {
			straight = straight && a > at
			at = a
		}
	}
	if straight {
		return nil
	}
	return order
}

func inverse(p []int) []int {
	if p == nil {
		return nil
	}
	q := make([]int, len(p))
	for i, a := range p {
		q[a] = i
	}
	return q
}

// stridesOf a kernel that lies in memory row by row.
func stridesOf(dims, spatial []int, in, out int) Weights {
	strides := make([]int, len(dims))
	for i, s := len(dims)-1, 1; i >= 0; i-- {
		strides[i] = s
		s *= dims[i]
	}
	w := Weights{KW: strides[spatial[len(spatial)-1]], In: strides[in], Out: strides[out]}
	if len(spatial) == 2 {
		w.KH = strides[spatial[0]]
	}
	return w
}
