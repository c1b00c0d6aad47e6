package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// avx512 has 32 registers of 16 numbers, and masks for any instruction.
func avx512() *machine {
	m := &machine{name: "AVX512", file: "avx512", mr: 12, numbers: 16, unroll: 4}
	for v := range 32 {
		m.vector = append(m.vector, registers[v].AsZ())
	}
	m.data = func() {}
	m.zero = func(v reg.Register) { m.VPXORD(v, v, v) }
	m.mask = func(n reg.GPPhysical) {
		m.MOVQ(operand.I32(-1), reg.R14)
		m.BZHIQ(n, reg.R14, n)
		m.KMOVW(n.As32(), reg.K1)
	}
	m.load = func(from operand.Mem, v reg.Register) { m.VMOVUPS_Z(from, reg.K1, v) }
	m.store = func(v reg.Register, to operand.Mem) { m.VMOVUPS(v, reg.K1, to) }
	return m
}

// registers are the vector registers.
var registers = []reg.VecPhysical{
	reg.X0, reg.X1, reg.X2, reg.X3, reg.X4, reg.X5, reg.X6, reg.X7,
	reg.X8, reg.X9, reg.X10, reg.X11, reg.X12, reg.X13, reg.X14, reg.X15,
	reg.X16, reg.X17, reg.X18, reg.X19, reg.X20, reg.X21, reg.X22, reg.X23,
	reg.X24, reg.X25, reg.X26, reg.X27, reg.X28, reg.X29, reg.X30, reg.X31,
}
