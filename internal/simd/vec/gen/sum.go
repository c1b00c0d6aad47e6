package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes of the sums in float32; package vec says how they are added.
const lanes = 64

func sums() []kernel {
	return []kernel{
		{name: "sum", params: "x []float32", result: "float32", emit: emitSum},
		extreme("maximum", 0xff80_0000, func(m *machine, a, b reg.VecVirtual) reg.VecVirtual { return m.max(a, b) }),
		extreme("minimum", 0x7f80_0000, func(m *machine, a, b reg.VecVirtual) reg.VecVirtual { return m.min(a, b) }),
	}
}

// emitSum adds a slice up, in lanes.
func emitSum(m *machine, k kernel) {
	m.begin(k)
	x, left, i := m.base("x"), m.length("x"), m.zeroed()
	acc := make([]reg.VecVirtual, lanes/m.width)
	for j := range acc {
		acc[j] = m.zero()
	}
	load := func(j int, get func(from operand.Mem, to reg.VecVirtual)) {
		v := m.vec()
		get(at(x, i, 4, j*m.width), v)
		m.VADDPS(v, acc[j], acc[j])
	}
	m.SUBQ(operand.U32(lanes), left)
	m.JLT(operand.LabelRef("rest"))
	m.Label("loop")
	for j := range acc {
		load(j, func(from operand.Mem, to reg.VecVirtual) { m.VMOVUPS(from, to) })
	}
	m.ADDQ(operand.U32(lanes), i)
	m.SUBQ(operand.U32(lanes), left)
	m.JGE(operand.LabelRef("loop"))
	m.Label("rest")
	m.ADDQ(operand.U32(lanes), left)
	count := m.countdown(left)
	for j := range acc {
		m.CMPQ(left, operand.U32(j*m.width))
		m.JLE(operand.LabelRef("done"))
		get := count(j, m.width)
		load(j, get)
	}
	m.Label("done")
	total := m.halves(acc, func(a, b reg.VecVirtual) reg.VecVirtual { m.VADDPS(b, a, a); return a })
	m.Store(total.AsX(), m.ReturnIndex(0))
	m.end()
}

// countdown prepares loads of what is left of a block: count(j, width) loads lanes j·width …, zeros past the end.
func (m *machine) countdown(left reg.Register) func(j, width int) func(from operand.Mem, to reg.VecVirtual) {
	n := m.vec()
	m.VMOVD(left.(reg.GPVirtual).As32(), n.AsX())
	m.VPBROADCASTD(n.AsX(), n)
	iota := m.pool.iota()
	return func(j, width int) func(from operand.Mem, to reg.VecVirtual) {
		places := iota.Offset(4 * width * j)
		if m.avx512() {
			k := m.K()
			m.VPCMPGTD(places, n, k)
			return func(from operand.Mem, to reg.VecVirtual) { m.VMOVUPS_Z(from, k, to) }
		}
		if width == 8 {
			mask := m.YMM()
			m.VPCMPGTD(places, n, mask)
			return func(from operand.Mem, to reg.VecVirtual) { m.VMASKMOVPS(from, mask, to) }
		}
		mask := m.XMM()
		m.VPCMPGTD(places, n.AsX(), mask)
		return func(from operand.Mem, to reg.VecVirtual) { m.VMASKMOVPS(from, mask, to.AsX()) }
	}
}

// halves joins the lanes of all vectors, the upper half with the lower until one is left: it ends in the lowest lane.
func (m *machine) halves(acc []reg.VecVirtual, join func(a, b reg.VecVirtual) reg.VecVirtual) reg.VecVirtual {
	for n := len(acc) / 2; n > 0; n /= 2 {
		for j := range n {
			acc[j] = join(acc[j], acc[j+n])
		}
	}
	a := acc[0]
	for lane := m.width / 2; lane > 0; lane /= 2 {
		a = join(a, m.swapped(a, lane))
	}
	return a
}

// swapped exchanges neighbouring groups of lanes of 32 bits.
func (m *machine) swapped(a reg.VecVirtual, lanes int) reg.VecVirtual {
	b := m.vec()
	switch {
	case lanes == 8:
		m.VSHUFF32X4(operand.U8(0x4e), a, a, b)
	case lanes == 4 && m.avx512():
		m.VSHUFF32X4(operand.U8(0xb1), a, a, b)
	case lanes == 4:
		m.VPERM2F128(operand.U8(1), a, a, b)
	case lanes == 2:
		m.VPERMILPS(operand.U8(0x4e), a, b)
	case lanes == 1:
		m.VPERMILPS(operand.U8(0xb1), a, b)
	default:
		panic(fmt.Sprint("no swap of ", lanes))
	}
	return b
}

// extreme is the maximum or minimum of a slice. The order doesn't matter, so what is left at the end goes one by one,
// broadcast, into one of the vectors.
func extreme(name string, start uint32, join func(m *machine, a, b reg.VecVirtual) reg.VecVirtual) kernel {
	return kernel{name: name, params: "x []float32", result: "float32", emit: func(m *machine, k kernel) {
		m.begin(k)
		x, left, i := m.base("x"), m.length("x"), m.zeroed()
		acc := m.vecs(4)
		for j := range acc {
			acc[j] = m.constantRegister(start)
		}
		turn := func(label string, n, step int, load func(from operand.Mem, to reg.VecVirtual)) {
			m.SUBQ(operand.U32(n*step), left)
			m.JLT(operand.LabelRef(label + "Done"))
			m.Label(label)
			for j := range n {
				v := m.vec()
				load(at(x, i, 4, j*step), v)
				m.VMOVAPS(join(m, acc[j], v), acc[j])
			}
			m.ADDQ(operand.U32(n*step), i)
			m.SUBQ(operand.U32(n*step), left)
			m.JGE(operand.LabelRef(label))
			m.Label(label + "Done")
			m.ADDQ(operand.U32(n*step), left)
		}
		turn("wide", 4, m.width, func(from operand.Mem, to reg.VecVirtual) { m.VMOVUPS(from, to) })
		turn("single", 1, m.width, func(from operand.Mem, to reg.VecVirtual) { m.VMOVUPS(from, to) })
		turn("one", 1, 1, func(from operand.Mem, to reg.VecVirtual) { m.VBROADCASTSS(from, to) })
		r := m.halves(acc, func(a, b reg.VecVirtual) reg.VecVirtual { return join(m, a, b) })
		m.Store(r.AsX(), m.ReturnIndex(0))
		m.end()
	}}
}
