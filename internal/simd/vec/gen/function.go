package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The functions follow S. L. Moshier's Cephes library (expf.c, logf.c), with fused multiplications. Both levels give the
// same bits.
func functions() []kernel {
	return []kernel{
		unaryLoop("exp", 2, func(m *machine) body {
			exp := m.exp()
			return func(in []reg.VecVirtual) reg.VecVirtual { return exp(in[0]) }
		}),
		unaryLoop("log", 2, logarithm),
		unaryLoop("tanh", 2, tanh),
		unaryLoop("logistic", 2, logistic),
	}
}

const (
	ln2High = 0.693359375 // 10 bits: times a whole number below 2¹⁴ it is exact
	ln2Low  = -2.12194440054690582e-4
)

// horner evaluates a polynomial, highest coefficient first.
func (m *machine) horner(coefficients ...float64) func(x reg.VecVirtual) reg.VecVirtual {
	ops := make([]operand.Op, len(coefficients))
	for i, c := range coefficients {
		ops[i] = m.float(c)
	}
	return func(x reg.VecVirtual) reg.VecVirtual {
		p := m.vec()
		m.VMOVUPS(ops[0], p)
		for _, c := range ops[1:] {
			m.VFMADD213PS(c, x, p)
		}
		return p
	}
}

// reduced splits x into whole multiples n of ln 2 and the rest: it gives n, and e to the rest, less 1. |x| is below 2¹⁰.
func (m *machine) reduced() func(x reg.VecVirtual) (n, expm1 reg.VecVirtual) {
	log2e, high, low := m.float(math.Log2E), m.float(ln2High), m.float(ln2Low)
	poly := m.horner(1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
	return func(x reg.VecVirtual) (n, expm1 reg.VecVirtual) {
		n, r, square := m.vec(), m.vec(), m.vec()
		m.VMULPS(log2e, x, n)
		m.round(0, n, n)
		m.VMOVAPS(x, r)
		m.VFNMADD231PS(high, n, r)
		m.VFNMADD231PS(low, n, r)
		p := poly(r)
		m.VMULPS(r, r, square)
		m.VFMADD213PS(r, square, p)
		return n, p
	}
}

// exp gives eˣ. Outside the limits the result is 0 or +Inf anyway.
func (m *machine) exp() func(x reg.VecVirtual) reg.VecVirtual {
	least, most, one := m.constantMin(-104), m.constantMin(89), m.float(1)
	split, scale := m.reduced(), m.scale()
	return func(x reg.VecVirtual) reg.VecVirtual {
		v := m.vec()
		m.VMINPS(x, most(), v) // the second operand, x, for NaN
		m.VMAXPS(v, least(), v)
		n, p := split(v)
		m.VADDPS(one, p, p)
		return scale(p, n)
	}
}

// constantMin is a constant for the first operand of VMINPS and VMAXPS, which can't be memory.
func (m *machine) constantMin(f float64) func() reg.VecVirtual {
	c := m.float(f)
	return func() reg.VecVirtual {
		if r, ok := c.(reg.VecVirtual); ok {
			return r
		}
		r := m.vec()
		m.VMOVUPS(c, r)
		return r
	}
}

// scale gives p·2ⁿ for whole n, also where that is not a normal number. AVX2 multiplies twice by powers of half the
// exponent: only the second product is rounded.
func (m *machine) scale() func(p, n reg.VecVirtual) reg.VecVirtual {
	if m.avx512() {
		return func(p, n reg.VecVirtual) reg.VecVirtual {
			m.VSCALEFPS(n, p, p)
			return p
		}
	}
	one := m.constant(math.Float32bits(1))
	return func(p, n reg.VecVirtual) reg.VecVirtual {
		half := m.vec()
		m.VCVTPS2DQ(n, n)
		m.VPSRAD(operand.U8(1), n, half)
		m.VPSUBD(half, n, n)
		for _, e := range []reg.VecVirtual{half, n} {
			m.VPSLLD(operand.U8(23), e, e)
			m.VPADDD(one, e, e)
			m.VMULPS(e, p, p)
		}
		return p
	}
}

// logistic is 1/(1+e⁻ˣ) = e^−|x| / (1 + e^−|x|) below zero.
func logistic(m *machine) body {
	sign, exp, zero, one := m.constant(signBit), m.exp(), m.zero(), m.floatRegister(1)
	return func(in []reg.VecVirtual) reg.VecVirtual {
		v, over, under := m.vec(), m.vec(), m.vec()
		m.VORPS(sign, in[0], v)
		e := exp(v)
		m.VMOVAPS(one, over)
		m.put(m.compare(less, in[0], zero), e, over)
		m.VADDPS(one, e, under)
		m.VDIVPS(under, over, over)
		return over
	}
}

// tanh is (e²ˣ − 1)/(e²ˣ + 1) for |x|, then with x's sign; e²ˣ − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1) loses nothing near zero.
func tanh(m *machine) body {
	sign, most, one, two := m.constant(signBit), m.constantMin(10), m.constant(math.Float32bits(1)), m.float(2)
	split := m.reduced()
	return func(in []reg.VecVirtual) reg.VecVirtual {
		s, v := m.vec(), m.vec()
		m.VANDPS(sign, in[0], s)
		m.VXORPS(s, in[0], v)
		m.VMINPS(v, most(), v) // from there on the result rounds to 1; NaN stays
		m.VADDPS(v, v, v)
		n, p := split(v)
		power := m.vec()
		m.VCVTPS2DQ(n, n)
		m.VPSLLD(operand.U8(23), n, n)
		m.VPADDD(one, n, power)
		m.VSUBPS(one, power, n)
		m.VFMADD213PS(n, power, p)
		m.VADDPS(two, p, n)
		m.VDIVPS(n, p, p)
		m.VORPS(s, p, p)
		return p
	}
}
