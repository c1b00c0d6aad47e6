package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// outer generates Outer: a loop over products for each number of rows, once for tiles of two vectors and once for one.
func (m *machine) outer() {
	m.Function("outer" + m.name)
	m.Attributes(attr.NOSPLIT)
	m.SignatureExpr("func(c *float32, ldc, rows, cols int, a *float32, off *int, n int, b *float32, ldb int, add bool)")
	m.Doc("outer" + m.name + " is Outer for 1 … " + fmt.Sprint(m.mr) + " rows and 1 … " + fmt.Sprint(m.nr()) + " columns, and n offsets.")
	m.Pragma("noescape")
	offsets, left, count, right, stride := reg.RAX, reg.RBX, reg.RCX, reg.RDX, reg.RSI
	m.argument("off", offsets)
	m.argument("a", left)
	m.argument("n", count)
	m.argument("b", right)
	m.argument("ldb", stride)
	m.SHLQ(operand.U8(2), stride)
	m.makeMask()
	m.choose("outer")
	for halves := 2; halves >= 1; halves-- {
		for rows := m.mr; rows >= 1; rows-- {
			name := variant("outer", rows, halves)
			m.Label(name)
			m.clear(rows, halves)
			m.TESTQ(count, count)
			m.JZ(operand.LabelRef(saving(halves)))
			m.Label(name + "loop")
			m.MOVQ(at(offsets, 0), reg.RDI)
			if halves == 2 {
				m.VMOVUPS(at(right, 0), m.spare(0))
			}
			m.load(at(right, 4*m.numbers*(halves-1)), m.spare(halves-1))
			m.step(rows, halves, func(r int) operand.Mem { return indexed(left, reg.RDI, 4*r) })
			m.ADDQ(stride, right)
			m.ADDQ(operand.U8(8), offsets)
			m.DECQ(count)
			m.JNZ(operand.LabelRef(name + "loop"))
			m.JMP(operand.LabelRef(saving(halves)))
		}
		m.save(halves)
	}
}
