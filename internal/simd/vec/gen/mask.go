package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// truth is the result of a comparison: an opmask register for AVX-512, a vector for AVX2.
type truth = reg.Register

// compare asks a op b in every lane.
func (m *machine) compare(op operand.U8, a reg.VecVirtual, b operand.Op) truth {
	if m.avx512() {
		k := m.K()
		m.VCMPPS(op, b, a, k)
		return k
	}
	v := m.vec()
	m.VCMPPS(op, b, a, v)
	return v
}

// where is v in the lanes that are true and 0 in the others.
func (m *machine) where(t truth, v reg.VecVirtual) reg.VecVirtual {
	r := m.vec()
	if m.avx512() {
		m.VMOVAPS_Z(v, t, r)
	} else {
		m.VANDPS(v, t, r)
	}
	return r
}

// put writes v into the lanes of dst that are true.
func (m *machine) put(t truth, v operand.Op, dst reg.VecVirtual) {
	if m.avx512() {
		m.VMOVAPS(v, t, dst)
	} else {
		m.VBLENDVPS(t, v, dst, dst)
	}
}

func comparison(name string, op operand.U8) kernel {
	return loop{name: name, params: "dst, a, b []float32", in: []string{"a", "b"}, start: func(m *machine) body {
		return func(in []reg.VecVirtual) reg.VecVirtual { return m.bits(m.compare(op, in[0], in[1])) }
	}}.kernel()
}

func scalarComparison(name string, op operand.U8) kernel {
	return loop{name: name, params: "dst, a []float32, s float32", in: []string{"a"}, start: func(m *machine) body {
		s := m.broadcast("s")
		return func(in []reg.VecVirtual) reg.VecVirtual { return m.bits(m.compare(op, in[0], s)) }
	}}.kernel()
}

// bits sets all bits of the lanes that are true and none of the others.
func (m *machine) bits(t truth) reg.VecVirtual {
	if v, ok := t.(reg.VecVirtual); ok {
		return v
	}
	v := m.vec()
	m.VPMOVM2D(t, v)
	return v
}

func masks() []kernel {
	return []kernel{
		comparison("equal", equal), comparison("notEqual", notEqual),
		comparison("less", less), comparison("lessOrEqual", lessOrEqual),
		scalarComparison("equalScalar", equal), scalarComparison("notEqualScalar", notEqual),
		scalarComparison("lessScalar", less), scalarComparison("lessOrEqualScalar", lessOrEqual),
		scalarComparison("greaterScalar", greater), scalarComparison("greaterOrEqualScalar", greaterOrEqual),
		binary("and", func(m *machine, ops ...operand.Op) { m.VANDPS(ops...) }),
		binary("or", func(m *machine, ops ...operand.Op) { m.VORPS(ops...) }),
		binary("xor", func(m *machine, ops ...operand.Op) { m.VXORPS(ops...) }),
		unaryLoop("not", 4, func(m *machine) body {
			all := m.constant(allBits)
			return func(in []reg.VecVirtual) reg.VecVirtual {
				m.VXORPS(all, in[0], in[0])
				return in[0]
			}
		}),
		loop{name: "select", params: "dst, mask, a, b []float32", in: []string{"mask", "a", "b"}, start: func(m *machine) body {
			return func(in []reg.VecVirtual) reg.VecVirtual {
				if m.avx512() {
					m.VPTERNLOGD(operand.U8(0xca), in[2], in[1], in[0]) // in each bit: mask ? a : b
				} else {
					m.VBLENDVPS(in[0], in[1], in[2], in[0])
				}
				return in[0]
			}
		}}.kernel(),
		loop{name: "reluGrad", params: "dst, y, dy []float32", in: []string{"y", "dy"}, start: func(m *machine) body {
			zero := m.zero()
			return func(in []reg.VecVirtual) reg.VecVirtual { return m.where(m.compare(greater, in[0], zero), in[1]) }
		}}.kernel(),
	}
}
