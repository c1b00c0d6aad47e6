package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unaryLoop makes a loop on one slice.
func unaryLoop(name string, unroll int, start func(m *machine) body) kernel {
	return loop{name: name, params: "dst, a []float32", in: []string{"a"}, unroll: unroll, start: start}.kernel()
}

func unary() []kernel {
	return []kernel{
		unaryLoop("neg", 4, func(m *machine) body {
			sign := m.constant(signBit)
			return func(in []reg.VecVirtual) reg.VecVirtual {
				m.VXORPS(sign, in[0], in[0])
				return in[0]
			}
		}),
		unaryLoop("abs", 4, func(m *machine) body {
			sign := m.constant(signBit)
			return func(in []reg.VecVirtual) reg.VecVirtual {
				v := m.vec()
				m.VXORPS(sign, in[0], v)
				m.VMAXPS(in[0], v, v) // the second operand, which is a, for zeros and NaN
				return v
			}
		}),
		unaryLoop("sqrt", 2, func(m *machine) body {
			return func(in []reg.VecVirtual) reg.VecVirtual {
				m.VSQRTPS(in[0], in[0])
				return in[0]
			}
		}),
		unaryLoop("rsqrt", 2, func(m *machine) body {
			one := m.floatRegister(1)
			return func(in []reg.VecVirtual) reg.VecVirtual {
				m.VSQRTPS(in[0], in[0])
				m.VDIVPS(in[0], one, in[0])
				return in[0]
			}
		}),
		rounding("floor", 1), rounding("ceil", 2), rounding("round", 0),
		unaryLoop("sign", 4, func(m *machine) body {
			zero, one, minus := m.zero(), m.floatRegister(1), m.floatRegister(-1)
			return func(in []reg.VecVirtual) reg.VecVirtual {
				up := m.where(m.compare(greater, in[0], zero), one)
				down := m.where(m.compare(less, in[0], zero), minus)
				m.VORPS(up, down, up)
				return up
			}
		}),
	}
}

func rounding(name string, mode uint8) kernel {
	return unaryLoop(name, 4, func(m *machine) body {
		return func(in []reg.VecVirtual) reg.VecVirtual {
			m.round(mode, in[0], in[0])
			return in[0]
		}
	})
}

// round makes whole numbers: to the nearest (mode 0, halves to even), down (1), up (2).
func (m *machine) round(mode uint8, a, dst reg.VecVirtual) {
	quiet := operand.U8(mode | 8)
	if m.avx512() {
		m.VRNDSCALEPS(quiet, a, dst)
	} else {
		m.VROUNDPS(quiet, a, dst)
	}
}
