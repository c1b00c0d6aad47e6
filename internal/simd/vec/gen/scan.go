package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func scans() []kernel {
	return []kernel{
		{name: "below", params: "dst []int32, x []float32, limit float32", result: "int", emit: scan{}.emit},
		{name: "belowSum", params: "dst []int32, x, y []float32, s, limit float32", result: "int", emit: scan{sum: true}.emit},
	}
}

// scan writes the indices of the numbers below a limit. Four vectors are compared at once, and nothing more is done if
// none of them has such a number, as is usual.
type scan struct {
	sum bool // of x + s·y
}

// scanning is the state of a scan.
type scanning struct {
	*machine
	scan
	dst, x, y, i, count, left reg.Register
	limit, s                  reg.VecVirtual
}

func (s scan) emit(m *machine, k kernel) {
	m.begin(k)
	r := scanning{machine: m, scan: s, dst: m.base("dst"), x: m.base("x"), left: m.length("x"),
		i: m.zeroed(), count: m.zeroed(), limit: m.broadcast("limit")}
	if s.sum {
		r.y, r.s = m.base("y"), m.broadcast("s")
	}
	n := operand.U32(4 * m.width)
	m.SUBQ(n, r.left)
	m.JLT(operand.LabelRef("rest"))
	m.Label("loop")
	r.four()
	m.Label("next")
	m.ADDQ(n, r.i)
	m.SUBQ(n, r.left)
	m.JGE(operand.LabelRef("loop"))
	m.Label("rest")
	m.ADDQ(n, r.left)
	m.JZ(operand.LabelRef("done"))
	if m.avx512() {
		r.masked()
	} else {
		r.ones()
	}
	m.Label("done")
	m.Store(r.count, m.ReturnIndex(0))
	m.end()
}

// four compares four vectors.
func (r scanning) four() {
	var found []truth
	for j := range 4 {
		v := r.vec()
		r.VMOVUPS(at(r.x, r.i, 4, j*r.width), v)
		if r.sum {
			t := r.vec()
			r.VMULPS(at(r.y, r.i, 4, j*r.width), r.s, t)
			r.VADDPS(t, v, v)
		}
		found = append(found, r.compare(less, v, r.limit))
	}
	if r.avx512() {
		r.skipIfNone(found)
		for j, k := range found {
			r.compress(k, j*16, nil)
		}
		return
	}
	or, bits := r.vecs(2), r.GP32()
	r.VORPS(found[1], found[0], or[0])
	r.VORPS(found[3], found[2], or[1])
	r.VORPS(or[1], or[0], or[0])
	r.VMOVMSKPS(or[0], bits)
	r.TESTL(bits, bits)
	r.JZ(operand.LabelRef("next"))
	r.list(found)
}

// skipIfNone goes on with the next four if no opmask has a bit.
func (r scanning) skipIfNone(found []truth) {
	a, b := r.K(), r.K()
	r.KORW(found[1], found[0], a)
	r.KORW(found[3], found[2], b)
	r.KORTESTW(b, a)
	r.JZ(operand.LabelRef("next"))
}

// compress writes the indices i + plus + j for the bits j of k. It writes a whole vector, which is never past the end
// of dst as there are at most as many indices as numbers seen; or, for the last numbers, whose mask is partial, those
// indices only.
func (r scanning) compress(k truth, plus int, partial reg.Register) {
	index, bits, n := r.ZMM(), r.GP32(), r.GP32()
	r.KMOVW(k, bits)
	r.POPCNTL(bits, n)
	r.VPBROADCASTD(r.i.(reg.GPVirtual).As32(), index)
	r.VPADDD(r.pool.iota().Offset(4*plus), index, index)
	// Into a register first: to memory it is slow on AMD's processors.
	r.VPCOMPRESSD_Z(index, k, index)
	if partial == nil {
		r.VMOVDQU32(index, at(r.dst, r.count, 4, 0))
	} else {
		r.VMOVDQU32(index, r.lowest(n.As64()), at(r.dst, r.count, 4, 0))
	}
	r.ADDQ(n.As64(), r.count)
}

// masked does the last, fewer than 64 numbers, 16 at a time.
func (r scanning) masked() {
	r.Label("sixteen")
	n, sixteen := r.GP64(), r.GP64()
	r.MOVQ(r.left, n)
	r.MOVQ(operand.U32(16), sixteen)
	r.CMPQ(n, sixteen)
	r.CMOVQGT(sixteen, n)
	mask, v, found := r.lowest(n), r.vec(), r.K()
	r.VMOVUPS_Z(at(r.x, r.i, 4, 0), mask, v)
	if r.sum {
		t := r.vec()
		r.VMOVUPS_Z(at(r.y, r.i, 4, 0), mask, t)
		r.VMULPS(t, r.s, t)
		r.VADDPS(t, v, v)
	}
	r.VCMPPS(less, r.limit, v, mask, found)
	r.compress(found, 0, n)
	r.ADDQ(n, r.i)
	r.SUBQ(n, r.left)
	r.JNZ(operand.LabelRef("sixteen"))
}

// list writes the indices bit by bit.
func (r scanning) list(found []truth) {
	label := [4]string{"list0", "list1", "list2", "list3"}
	after := [4]string{"after0", "after1", "after2", "after3"}
	for j, f := range found {
		bits, index := r.GP32(), r.GP32()
		r.VMOVMSKPS(f, bits)
		r.TESTL(bits, bits)
		r.JZ(operand.LabelRef(after[j]))
		r.Label(label[j])
		r.TZCNTL(bits, index)
		r.LEAL(operand.Mem{Base: r.i, Index: index.As64(), Scale: 1, Disp: j * r.width}, index)
		r.MOVL(index, at(r.dst, r.count, 4, 0))
		r.INCQ(r.count)
		r.BLSRL(bits, bits)
		r.JNZ(operand.LabelRef(label[j]))
		r.Label(after[j])
	}
}

// ones does the last numbers one by one: each index is written, and stays if the number is below the limit.
func (r scanning) ones() {
	r.Label("one")
	v, bit := r.XMM(), r.GP32()
	r.VMOVSS(at(r.x, r.i, 4, 0), v)
	if r.sum {
		t := r.XMM()
		r.VMULSS(at(r.y, r.i, 4, 0), r.s.AsX(), t)
		r.VADDSS(t, v, v)
	}
	r.VCMPSS(less, r.limit.AsX(), v, v)
	r.VMOVD(v, bit)
	r.ANDL(operand.U32(1), bit)
	r.MOVL(r.i.(reg.GPVirtual).As32(), at(r.dst, r.count, 4, 0))
	r.ADDQ(bit.As64(), r.count)
	r.INCQ(r.i)
	r.DECQ(r.left)
	r.JNZ(operand.LabelRef("one"))
}
