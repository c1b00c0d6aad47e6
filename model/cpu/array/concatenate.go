package array

// Concatenation is a plan to put arrays one after the other along an axis.
type Concatenation struct{ parts []*Move }

// Concatenate plans the joining, along axis, of arrays that differ in that dimension only.
func Concatenate(size, axis int, arrays ...[]int) *Concatenation {
	to := append([]int(nil), arrays[0]...)
	for _, dims := range arrays[1:] {
		to[axis] += dims[axis]
	}
	c := &Concatenation{}
	offset := 0
	for _, dims := range arrays {
		start := make([]int, len(dims))
		start[axis] = offset
		c.parts = append(c.parts, place(size, dims, to, start))
		offset += dims[axis]
	}
	return c
}

// Do joins the arrays in dst, which overlaps none of them.
func (c *Concatenation) Do(dst []byte, arrays ...[]byte) {
	for i, m := range c.parts {
		m.Do(dst, arrays[i])
	}
}

// place plans the move of a whole array into one of dimensions to, at start.
func place(size int, dims, to, start []int) *Move {
	from := strides(dims)
	axes := make([]axis, len(dims))
	dst0 := 0
	for i, s := range strides(to) {
		axes[i] = axis{dims[i], s, from[i]}
		dst0 += start[i] * s
	}
	return newMove(size, axes, dst0, 0)
}
