package array

import (
	"slices"

	"fashionpipe/internal/parallel"
)

// Gather is a plan to put together boxes cut out of an array at places that an array of indices names: XLA's Gather
// (https://openxla.org/xla/operation_semantics#gather), without batch axes in the array.
type Gather struct {
	box     *Move
	size    int   // bytes of an element
	bytes   int   // of a box
	pieces  []run // of a box, if they are few and it is small; else nil
	vectors vectors
	batch   []axis // over the index vectors: dst in the result, src in the indices
	count   int    // of them
}

// GatherAxes are the axes of a Gather, named as in XLA.
type GatherAxes struct {
	IndexVector   int   // axis of the indices along which an index vector lies; their rank if indices are single
	OffsetOutput  []int // axes of the result that the boxes' axes become, ascending
	Collapsed     []int // axes of the array, of size 1 in a box, that the result has not
	StartIndexMap []int // axis of the array that each component of an index vector is for
}

// NewGather plans it for an array and indices of the given dimensions and boxes of the given sizes. The result's
// dimensions are those of the boxes at OffsetOutput and those of the indices, without IndexVector, elsewhere.
func NewGather(size int, dims, indices, sizes []int, a GatherAxes) *Gather {
	to := resultDims(indices, sizes, a)
	into, from := strides(to), strides(dims)
	box := make([]axis, len(dims))
	k := 0
	for i := range dims {
		box[i] = axis{n: sizes[i], src: from[i]}
		if !slices.Contains(a.Collapsed, i) {
			box[i].dst = into[a.OffsetOutput[k]]
			k++
		}
	}
	g := &Gather{box: newMove(size, box, 0, 0), size: size, bytes: product(sizes) * size, count: 1}
	if g.bytes <= smallBox {
		g.pieces = runsOf(box, size)
	}
	g.vectors = newVectors(dims, indices, sizes, a.IndexVector, a.StartIndexMap)
	for i, s := range batchStrides(indices, a.IndexVector) {
		at := nth(to, a.OffsetOutput, i)
		g.batch = append(g.batch, axis{to[at], into[at], s})
		g.count *= to[at]
	}
	return g
}

// resultDims are the dimensions of what a Gather makes.
func resultDims(indices, sizes []int, a GatherAxes) []int {
	batch := slices.Clone(indices)
	if a.IndexVector < len(batch) {
		batch = slices.Delete(batch, a.IndexVector, a.IndexVector+1)
	}
	to := make([]int, len(batch)+len(a.OffsetOutput))
	k := 0
	for i, n := range sizes {
		if !slices.Contains(a.Collapsed, i) {
			to[a.OffsetOutput[k]] = n
			k++
		}
	}
	for i, n := range batch {
		to[nth(to, a.OffsetOutput, i)] = n
	}
	return to
}

// nth is the i-th axis of dims that is not among others.
func nth(dims, others []int, i int) int {
	for at := range dims {
		if slices.Contains(others, at) {
			continue
		}
		if i == 0 {
			return at
		}
		i--
	}
	panic("array: more batch axes than the result has")
}

// Do gathers from src to dst. at gives the element of the indices at a place (see Indices). Boxes that would reach outside
// src are moved inside.
func (g *Gather) Do(dst, src []byte, at func(int) int) {
	if g.count == 1 {
		g.box.DoAt(dst, src, 0, g.vectors.clamped(at, 0))
		return
	}
	per := max(1, taskBytes/max(1, g.bytes))
	if g.count < 2*per {
		g.some(dst, src, at, 0, g.count)
		return
	}
	parallel.For((g.count+per-1)/per, func(_, i int) {
		g.some(dst, src, at, i*per, min(g.count, (i+1)*per))
	})
}

func (g *Gather) some(dst, src []byte, at func(int) int, from, limit int) {
	o := newOdometer(g.batch, from)
	if g.pieces != nil {
		for ; from < limit; from++ {
			to, at := dst[o.dst*g.size:], src[g.vectors.clamped(at, o.src)*g.size:]
			for _, p := range g.pieces {
				copy(to[p.dst:p.dst+p.n], at[p.src:p.src+p.n])
			}
			o.next()
		}
		return
	}
	for ; from < limit; from++ {
		g.box.Serial(dst, src, o.dst, g.vectors.clamped(at, o.src))
		o.next()
	}
}

// Boxes of so many bytes at most (some pixels) are copied piece by piece: a Move, made for large arrays, would take three
// times as long.
const smallBox = 64

// run is n bytes that lie together both in a box's array and in the result.
type run struct{ dst, src, n int }

// runsOf cuts the loops box over elements of size bytes into runs.
func runsOf(box []axis, size int) (runs []run) {
	count := 1
	for _, a := range box {
		count *= a.n
	}
	o := newOdometer(box, 0)
	for range count {
		last := len(runs) - 1
		if d, s := o.dst*size, o.src*size; last >= 0 && runs[last].dst+runs[last].n == d && runs[last].src+runs[last].n == s {
			runs[last].n += size
		} else {
			runs = append(runs, run{d, s, size})
		}
		o.next()
	}
	return runs
}
