package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes64 is the number of lanes of the sums in float64.
const lanes64 = 16

// sum64 is a kernel that adds a term of one or two slices up in float64.
type sum64 struct {
	name   string
	params string
	in     []string
	wide   string                                     // the slice, if any, that is of float64
	term   func(m *machine) func(in []reg.VecVirtual) // of float64, into in[0]
}

func sums64() []kernel {
	simple := func(f func(m *machine, in []reg.VecVirtual)) func(*machine) func([]reg.VecVirtual) {
		return func(m *machine) func([]reg.VecVirtual) { return func(in []reg.VecVirtual) { f(m, in) } }
	}
	squares := func(m *machine, in []reg.VecVirtual) {
		m.VSUBPD(in[1], in[0], in[0])
		m.VMULPD(in[0], in[0], in[0])
	}
	both := []string{"a", "b"}
	return []kernel{
		sum64{"sumF64", "x []float32", []string{"x"}, "", simple(func(*machine, []reg.VecVirtual) {})}.kernel(),
		sum64{"dotF64", "a, b []float32", both, "", simple(func(m *machine, in []reg.VecVirtual) {
			m.VMULPD(in[1], in[0], in[0])
		})}.kernel(),
		sum64{"squaredDistanceF64", "a, b []float32", both, "", simple(squares)}.kernel(),
		sum64{"squaredDistanceToF64", "a []float32, b []float64", both, "b", simple(squares)}.kernel(),
		sum64{"scaledSquaredDistanceF64", "a, b []float32, s, t float64", both, "", func(m *machine) func([]reg.VecVirtual) {
			s, t := m.broadcast64("s"), m.broadcast64("t")
			return func(in []reg.VecVirtual) {
				m.VMULPD(s, in[0], in[0])
				m.VMULPD(t, in[1], in[1])
				squares(m, in)
			}
		}}.kernel(),
	}
}

func (s sum64) kernel() kernel {
	// 256 bits are as fast: a conversion makes two of one, and the order allows no more sums at a time
	return kernel{name: s.name, params: s.params, result: "float64", emit: s.emit, shared: true}
}

func (s sum64) emit(m *machine, k kernel) {
	m.begin(k)
	term := s.term(m)
	var bases []reg.Register
	for _, name := range s.in {
		bases = append(bases, m.base(name))
	}
	left, i, half := m.length(s.in[0]), m.zeroed(), m.width/2
	acc := make([]reg.VecVirtual, lanes64/half)
	for j := range acc {
		acc[j] = m.zero()
	}
	load := func(j int, narrow, wide func(from operand.Mem, to reg.VecVirtual)) {
		in := m.vecs(len(bases))
		for b, base := range bases {
			if s.in[b] == s.wide {
				wide(at(base, i, 8, j*half), in[b])
			} else {
				narrow(at(base, i, 4, j*half), in[b])
			}
		}
		term(in)
		m.VADDPD(in[0], acc[j], acc[j])
	}
	m.SUBQ(operand.U32(lanes64), left)
	m.JLT(operand.LabelRef("rest"))
	m.Label("loop")
	for j := range acc {
		load(j, func(from operand.Mem, to reg.VecVirtual) { m.VCVTPS2PD(from, to) },
			func(from operand.Mem, to reg.VecVirtual) { m.VMOVUPD(from, to) })
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
		}, m.rest64(left, j*half))
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
