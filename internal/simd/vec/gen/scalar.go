package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// withScalar makes a loop of an operation on a vector and the parameter s, both of which it must leave as they are.
func withScalar(name string, op func(m *machine, a, s, dst reg.VecVirtual)) kernel {
	return loop{name: name, params: "dst, a []float32, s float32", in: []string{"a"}, start: func(m *machine) body {
		s := m.broadcast("s")
		return func(in []reg.VecVirtual) reg.VecVirtual {
			dst := m.vec()
			op(m, in[0], s, dst)
			return dst
		}
	}}.kernel()
}

func scalar() []kernel {
	return []kernel{
		withScalar("addScalar", func(m *machine, a, s, dst reg.VecVirtual) { m.VADDPS(s, a, dst) }),
		withScalar("mulScalar", func(m *machine, a, s, dst reg.VecVirtual) { m.VMULPS(s, a, dst) }),
		withScalar("rsubScalar", func(m *machine, a, s, dst reg.VecVirtual) { m.VSUBPS(a, s, dst) }),
		withScalar("divScalar", func(m *machine, a, s, dst reg.VecVirtual) { m.VDIVPS(s, a, dst) }),
		withScalar("rdivScalar", func(m *machine, a, s, dst reg.VecVirtual) { m.VDIVPS(a, s, dst) }),
		extremeScalar("maxScalar", 0, func(m *machine, a, s, zero, dst reg.VecVirtual) {
			m.VMAXPS(a, s, dst)
			m.VANDNPS(dst, zero, dst)
		}),
		extremeScalar("minScalar", signBit, func(m *machine, a, s, zero, dst reg.VecVirtual) {
			m.VMINPS(a, s, dst)
			m.VORPS(zero, dst, dst)
		}),
	}
}

// extremeScalar is max(a, s) or min(a, s) for an s that is not NaN. VMAXPS and VMINPS give their second operand, for which a
// is taken, if a is NaN, as it should be, and if both are zeros: then the sign may be wrong, but only if s is +0 for
// max, −0 for min. Then zero has the sign bit set in every lane, and no other result can suffer from forcing the sign.
func extremeScalar(name string, zeroBits uint32, op func(m *machine, a, s, zero, dst reg.VecVirtual)) kernel {
	return loop{name: name, params: "dst, a []float32, s float32", in: []string{"a"}, start: func(m *machine) body {
		s, zero := m.broadcast("s"), m.vec()
		bits, sign := m.GP32(), m.GP32()
		m.VMOVD(s.AsX(), bits)
		m.XORL(sign, sign)
		m.CMPL(bits, operand.U32(zeroBits))
		m.SETEQ(sign.As8())
		m.SHLL(operand.U8(31), sign)
		m.VMOVD(sign, zero.AsX())
		m.VPBROADCASTD(zero.AsX(), zero)
		return func(in []reg.VecVirtual) reg.VecVirtual {
			dst := m.vec()
			op(m, in[0], s, zero, dst)
			return dst
		}
	}}.kernel()
}
