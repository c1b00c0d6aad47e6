package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes64 is the number of lanes of the sums in float64.
const lanes64 = 16

// sum64 is a kernel that adds a term of one or two slices up in float64.
type sum64 struct {
	name string
	in   []string
	term func(m *machine, in []reg.VecVirtual) // of float64, into in[0]
}

func sums64() []kernel {
	return []kernel{
		sum64{"sumF64", []string{"x"}, func(*machine, []reg.VecVirtual) {}}.kernel(),
		sum64{"dotF64", []string{"a", "b"}, func(m *machine, in []reg.VecVirtual) {
			m.VMULPD(in[1], in[0], in[0])
		}}.kernel(),
		sum64{"squaredDistanceF64", []string{"a", "b"}, func(m *machine, in []reg.VecVirtual) {
			m.VSUBPD(in[1], in[0], in[0])
			m.VMULPD(in[0], in[0], in[0])
		}}.kernel(),
	}
}

func (s sum64) kernel() kernel {
	k := sum{name: s.name, in: s.in}.kernel("float64")
	k.emit = s.emit
	k.shared = true // 256 bits are as fast: a conversion makes two of one, and the order allows no more sums at a time
	return k
}

func (s sum64) emit(m *machine, k kernel) {
	m.begin(k)
	var bases []reg.Register
	for _, name := range s.in {
		bases = append(bases, m.base(name))
	}
	left, i, half := m.length(s.in[0]), m.zeroed(), m.width/2
	acc := make([]reg.VecVirtual, lanes64/half)
	for j := range acc {
		acc[j] = m.zero()
	}
	load := func(j int, get func(from operand.Mem, to reg.VecVirtual)) {
		in := m.vecs(len(bases))
		for b, base := range bases {
			get(at(base, i, 4, j*half), in[b])
		}
		s.term(m, in)
		m.VADDPD(in[0], acc[j], acc[j])
	}
	m.SUBQ(operand.U32(lanes64), left)
	m.JLT(operand.LabelRef("rest"))
	m.Label("loop")
	for j := range acc {
		load(j, func(from operand.Mem, to reg.VecVirtual) { m.VCVTPS2PD(from, to) })
	}
	m.ADDQ(operand.U32(lanes64), i)
	m.SUBQ(operand.U32(lanes64), left)
	m.JGE(operand.LabelRef("loop"))
	m.Label("rest")
	m.ADDQ(operand.U32(lanes64), left)
	m.JZ(operand.LabelRef("done"))
	count := m.countdown(left)
	for j := range acc {
		m.CMPQ(left, operand.U32(j*half))
		m.JLE(operand.LabelRef("done"))
		get := count(j, half)
		load(j, func(from operand.Mem, to reg.VecVirtual) {
			get(from, to)
			m.widen(to)
		})
	}
	m.Label("done")
	m.Store(m.halves64(acc).AsX(), m.ReturnIndex(0))
	m.end()
}

// widen makes float64 of the float32 in the lower half of a register.
func (m *machine) widen(v reg.VecVirtual) {
	m.VCVTPS2PD(v.AsX(), v)
}

// halves64 is halves for sums of float64.
func (m *machine) halves64(acc []reg.VecVirtual) reg.VecVirtual {
	for n := len(acc) / 2; n > 0; n /= 2 {
		for j := range n {
			m.VADDPD(acc[j+n], acc[j], acc[j])
		}
	}
	for lanes := m.width / 2; lanes > 1; lanes /= 2 { // a float64 is two lanes of 32 bits
		m.VADDPD(m.swapped(acc[0], lanes), acc[0], acc[0])
	}
	return acc[0]
}
