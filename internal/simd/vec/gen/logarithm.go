package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// logarithm writes x = 2ᵉ·m with m between √½ and √2; log m is f − f²/2 + f³·P(f), f = m − 1.
func logarithm(m *machine) body {
	var (
		normal, up = m.float(0x1p-126), m.float(0x1p23)
		root       = m.constant(math.Float32bits(math.Sqrt2 / 2))
		fraction   = m.constant(0x007f_ffff)
		one, half  = m.float(1), m.float(0.5)
		shift      = m.float(23)
		high, low  = m.float(ln2High), m.float(ln2Low)
		poly       = m.horner(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
			-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)
		special = m.logSpecial()
	)
	return func(in []reg.VecVirtual) reg.VecVirtual {
		x := in[0]
		v, e, f, t := m.vec(), m.vec(), m.vec(), m.vec()
		// Numbers that are not normal are scaled up first.
		small := m.compare(less, x, normal)
		m.VMULPS(up, x, t)
		m.VMOVAPS(x, v)
		m.put(small, t, v)
		m.VMOVUPS(shift, t)
		m.VPSUBD(root, v, v)
		m.VPSRAD(operand.U8(23), v, e)
		m.VCVTDQ2PS(e, e)
		t = m.where(small, t)
		m.VSUBPS(t, e, e)
		m.VANDPS(fraction, v, v)
		m.VPADDD(root, v, v)
		m.VSUBPS(one, v, f)
		square, y := v, poly(f)
		m.VMULPS(f, f, square)
		m.VMULPS(f, y, y)
		m.VMULPS(square, y, y)
		m.VFMADD231PS(low, e, y)
		m.VFNMADD231PS(half, square, y)
		m.VADDPS(y, f, f)
		m.VFMADD231PS(high, e, f)
		return special(x, f)
	}
}

// logSpecial puts in what the formula doesn't give: −Inf for zeros, +Inf for +Inf, NaN for NaN and below zero.
func (m *machine) logSpecial() func(x, y reg.VecVirtual) reg.VecVirtual {
	infinity, minus, nan := m.float(math.Inf(1)), m.float(math.Inf(-1)), m.constant(0x7fc0_0000)
	zero := m.zero()
	return func(x, y reg.VecVirtual) reg.VecVirtual {
		m.put(m.compare(equal, x, infinity), infinity, y)
		m.put(m.compare(equal, x, zero), minus, y)
		m.put(m.compare(notGreaterOrEqual, x, zero), nan, y)
		return y
	}
}
