package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// body computes a vector from vectors; it may write over its operands.
type body func(in []reg.VecVirtual) reg.VecVirtual

// loop is a kernel that does the same at every place: load, compute, store.
type loop struct {
	name, params string
	in           []string // the slices to load
	unroll       int      // vectors in a turn; 4 if not said
	bytesIn      bool     // the slices hold bytes, widened to 32 bits
	bytesOut     bool     // dst holds bytes, the lowest of each 32 bits
	start        func(m *machine) body
}

// slices are the addresses of a loop's operands and the index they have come to.
type slices struct {
	dst reg.Register
	in  []reg.Register
	i   reg.Register
}

func (l loop) kernel() kernel {
	if l.unroll == 0 {
		l.unroll = 4
	}
	return kernel{name: l.name, params: l.params, emit: l.emit}
}

func (l loop) emit(m *machine, k kernel) {
	m.begin(k)
	compute := l.start(m)
	s := slices{dst: m.base("dst"), i: m.zeroed()}
	for _, name := range l.in {
		s.in = append(s.in, m.base(name))
	}
	left := m.length("dst")
	l.vectors(m, s, left, l.unroll, "wide", compute)
	if l.unroll > 1 {
		l.vectors(m, s, left, 1, "single", compute)
	}
	m.TESTQ(left, left)
	m.JZ(operand.LabelRef("done"))
	if m.avx512() {
		l.masked(m, s, left, compute)
	} else {
		l.ones(m, s, left, compute)
	}
	m.Label("done")
	m.end()
}

// vectors is the loop that does n vectors in a turn, as long as as many are left.
func (l loop) vectors(m *machine, s slices, left reg.Register, n int, label string, compute body) {
	m.SUBQ(operand.U32(n*m.width), left)
	m.JLT(operand.LabelRef(label + "Done"))
	m.Label(label)
	for u := range n {
		in := make([]reg.VecVirtual, len(s.in))
		for j, base := range s.in {
			in[j] = m.vec()
			if l.bytesIn {
				m.VPMOVZXBD(at(base, s.i, 1, u*m.width), in[j])
			} else {
				m.VMOVUPS(at(base, s.i, 4, u*m.width), in[j])
			}
		}
		out := compute(in)
		if l.bytesOut {
			m.storeBytes(out, at(s.dst, s.i, 1, u*m.width))
		} else {
			m.VMOVUPS(out, at(s.dst, s.i, 4, u*m.width))
		}
	}
	m.ADDQ(operand.U32(n*m.width), s.i)
	m.SUBQ(operand.U32(n*m.width), left)
	m.JGE(operand.LabelRef(label))
	m.Label(label + "Done")
	m.ADDQ(operand.U32(n*m.width), left)
}

// masked does the last, incomplete vector of AVX-512.
func (l loop) masked(m *machine, s slices, left reg.Register, compute body) {
	mask := m.lowest(left)
	in := make([]reg.VecVirtual, len(s.in))
	for j, base := range s.in {
		in[j] = m.vec()
		if l.bytesIn {
			m.VPMOVZXBD_Z(at(base, s.i, 1, 0), mask, in[j])
		} else {
			m.VMOVUPS_Z(at(base, s.i, 4, 0), mask, in[j])
		}
	}
	out := compute(in)
	if l.bytesOut {
		m.VPMOVDB(out, mask, at(s.dst, s.i, 1, 0))
	} else {
		m.VMOVUPS(out, mask, at(s.dst, s.i, 4, 0))
	}
}

// lowest is a mask of the n < 16 lowest lanes.
func (m *machine) lowest(n reg.Register) reg.OpmaskVirtual {
	bits, k := m.GP64(), m.K()
	m.MOVQ(operand.I32(-1), bits)
	m.BZHIQ(n, bits, bits)
	m.KMOVW(bits.As32(), k)
	return k
}

// ones does what is left with AVX2, one by one in the lowest lane.
func (l loop) ones(m *machine, s slices, left reg.Register, compute body) {
	m.Label("one")
	in := make([]reg.VecVirtual, len(s.in))
	for j, base := range s.in {
		in[j] = m.vec()
		if l.bytesIn {
			b := m.GP32()
			m.MOVBLZX(at(base, s.i, 1, 0), b)
			m.VMOVD(b, in[j].AsX())
		} else {
			m.VMOVSS(at(base, s.i, 4, 0), in[j].AsX())
		}
	}
	out := compute(in)
	if l.bytesOut {
		b := m.GP32()
		m.VMOVD(out.AsX(), b)
		m.MOVB(b.As8(), at(s.dst, s.i, 1, 0))
	} else {
		m.VMOVSS(out.AsX(), at(s.dst, s.i, 4, 0))
	}
	m.INCQ(s.i)
	m.DECQ(left)
	m.JNZ(operand.LabelRef("one"))
}

// storeBytes writes the lanes, each below 256, as bytes.
func (m *machine) storeBytes(v reg.VecVirtual, to operand.Mem) {
	x := m.XMM()
	if m.avx512() {
		m.VPMOVDB(v, x)
		m.VMOVDQU(x, to)
		return
	}
	m.VEXTRACTI128(operand.U8(1), v, x)
	m.VPACKUSDW(x, v.AsX(), x)
	m.VPACKUSWB(x, x, x)
	m.VMOVQ(x, to)
}
