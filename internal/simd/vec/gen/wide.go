package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// broadcast64 loads a float64 parameter into every lane.
func (m *machine) broadcast64(name string) reg.VecVirtual {
	a, err := m.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	v := m.vec()
	m.VBROADCASTSD(a.Addr, v)
	return v
}

// rest64 loads float64 numbers as far as the slice goes: those from first on of what is left of a block, zeros past the
// end.
func (m *machine) rest64(left reg.Register, first int) func(from operand.Mem, to reg.VecVirtual) {
	n := m.vec()
	m.VMOVD(left.(reg.GPVirtual).As32(), n.AsX())
	places := m.pool.iota().Offset(4 * first)
	m.VPBROADCASTD(n.AsX(), n.AsX())
	m.VPCMPGTD(places, n.AsX(), n.AsX())
	m.VPMOVSXDQ(n.AsX(), n)
	return func(from operand.Mem, to reg.VecVirtual) { m.VMASKMOVPD(from, n, to) }
}

// accumulations add to sums in float64.
func accumulations() []kernel {
	return []kernel{
		{name: "addF64", params: "acc []float64, x []float32", shared: true, emit: func(m *machine, k kernel) {
			m.begin(k)
			m.accumulate(nil)
		}},
		{name: "addScaledF64", params: "acc []float64, x []float32, s float64", shared: true, emit: func(m *machine, k kernel) {
			m.begin(k)
			m.accumulate(m.broadcast64("s"))
		}},
	}
}

// accumulate adds x, times s if there is one, to acc.
func (m *machine) accumulate(s reg.VecVirtual) {
	acc, x, left, i, half := m.base("acc"), m.base("x"), m.length("acc"), m.zeroed(), m.width/2
	turn := func(label string, n, step int, add func(sum, x operand.Mem)) {
		m.SUBQ(operand.U32(n*step), left)
		m.JLT(operand.LabelRef(label + "Done"))
		m.Label(label)
		for j := range n {
			add(at(acc, i, 8, j*step), at(x, i, 4, j*step))
		}
		m.ADDQ(operand.U32(n*step), i)
		m.SUBQ(operand.U32(n*step), left)
		m.JGE(operand.LabelRef(label))
		m.Label(label + "Done")
		m.ADDQ(operand.U32(n*step), left)
	}
	vector := func(sum, x operand.Mem) {
		v := m.vec()
		m.VCVTPS2PD(x, v)
		if s != nil {
			m.VMULPD(s, v, v)
		}
		m.VADDPD(sum, v, v)
		m.VMOVUPD(v, sum)
	}
	turn("wide", 4, half, vector)
	turn("single", 1, half, vector)
	turn("one", 1, 1, func(sum, x operand.Mem) {
		v := m.XMM()
		m.VXORPS(v, v, v)
		m.VCVTSS2SD(x, v, v)
		if s != nil {
			m.VMULSD(s.AsX(), v, v)
		}
		m.VADDSD(sum, v, v)
		m.VMOVSD(v, sum)
	})
	m.end()
}
