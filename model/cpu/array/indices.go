package array

import (
	"fmt"
	"slices"
)

// Indices reads whole numbers of any type, by place.
func Indices(x any) func(int) int {
	switch x := x.(type) {
	case []int32:
		return reader(x)
	case []int64:
		return reader(x)
	case []uint8:
		return reader(x)
	case []int8:
		return reader(x)
	case []int16:
		return reader(x)
	case []uint16:
		return reader(x)
	case []uint32:
		return reader(x)
	case []uint64:
		return reader(x)
	}
	panic(fmt.Sprintf("array: indices in %T", x))
}

func reader[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](x []T) func(int) int {
	return func(i int) int { return int(x[i]) }
}

// vectors turns index vectors into offsets in an array.
type vectors struct {
	step    int   // between the components of a vector, in the indices
	limits  []int // per component: the greatest start with which a box stays inside
	strides []int // per component: of its axis
}

// newVectors is for boxes of the given sizes in an array of dimensions dims.
func newVectors(dims, indices, sizes []int, vectorAxis int, startIndexMap []int) vectors {
	v := vectors{step: 1}
	if vectorAxis < len(indices) {
		v.step = strides(indices)[vectorAxis]
	}
	from := strides(dims)
	for _, a := range startIndexMap {
		v.limits = append(v.limits, dims[a]-sizes[a])
		v.strides = append(v.strides, from[a])
	}
	return v
}

// batchStrides are the strides of the indices without those of the vectors.
func batchStrides(indices []int, vectorAxis int) []int {
	s := strides(indices)
	if vectorAxis < len(s) {
		s = slices.Delete(s, vectorAxis, vectorAxis+1)
	}
	return s
}

// clamped is the offset of a box that the vector at place i names, moved inside the array.
func (v *vectors) clamped(at func(int) int, i int) int {
	offset := 0
	for k, limit := range v.limits {
		offset += max(0, min(at(i+k*v.step), limit)) * v.strides[k]
	}
	return offset
}

// inside is the same for a box that must not be moved; ok is false if it reaches outside.
func (v *vectors) inside(at func(int) int, i int) (offset int, ok bool) {
	for k, limit := range v.limits {
		x := at(i + k*v.step)
		if x < 0 || x > limit {
			return 0, false
		}
		offset += x * v.strides[k]
	}
	return offset, true
}
