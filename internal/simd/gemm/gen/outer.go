package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The registers of outer.
var (
	offsets = reg.RAX
	left    = reg.RBX
	count   = reg.RCX
	right   = reg.RDX
	stride  = reg.RSI
	offset  = reg.RDI
)

// outer generates Outer: a loop over products for each number of rows, once for tiles of two vectors and once for one.
func (m *machine) outer() {
	m.Function("outer" + m.name)
	m.Attributes(attr.NOSPLIT)
	m.SignatureExpr("func(c *float32, ldc, rows, cols int, a *float32, off *int, n int, b *float32, ldb int, add bool)")
	m.Doc("outer" + m.name + " is Outer for 1 … " + fmt.Sprint(m.mr) + " rows and 1 … " + fmt.Sprint(m.nr()) + " columns, and n offsets.")
	m.Pragma("noescape")
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
			m.products(rows, halves)
		}
		m.save(halves)
	}
}

// products generates the loop over products, two at a time, which ends in the code that stores the sums.
func (m *machine) products(rows, halves int) {
	name := variant("outer", rows, halves)
	m.Label(name)
	m.clear(rows, halves)
	m.SUBQ(operand.U8(2), count)
	m.JL(operand.LabelRef(name + "rest"))
	m.Label(name + "loop")
	m.product(rows, halves, 0)
	m.product(rows, halves, 1)
	m.ADDQ(operand.U8(16), offsets)
	m.SUBQ(operand.U8(2), count)
	m.JGE(operand.LabelRef(name + "loop"))
	m.Label(name + "rest")
	m.INCQ(count)
	m.JNZ(operand.LabelRef(saving(halves)))
	m.product(rows, halves, 0)
	m.JMP(operand.LabelRef(saving(halves)))
}

// product is a step with the next row of B and the i-th of the next offsets.
func (m *machine) product(rows, halves, i int) {
	m.MOVQ(at(offsets, 8*i), offset)
	if halves == 2 {
		m.VMOVUPS(at(right, 0), m.spare(0))
	}
	m.load(at(right, 4*m.numbers*(halves-1)), m.spare(halves-1))
	m.ADDQ(stride, right)
	m.step(rows, halves, func(r int) operand.Mem { return indexed(left, offset, 4*r) })
}
