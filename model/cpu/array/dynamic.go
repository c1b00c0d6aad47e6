package array

import "fmt"

// Dynamic is a plan to copy a box whose place is known only when it is done.
type Dynamic struct {
	move    *Move
	limits  []int // greatest start along each axis
	strides []int // of the array that has the box in it
	inDst   bool  // which is dst, not src
}

// DynamicSlice plans the move of a box of the given sizes out of an array.
func DynamicSlice(size int, dims, sizes []int) *Dynamic {
	zero := make([]int, len(dims))
	return dynamic(Slice(size, dims, zero, sizes, nil), dims, sizes, false)
}

// DynamicUpdate plans the move of an array of the given sizes into one of dimensions dims, of which the rest stays.
func DynamicUpdate(size int, dims, sizes []int) *Dynamic {
	zero := make([]int, len(dims))
	return dynamic(place(size, sizes, dims, zero), dims, sizes, true)
}

func dynamic(m *Move, dims, sizes []int, inDst bool) *Dynamic {
	d := &Dynamic{move: m, limits: make([]int, len(dims)), strides: strides(dims), inDst: inDst}
	for i := range dims {
		d.limits[i] = dims[i] - sizes[i]
	}
	return d
}

// Do copies the box at starts (one per axis). As in XLA, starts from which it would reach outside are moved inside.
func (d *Dynamic) Do(dst, src []byte, starts []int) {
	if len(starts) != len(d.limits) {
		panic(fmt.Sprintf("array: %d starts for %d axes", len(starts), len(d.limits)))
	}
	offset := 0
	for i, s := range starts {
		offset += max(0, min(s, d.limits[i])) * d.strides[i]
	}
	if d.inDst {
		d.move.DoAt(dst, src, offset, 0)
	} else {
		d.move.DoAt(dst, src, 0, offset)
	}
}
