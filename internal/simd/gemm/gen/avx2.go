package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// avx2 has 16 registers of 8 numbers. A tile of 6×16 leaves four: B takes two, A one, and the last is the mask.
func avx2() *machine {
	m := &machine{name: "AVX2", file: "avx2", mr: 6, numbers: 8, unroll: 4}
	for v := range 16 {
		m.vector = append(m.vector, registers[v].AsY())
	}
	var ones operand.Mem // a vector of ones, one of zeros
	m.data = func() {
		ones = m.StaticGlobal("ones")
		m.DataAttributes(attr.RODATA | attr.NOPTR)
		for i := range 16 {
			m.AppendDatum(operand.U32([]uint32{0xffffffff, 0}[i/8]))
		}
	}
	m.zero = func(v reg.Register) { m.VXORPS(v, v, v) }
	m.mask = func(n reg.GPPhysical) {
		m.LEAQ(ones, reg.R14)
		m.NEGQ(n)
		m.VMOVUPS(indexed(reg.R14, n, 8*4), m.spare(2))
	}
	m.load = func(from operand.Mem, v reg.Register) { m.VMASKMOVPS(from, m.spare(2), v) }
	m.store = func(v reg.Register, to operand.Mem) { m.VMASKMOVPS(v, m.spare(2), to) }
	return m
}
