package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pack generates the copying of a panel whose rows are contiguous.
func (m *machine) pack() {
	m.Function("pack" + m.name)
	m.Attributes(attr.NOSPLIT)
	m.SignatureExpr("func(dst *float32, dstStride int, src *float32, srcStride, rows, cols int)")
	m.Doc(fmt.Sprintf("pack%s copies rows, 1 at least, of 1 … %d numbers, and fills each up with zeros: to %d where dstStride is", m.name, m.nr(), m.nr()),
		fmt.Sprintf("as long at least, else to %d, of which cols must not be more.", m.numbers))
	m.Pragma("noescape")
	dst, dstStride, src, srcStride, rows, cols := reg.RDI, reg.R8, reg.RSI, reg.R9, reg.RCX, reg.R10
	m.argument("dst", dst)
	m.argument("dstStride", dstStride)
	m.argument("src", src)
	m.argument("srcStride", srcStride)
	m.argument("rows", rows)
	m.argument("cols", cols)
	m.SHLQ(operand.U8(2), dstStride)
	m.SHLQ(operand.U8(2), srcStride)
	m.makeMask()
	left, right := m.spare(0), m.spare(1)
	loop := func(name string, body func()) {
		m.Label(name)
		body()
		m.ADDQ(srcStride, src)
		m.ADDQ(dstStride, dst)
		m.DECQ(rows)
		m.JNZ(operand.LabelRef(name))
		m.JMP(operand.LabelRef("end"))
	}
	m.CMPQ(dstStride, operand.U32(4*m.nr()))
	m.JL(operand.LabelRef("single"))
	m.CMPQ(cols, operand.U8(m.numbers))
	m.JG(operand.LabelRef("both"))
	m.zero(right)
	loop("half", func() {
		m.load(at(src, 0), left)
		m.VMOVUPS(left, at(dst, 0))
		m.VMOVUPS(right, at(dst, 4*m.numbers))
	})
	loop("both", func() {
		m.VMOVUPS(at(src, 0), left)
		m.load(at(src, 4*m.numbers), right)
		m.VMOVUPS(left, at(dst, 0))
		m.VMOVUPS(right, at(dst, 4*m.numbers))
	})
	loop("single", func() {
		m.load(at(src, 0), left)
		m.VMOVUPS(left, at(dst, 0))
	})
	m.Label("end")
	m.VZEROUPPER()
	m.RET()
}

// transpose generates the transposition of squares of 8×8, in AVX for any level: shuffles move no more numbers a cycle
// where vectors are wider.
func (m *machine) transpose() {
	m.Function("transposeSquares")
	m.Attributes(attr.NOSPLIT)
	m.SignatureExpr("func(dst *float32, dstStride int, src *float32, srcStride, n int)")
	m.Doc("transposeSquares transposes n squares of 8×8, 1 at least: those of src lie side by side, those of dst one below the other.")
	m.Pragma("noescape")
	dst, dstStride, src, srcStride, n := reg.RDI, reg.R8, reg.RSI, reg.R9, reg.RCX
	m.argument("dst", dst)
	m.argument("dstStride", dstStride)
	m.argument("src", src)
	m.argument("srcStride", srcStride)
	m.argument("n", n)
	m.SHLQ(operand.U8(2), dstStride)
	m.SHLQ(operand.U8(2), srcStride)
	m.LEAQ(operand.Mem{Base: srcStride, Index: srcStride, Scale: 2}, reg.R10)
	m.LEAQ(operand.Mem{Base: dstStride, Index: dstStride, Scale: 2}, reg.R11)
	m.Label("square")
	m.LEAQ(operand.Mem{Base: src, Index: srcStride, Scale: 4}, reg.R12)
	m.LEAQ(operand.Mem{Base: dst, Index: dstStride, Scale: 4}, reg.R13)
	m.square(eight(src, reg.R12, srcStride, reg.R10), eight(dst, reg.R13, dstStride, reg.R11))
	m.ADDQ(operand.U8(32), src)
	m.LEAQ(operand.Mem{Base: dst, Index: dstStride, Scale: 8}, dst)
	m.DECQ(n)
	m.JNZ(operand.LabelRef("square"))
	m.VZEROUPPER()
	m.RET()
}

// eight are the places of eight rows: from first on, and from fifth on.
func eight(first, fifth, stride, triple reg.Register) (rows [8]operand.Mem) {
	for i := range rows {
		base := []reg.Register{first, fifth}[i/4]
		rows[i] = []operand.Mem{
			{Base: base},
			{Base: base, Index: stride, Scale: 1},
			{Base: base, Index: stride, Scale: 2},
			{Base: base, Index: triple, Scale: 1},
		}[i%4]
	}
	return rows
}

// square transposes 8×8: pairs of rows, then fours, then halves of registers.
func (m *machine) square(from, to [8]operand.Mem) {
	var in, mid, out [8]reg.Register
	for i := range 8 {
		in[i], mid[i] = registers[i].AsY(), registers[8+i].AsY()
		m.VMOVUPS(from[i], in[i])
	}
	for i := 0; i < 8; i += 2 {
		m.VUNPCKLPS(in[i+1], in[i], mid[i])
		m.VUNPCKHPS(in[i+1], in[i], mid[i+1])
	}
	out = in
	for i := 0; i < 8; i += 4 {
		for j := range 2 {
			m.VSHUFPS(operand.U8(0x44), mid[i+2+j], mid[i+j], out[i+2*j])
			m.VSHUFPS(operand.U8(0xee), mid[i+2+j], mid[i+j], out[i+2*j+1])
		}
	}
	for i := range 4 {
		m.VPERM2F128(operand.U8(0x20), out[i+4], out[i], mid[i])
		m.VPERM2F128(operand.U8(0x31), out[i+4], out[i], mid[i+4])
	}
	for i := range 8 {
		m.VMOVUPS(mid[i], to[i])
	}
}
