package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// column is a kernel that adds a term of each row of x (rows of len(acc) numbers) to acc. It goes down the rows with a group of
// some vectors of columns at a time, whose sums stay in registers.
type column struct {
	name, params string
	mean, y      bool
	squares      bool                                             // a second row of sums, of squares
	group        map[string]int                                   // vectors in a group, by level: as many as hide the latency of the sum, if registers allow
	add          func(m *machine, x, mean, y, acc reg.VecVirtual) // with squares, these come in the place of y
}

func columns() []kernel {
	products := func(m *machine, x, mean, y, acc reg.VecVirtual) {
		m.VSUBPS(mean, x, x)
		m.VFMADD231PS(y, x, acc)
	}
	moments := func(m *machine, x, mean, squares, acc reg.VecVirtual) {
		m.VSUBPS(mean, x, x)
		m.VADDPS(x, acc, acc)
		m.VFMADD231PS(x, x, squares)
	}
	return []kernel{
		column{name: "centredMoments", params: "acc, squares, x, mean []float32", mean: true, squares: true,
			group: map[string]int{"AVX512": 8, "AVX2": 4}, add: moments}.kernel(),
		column{name: "addColumns", params: "acc, x []float32", group: map[string]int{"AVX512": 8, "AVX2": 8},
			add: func(m *machine, x, _, _, acc reg.VecVirtual) { m.VADDPS(x, acc, acc) }}.kernel(),
		column{name: "centredProducts", params: "acc, x, mean, y []float32", mean: true, y: true,
			group: map[string]int{"AVX512": 8, "AVX2": 4}, add: products}.kernel(),
	}
}

func (c column) kernel() kernel { return kernel{name: c.name, params: c.params, emit: c.emit} }

// place is where a column kernel is: the addresses of the group's first column in the first row, the byte that ends x, the bytes from
// row to row, and the columns left.
type place struct {
	acc, squares, x, mean, y, end, stride, left reg.Register
}

func (c column) emit(m *machine, k kernel) {
	m.begin(k)
	p := place{acc: m.base("acc"), x: m.base("x"), end: m.length("x"), left: m.length("acc"), stride: m.GP64()}
	if c.mean {
		p.mean = m.base("mean")
	}
	if c.y {
		p.y = m.base("y")
	}
	if c.squares {
		p.squares = m.base("squares")
	}
	m.TESTQ(p.end, p.end)
	m.JZ(operand.LabelRef("done"))
	m.LEAQ(operand.Mem{Base: p.x, Index: p.end, Scale: 4}, p.end)
	m.MOVQ(p.left, p.stride)
	m.SHLQ(operand.U8(2), p.stride)
	most := c.group[m.name]
	m.Label("next")
	for v := most; v > 0; v-- {
		label := fmt.Sprintf("below%d", v)
		m.CMPQ(p.left, operand.U32(v*m.width))
		m.JLT(operand.LabelRef(label))
		c.rows(m, p, v, fmt.Sprintf("rows%d", v), false)
		m.JMP(operand.LabelRef("next"))
		m.Label(label)
	}
	m.TESTQ(p.left, p.left)
	m.JZ(operand.LabelRef("done"))
	c.rows(m, p, 1, "rest", true)
	m.Label("done")
	m.end()
}

// rows goes down the rows with v vectors of columns and moves on to the next columns. If partial, there are fewer columns
// left than one vector has.
func (c column) rows(m *machine, p place, v int, label string, partial bool) {
	load := func(from operand.Mem, to reg.VecVirtual) { m.VMOVUPS(from, to) }
	store := func(from reg.VecVirtual, to operand.Mem) { m.VMOVUPS(from, to) }
	if partial {
		load, store = m.partial(p.left)
	}
	vector := func(base reg.Register, j int) operand.Mem { return operand.Mem{Base: base, Disp: 4 * m.width * j} }
	acc, mean, squares := m.vecs(v), make([]reg.VecVirtual, v), make([]reg.VecVirtual, v)
	for j := range v {
		load(vector(p.acc, j), acc[j])
		if c.mean {
			mean[j] = m.vec()
			load(vector(p.mean, j), mean[j])
		}
		if c.squares {
			squares[j] = m.vec()
			load(vector(p.squares, j), squares[j])
		}
	}
	x, y := m.GP64(), reg.Register(nil)
	m.MOVQ(p.x, x)
	if c.y {
		r := m.GP64()
		m.MOVQ(p.y, r)
		y = r
	}
	m.Label(label)
	for j := range v {
		xv, yv := m.vec(), squares[j]
		load(vector(x, j), xv)
		if c.y {
			yv = m.vec()
			load(vector(y, j), yv)
		}
		c.add(m, xv, mean[j], yv, acc[j])
	}
	if c.y {
		m.ADDQ(p.stride, y)
	}
	m.ADDQ(p.stride, x)
	m.CMPQ(x, p.end)
	m.JLT(operand.LabelRef(label))
	for j := range v {
		store(acc[j], vector(p.acc, j))
		if c.squares {
			store(squares[j], vector(p.squares, j))
		}
	}
	if !partial {
		c.advance(m, p, v)
	}
}

func (c column) advance(m *machine, p place, v int) {
	for _, r := range []reg.Register{p.acc, p.squares, p.x, p.mean, p.y} {
		if r != nil {
			m.ADDQ(operand.U32(4*m.width*v), r)
		}
	}
	m.SUBQ(operand.U32(m.width*v), p.left)
}

// partial loads and stores the n lowest lanes only.
func (m *machine) partial(n reg.Register) (load func(operand.Mem, reg.VecVirtual), store func(reg.VecVirtual, operand.Mem)) {
	if m.avx512() {
		k := m.lowest(n)
		return func(from operand.Mem, to reg.VecVirtual) { m.VMOVUPS_Z(from, k, to) },
			func(from reg.VecVirtual, to operand.Mem) { m.VMOVUPS(from, k, to) }
	}
	mask := m.vec()
	m.VMOVD(n.(reg.GPVirtual).As32(), mask.AsX())
	m.VPBROADCASTD(mask.AsX(), mask)
	m.VPCMPGTD(m.pool.iota(), mask, mask)
	return func(from operand.Mem, to reg.VecVirtual) { m.VMASKMOVPS(from, mask, to) },
		func(from reg.VecVirtual, to operand.Mem) { m.VMASKMOVPS(from, mask, to) }
}
