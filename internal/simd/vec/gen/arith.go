package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// three is an instruction dst = a op b with the operands as Go writes them: b, a, dst.
type three func(m *machine, ops ...operand.Op)

// binary makes a loop of an instruction on two slices.
func binary(name string, op three) kernel {
	return loop{name: name, params: "dst, a, b []float32", in: []string{"a", "b"}, start: func(m *machine) body {
		return func(in []reg.VecVirtual) reg.VecVirtual {
			op(m, in[1], in[0], in[0])
			return in[0]
		}
	}}.kernel()
}

func arith() []kernel {
	return []kernel{
		binary("add", func(m *machine, ops ...operand.Op) { m.VADDPS(ops...) }),
		binary("sub", func(m *machine, ops ...operand.Op) { m.VSUBPS(ops...) }),
		binary("mul", func(m *machine, ops ...operand.Op) { m.VMULPS(ops...) }),
		binary("div", func(m *machine, ops ...operand.Op) { m.VDIVPS(ops...) }),
		loop{name: "max", params: "dst, a, b []float32", in: []string{"a", "b"}, start: func(m *machine) body {
			return func(in []reg.VecVirtual) reg.VecVirtual { return m.max(in[0], in[1]) }
		}}.kernel(),
		loop{name: "min", params: "dst, a, b []float32", in: []string{"a", "b"}, start: func(m *machine) body {
			return func(in []reg.VecVirtual) reg.VecVirtual { return m.min(in[0], in[1]) }
		}}.kernel(),
		loop{name: "mulAdd", params: "dst, a, b, c []float32", in: []string{"a", "b", "c"}, start: func(m *machine) body {
			return func(in []reg.VecVirtual) reg.VecVirtual {
				m.VFMADD213PS(in[2], in[1], in[0])
				return in[0]
			}
		}}.kernel(),
		loop{name: "fill", params: "dst []float32, s float32", start: func(m *machine) body {
			s := m.broadcast("s")
			return func([]reg.VecVirtual) reg.VecVirtual { return s }
		}}.kernel(),
	}
}

// Predicates of VCMPPS that raise no exception for quiet NaNs.
const (
	equal             = operand.U8(0x00)
	unordered         = operand.U8(0x03)
	notEqual          = operand.U8(0x04)
	less              = operand.U8(0x11)
	lessOrEqual       = operand.U8(0x12)
	greaterOrEqual    = operand.U8(0x1d)
	greater           = operand.U8(0x1e)
	notGreaterOrEqual = operand.U8(0x19) // true with NaN
)

// max is Go's max(a, b). VMAXPS alone gives b when an operand is NaN and when both are zero, whatever their signs.
func (m *machine) max(a, b reg.VecVirtual) reg.VecVirtual {
	if m.avx512() {
		return m.ranged(operand.U8(5), a, b)
	}
	// Both orders of the operands; where they differ, bits are: a NaN's, or the sign of zero. m | d is NaN, or −0 for
	// zeros of both signs; less d it is NaN, or +0.
	x, y, d := m.vec(), m.vec(), m.vec()
	m.VMAXPS(b, a, x)
	m.VMAXPS(a, b, y)
	m.VXORPS(x, y, d)
	m.VORPS(x, d, x)
	m.VSUBPS(d, x, x)
	return x
}

// min is Go's min(a, b).
func (m *machine) min(a, b reg.VecVirtual) reg.VecVirtual {
	if m.avx512() {
		return m.ranged(operand.U8(4), a, b)
	}
	x, y := m.vec(), m.vec()
	m.VMINPS(b, a, x)
	m.VMINPS(a, b, y)
	m.VORPS(x, y, x) // −0 of zeros of both signs, a NaN of a NaN and anything
	return x
}

// ranged is VRANGEPS, which orders zeros by sign, but prefers the other operand to a NaN.
func (m *machine) ranged(what operand.U8, a, b reg.VecVirtual) reg.VecVirtual {
	x, nan := m.vec(), m.K()
	m.VCMPPS(unordered, b, a, nan)
	m.VRANGEPS(what, b, a, x)
	m.VADDPS(b, a, nan, x)
	return x
}
