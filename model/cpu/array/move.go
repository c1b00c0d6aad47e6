package array

import (
	"fmt"

	"fashionpipe/internal/parallel"
)

// Variables for the tests, which make them small.
var (
	unitBytes = 32 << 10  // a unit of work is about this large: it stays in the first-level cache
	taskBytes = 256 << 10 // and a task of a goroutine this
	tileLong  = 4096      // elements along a strip of tiles
)

// Move is a plan to copy elements from one array to places in another: nested loops over both, reordered and merged so that
// writes go forward and the innermost two loops are one of a few shapes that are fast. Its loops are cut into units:
// rectangles of the two innermost, numbered in the order of writing.
type Move struct {
	size             int    // bytes of an element
	outer            []axis // loops around the units, outermost first
	rows, cols       axis   // the units' loops; cols is innermost in dst
	rowStep, colStep int    // a unit's extent
	rowUnits         int    // units along rows
	colUnits         int    // units along cols
	units            int    // all of them
	shape            shape
	dst0, src0       int // offsets of the first element
	dstLow, dstHigh  int // the elements reached, from the first
	srcLow, srcHigh  int
	larger           *Move // the same in elements of factor·size bytes, where memory is aligned for them; or nil
	factor           int
}

// newMove plans the loops axes from dst0 and src0 on, in elements of size bytes.
func newMove(size int, axes []axis, dst0, src0 int) *Move {
	for _, a := range axes {
		if a.n == 0 {
			return &Move{size: size}
		}
	}
	axes = normalise(axes)
	m := &Move{size: size, dst0: dst0, src0: src0}
	m.dstLow, m.dstHigh = span(axes, func(a axis) int { return a.dst })
	m.srcLow, m.srcHigh = span(axes, func(a axis) int { return a.src })
	if larger, n := widen(axes, size); n > 1 && dst0%n == 0 && src0%n == 0 {
		m.larger, m.factor = newMove(n*size, larger, dst0/n, src0/n), n
	}
	m.outer, m.rows, m.cols, m.shape = choose(axes, size)
	m.rowStep, m.colStep = m.shape.steps(m.rows, m.cols, size)
	m.rowUnits = (m.rows.n + m.rowStep - 1) / m.rowStep
	m.colUnits = (m.cols.n + m.colStep - 1) / m.colStep
	m.units = m.rowUnits * m.colUnits
	for _, a := range m.outer {
		m.units *= a.n
	}
	return m
}

// Do moves the elements from src to dst, which must not overlap. Elements of dst that the plan does not reach stay.
func (m *Move) Do(dst, src []byte) { m.DoAt(dst, src, 0, 0) }

// DoAt is Do with dst and src taken from dstOff and srcOff elements on.
func (m *Move) DoAt(dst, src []byte, dstOff, srcOff int) {
	m.do(dst, src, dstOff, srcOff, true)
}

// Serial is DoAt in the calling goroutine alone.
func (m *Move) Serial(dst, src []byte, dstOff, srcOff int) {
	m.do(dst, src, dstOff, srcOff, false)
}

func (m *Move) do(dst, src []byte, dstOff, srcOff int, share bool) {
	if m.units == 0 {
		return
	}
	m.check(dst, src, dstOff, srcOff)
	if m.larger != nil && dstOff%m.factor == 0 && srcOff%m.factor == 0 && aligned(dst, src, m.factor*m.size) {
		m.larger.do(cut(dst, m.factor*m.size), cut(src, m.factor*m.size), dstOff/m.factor, srcOff/m.factor, share)
		return
	}
	unit := m.rowStep * m.colStep * m.size
	per := max(1, taskBytes/unit)
	if !share || m.units < 2*per {
		m.some(dst, src, dstOff, srcOff, 0, m.units)
		return
	}
	parallel.For((m.units+per-1)/per, func(_, i int) {
		m.some(dst, src, dstOff, srcOff, i*per, min(m.units, (i+1)*per))
	})
}

// check keeps a plan from arrays it was not made for.
func (m *Move) check(dst, src []byte, dstOff, srcOff int) {
	d, s := m.dst0+dstOff, m.src0+srcOff
	if d+m.dstLow < 0 || (d+m.dstHigh+1)*m.size > len(dst) || s+m.srcLow < 0 || (s+m.srcHigh+1)*m.size > len(src) {
		panic(fmt.Sprintf("array: move of elements %d…%d to %d…%d of %d bytes each: arrays of %d and %d bytes",
			s+m.srcLow, s+m.srcHigh, d+m.dstLow, d+m.dstHigh, m.size, len(src), len(dst)))
	}
}

// cut leaves off what does not fill an element of size bytes.
func cut(b []byte, size int) []byte { return b[:len(b)/size*size] }

// some does the units from to limit-1.
func (m *Move) some(dst, src []byte, dstOff, srcOff, from, limit int) {
	switch m.size {
	case 1:
		walk(m, dst, src, dstOff, srcOff, from, limit)
	case 2:
		walk(m, view[uint16](dst), view[uint16](src), dstOff, srcOff, from, limit)
	case 4:
		walk(m, view[uint32](dst), view[uint32](src), dstOff, srcOff, from, limit)
	case 8:
		walk(m, view[uint64](dst), view[uint64](src), dstOff, srcOff, from, limit)
	case 16:
		walk(m, view[wide](dst), view[wide](src), dstOff, srcOff, from, limit)
	default:
		panic(fmt.Sprintf("array: elements of %d bytes", m.size))
	}
}
