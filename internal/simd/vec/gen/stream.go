package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// streams copy past the caches, and read ahead into them.
func streams() []kernel {
	end := func(m *machine, k kernel) {
		m.begin(k)
		m.SFENCE()
		m.RET()
	}
	return []kernel{
		{name: "stream", params: "dst, src []float32", emit: emitStream},
		{name: "streamEnd", shared: true, emit: end},
		{name: "prefetch", params: "x []float32", shared: true, emit: emitPrefetch},
	}
}

// emitPrefetch asks for each line of 64 bytes.
func emitPrefetch(m *machine, k kernel) {
	m.begin(k)
	x, left := m.base("x"), m.length("x")
	m.SUBQ(operand.U32(1), left)
	m.JLT(operand.LabelRef("done"))
	m.Label("loop")
	m.PREFETCHT0(operand.Mem{Base: x})
	m.ADDQ(operand.U32(64), x)
	m.SUBQ(operand.U32(16), left)
	m.JGE(operand.LabelRef("loop"))
	m.Label("done")
	m.RET()
}

// emitStream copies one by one up to the first address that a non-temporal store takes, then by such stores.
func emitStream(m *machine, k kernel) {
	m.begin(k)
	dst, src, i, left := m.base("dst"), m.base("src"), m.zeroed(), m.length("dst")
	head := m.GP64()
	m.MOVQ(dst, head)
	m.NEGQ(head)
	m.SHRQ(operand.U8(2), head)
	m.ANDQ(operand.U32(m.width-1), head)
	m.CMPQ(head, left)
	m.CMOVQGT(left, head)
	m.SUBQ(head, left)
	m.copyOnes(dst, src, i, head, "head")
	for _, n := range []int{4, 1} {
		label := map[int]string{4: "wide", 1: "single"}[n]
		m.SUBQ(operand.U32(n*m.width), left)
		m.JLT(operand.LabelRef(label + "Done"))
		m.Label(label)
		v := m.vecs(n)
		for u := range v {
			m.VMOVUPS(at(src, i, 4, u*m.width), v[u])
		}
		for u := range v {
			m.VMOVNTPS(v[u], at(dst, i, 4, u*m.width))
		}
		m.ADDQ(operand.U32(n*m.width), i)
		m.SUBQ(operand.U32(n*m.width), left)
		m.JGE(operand.LabelRef(label))
		m.Label(label + "Done")
		m.ADDQ(operand.U32(n*m.width), left)
	}
	m.copyOnes(dst, src, i, left, "tail")
	m.end()
}

// copyOnes copies n numbers one by one.
func (m *machine) copyOnes(dst, src, i, n reg.Register, label string) {
	m.TESTQ(n, n)
	m.JZ(operand.LabelRef(label + "Done"))
	m.Label(label)
	v := m.XMM()
	m.VMOVSS(at(src, i, 4, 0), v)
	m.VMOVSS(v, at(dst, i, 4, 0))
	m.INCQ(i)
	m.DECQ(n)
	m.JNZ(operand.LabelRef(label))
	m.Label(label + "Done")
}
