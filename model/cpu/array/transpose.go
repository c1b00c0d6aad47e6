package array

// Transpose plans the move of an array of the given dimensions to one whose axis i is the array's axis perm[i]: the
// result has dimensions dims[perm[0]], dims[perm[1]], ….
func Transpose(size int, dims, perm []int) *Move {
	from := strides(dims)
	to := make([]int, len(dims))
	for i, p := range perm {
		to[i] = dims[p]
	}
	axes := make([]axis, len(dims))
	for i, s := range strides(to) {
		axes[i] = axis{to[i], s, from[perm[i]]}
	}
	return newMove(size, axes, 0, 0)
}

// Reverse plans the move of an array to one of the same dimensions that runs backwards along the given axes.
func Reverse(size int, dims, axes []int) *Move {
	loops := make([]axis, len(dims))
	for i, s := range strides(dims) {
		loops[i] = axis{dims[i], s, s}
	}
	src0 := 0
	for _, a := range axes {
		src0 += (dims[a] - 1) * loops[a].dst
		loops[a].src = -loops[a].dst
	}
	return newMove(size, loops, 0, src0)
}

// Slice plans the move of the elements at starts, starts+steps, … below limits (each per axis) to an array of
// ⌈(limit − start)/step⌉ elements along each axis. Without steps, all are 1.
func Slice(size int, dims, starts, limits, steps []int) *Move {
	from := strides(dims)
	to := make([]int, len(dims))
	axes := make([]axis, len(dims))
	src0 := 0
	for i := range dims {
		step := 1
		if steps != nil {
			step = steps[i]
		}
		to[i] = (limits[i] - starts[i] + step - 1) / step
		axes[i].src = from[i] * step
		src0 += starts[i] * from[i]
	}
	for i, s := range strides(to) {
		axes[i].n, axes[i].dst = to[i], s
	}
	return newMove(size, axes, 0, src0)
}

// Broadcast plans the copies of an array to one of dimensions to: the array's axis i becomes axis axes[i], along which it
// is repeated where its own dimension is 1; it is repeated along all other axes.
func Broadcast(size int, dims, to, axes []int) *Move {
	loops := make([]axis, len(to))
	for i, s := range strides(to) {
		loops[i] = axis{n: to[i], dst: s}
	}
	for i, s := range strides(dims) {
		if dims[i] != 1 {
			loops[axes[i]].src = s
		}
	}
	return newMove(size, loops, 0, 0)
}
