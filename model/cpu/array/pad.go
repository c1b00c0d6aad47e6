package array

import "slices"

// Padding says how many elements come before an axis, after it and between each two of its own. Start and End below zero
// take elements away; Interior must not be negative.
type Padding struct{ Start, End, Interior int }

// Pad is a plan to pad an array with a value.
type Pad struct {
	fills []*Move // the value, where no element comes
	body  *Move
}

// NewPad plans the padding of an array of the given dimensions, one Padding per axis; axes without one stay as they are.
// Dimensions become Start + n + (n−1)·Interior + End.
func NewPad(size int, dims []int, paddings ...Padding) *Pad {
	paddings = append(slices.Clone(paddings), make([]Padding, len(dims)-len(paddings))...)
	to := make([]int, len(dims))
	for i, p := range paddings {
		to[i] = dims[i] + p.Start + p.End + max(0, dims[i]-1)*p.Interior
	}
	into, from := strides(to), strides(dims)
	body := make([]axis, len(dims))
	first := make([]int, len(dims)) // in to, of the first element that stays
	src0, dst0 := 0, 0
	for i, p := range paddings {
		step := p.Interior + 1
		skip := min(dims[i], max(0, (-p.Start+step-1)/step)) // elements cut off at the start
		first[i] = p.Start + skip*step
		body[i] = axis{max(0, min(dims[i]-skip, (to[i]-first[i]+step-1)/step)), into[i] * step, from[i]}
		src0 += skip * from[i]
		dst0 += first[i] * into[i]
	}
	p := &Pad{body: newMove(size, body, dst0, src0)}
	p.fills = borders(size, to, into, body, first)
	return p
}

// borders plans the filling of what the body does not reach: slabs before and after it along each axis, outermost axis
// first, each as wide as the body along the axes already done. With gaps inside, all is filled.
func borders(size int, to, into []int, body []axis, first []int) []*Move {
	all := make([]axis, len(to))
	dense := true
	for i := range to {
		all[i] = axis{n: to[i], dst: into[i]}
		dense = dense && body[i].n > 0 && (body[i].n == 1 || body[i].dst == into[i])
	}
	if !dense {
		return []*Move{newMove(size, all, 0, 0)}
	}
	var fills []*Move
	origin := 0
	for i, b := range body {
		last := first[i] + b.n
		for _, slab := range [2]struct{ at, n int }{{0, first[i]}, {last, to[i] - last}} {
			if slab.n > 0 {
				all[i].n = slab.n
				fills = append(fills, newMove(size, all, origin+slab.at*into[i], 0))
			}
		}
		all[i].n = b.n
		origin += first[i] * into[i]
	}
	return fills
}

// Do pads src with value, one element, to dst.
func (p *Pad) Do(dst, src, value []byte) {
	for _, m := range p.fills {
		m.Do(dst, value)
	}
	p.body.Do(dst, src)
}
