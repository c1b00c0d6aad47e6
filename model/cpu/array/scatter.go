package array

import (
	"fmt"
	"slices"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// ScatterOp is how a Scatter joins what is there with what comes.
type ScatterOp uint8

// The ways, with Go's rules for NaN and signed zeros.
const (
	ScatterSum ScatterOp = iota
	ScatterMax
	ScatterMin
)

func (op ScatterOp) join(dst, a, b []float32) {
	switch op {
	case ScatterSum:
		vec.Add(dst, a, b)
	case ScatterMax:
		vec.Max(dst, a, b)
	case ScatterMin:
		vec.Min(dst, a, b)
	default:
		panic(fmt.Sprintf("array: no scatter operation %d", op))
	}
}

// Scatter is a plan to join boxes of float32 to an array, at places that an array of indices names: XLA's Scatter
// (https://openxla.org/xla/operation_semantics#scatter), without batch axes in the array.
type Scatter struct {
	op      ScatterOp
	outer   []axis // of a box, but for its innermost loop; dst in the array, src in the updates
	run     axis   // the innermost
	vectors vectors
	batch   []axis // over the index vectors: dst in the indices, src in the updates
	count   int    // of them
	numbers int    // in all updates
}

// ScatterAxes are the axes of a Scatter, named as in XLA.
type ScatterAxes struct {
	IndexVector      int   // axis of the indices along which an index vector lies; their rank if indices are single
	UpdateWindow     []int // axes of the updates that are the boxes', ascending
	InsertedWindow   []int // axes of the array that the updates have not: boxes are 1 wide there
	ScatterToOperand []int // axis of the array that each component of an index vector is for
}

// NewScatter plans it for an array, indices and updates of the given dimensions.
func NewScatter(op ScatterOp, dims, indices, updates []int, a ScatterAxes) *Scatter {
	into, from := strides(dims), strides(updates)
	sizes := make([]int, len(dims))
	var box []axis
	k := 0
	for i := range dims {
		sizes[i] = 1
		if !slices.Contains(a.InsertedWindow, i) {
			u := a.UpdateWindow[k]
			sizes[i] = updates[u]
			box = append(box, axis{updates[u], into[i], from[u]})
			k++
		}
	}
	s := &Scatter{op: op, vectors: newVectors(dims, indices, sizes, a.IndexVector, a.ScatterToOperand), count: 1, run: axis{1, 1, 1}}
	for i, step := range batchStrides(indices, a.IndexVector) {
		at := nth(updates, a.UpdateWindow, i)
		s.batch = append(s.batch, axis{updates[at], step, from[at]})
		s.count *= updates[at]
	}
	if s.numbers = product(updates); s.numbers == 0 {
		return s
	}
	box = normalise(box)
	if k := len(box) - 1; k >= 0 {
		s.outer, s.run = box[:k], box[k]
	}
	return s
}

// Do joins the updates to dst, which holds the array, in their order. at gives the element of the indices at a place (see
// Indices). Boxes that would reach outside dst are left out.
func (s *Scatter) Do(dst, updates []float32, at func(int) int) {
	if len(updates) != s.numbers {
		panic(fmt.Sprintf("array: scatter of %d numbers, not %d", len(updates), s.numbers))
	}
	if s.numbers == 0 {
		return
	}
	// Each goroutine does all boxes, but only a stretch of their innermost loop: so no number is written by two, and all
	// are joined in the same order however many goroutines there are.
	stretch := s.run.n
	if s.numbers > taskBytes/2 {
		stretch = 64
	}
	parallel.For((s.run.n+stretch-1)/stretch, func(_, i int) {
		s.stretch(dst, updates, at, i*stretch, min(stretch, s.run.n-i*stretch))
	})
}

// stretch does elements first to first+n-1 of the innermost loop, in all boxes.
func (s *Scatter) stretch(dst, updates []float32, at func(int) int, first, n int) {
	boxes := newOdometer(s.batch, 0)
	rows := newOdometer(s.outer, 0)
	perBox := 1
	for _, a := range s.outer {
		perBox *= a.n
	}
	for range s.count {
		offset, ok := s.vectors.inside(at, boxes.dst)
		for range perBox {
			if ok {
				s.row(dst, updates, offset+rows.dst+first*s.run.dst, boxes.src+rows.src+first*s.run.src, n)
			}
			rows.next()
		}
		boxes.next()
	}
}

func (s *Scatter) row(dst, updates []float32, d, u, n int) {
	if s.run.dst == 1 && s.run.src == 1 {
		to := dst[d : d+n]
		s.op.join(to, to, updates[u:u+n])
		return
	}
	for range n {
		s.op.join(dst[d:d+1], dst[d:d+1], updates[u:u+1])
		d += s.run.dst
		u += s.run.src
	}
}
