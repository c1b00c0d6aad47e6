package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The registers of rows. Each row has a pointer, so nearly all are taken.
var (
	pointers = []reg.GPPhysical{reg.RAX, reg.RBX, reg.RCX, reg.RSI, reg.RDI, reg.RBP, reg.R8, reg.R9, reg.R10, reg.R11, reg.R12, reg.R13}
	panel    = reg.RDX
	counter  = reg.R14
	scratch  = reg.R15
)

// frame is what rows keeps in memory.
type frame struct{ offsets, taps, end operand.Mem }

// rows generates Rows: a loop over taps for each number of rows, once for tiles of two vectors and once for one.
func (m *machine) rows() {
	m.Function("rows" + m.name)
	m.Attributes(attr.NOSPLIT)
	m.SignatureExpr("func(c *float32, ldc, rows, cols int, a *float32, off *int, taps, run int, panel *float32, add bool)")
	m.Doc("rows" + m.name + " is Rows for 1 … " + fmt.Sprint(m.mr) + " rows and 1 … " + fmt.Sprint(m.nr()) + " columns. A run is 1 long at least.")
	m.Pragma("noescape")
	f := frame{m.AllocLocal(8), m.AllocLocal(8), m.AllocLocal(8)}
	m.begin(f)
	m.choose("rows")
	for halves := 2; halves >= 1; halves-- {
		for rows := m.mr; rows >= 1; rows-- {
			m.Label(variant("rows", rows, halves))
			m.taps(rows, halves, f)
		}
		m.save(halves)
	}
}

// variant is the label of the code for so many rows and vectors.
func variant(name string, rows, halves int) string { return fmt.Sprintf("%s%dx%d", name, rows, halves) }

// begin fills the frame.
func (m *machine) begin(f frame) {
	m.argument("off", scratch)
	m.MOVQ(scratch, f.offsets)
	m.argument("taps", scratch)
	m.MOVQ(scratch, f.taps)
	m.argument("a", scratch)
	m.argument("run", counter)
	m.LEAQ(indexed(scratch, counter, 0), scratch)
	m.MOVQ(scratch, f.end)
	m.argument("panel", panel)
}

// choose jumps to the code for the tile's rows and columns, the whole tile first.
func (m *machine) choose(name string) {
	m.argument("rows", scratch)
	m.argument("cols", counter)
	m.CMPQ(counter, operand.U8(m.numbers))
	m.JLE(operand.LabelRef(name + "Narrow"))
	for halves := 2; halves >= 1; halves-- {
		if halves == 1 {
			m.Label(name + "Narrow")
		}
		for rows := m.mr; rows > 1; rows-- {
			m.CMPQ(scratch, operand.U8(rows))
			m.JEQ(operand.LabelRef(variant(name, rows, halves)))
		}
		m.JMP(operand.LabelRef(variant(name, 1, halves)))
	}
}

// taps generates the loop over taps, which ends in the code that stores the sums.
func (m *machine) taps(rows, halves int, f frame) {
	label := func(part string) string { return variant("rows", rows, halves) + part }
	m.fetch(rows, halves)
	m.clear(rows, halves)
	m.CMPQ(f.taps, operand.U8(0))
	m.JE(operand.LabelRef(saving(halves)))
	m.Label(label("tap"))
	m.point(rows, f)
	m.ADDQ(operand.U8(m.unroll), counter)
	m.JG(operand.LabelRef(label("rest")))
	m.Label(label("loop"))
	for u := range m.unroll {
		m.multiply(rows, halves, u, u-m.unroll)
	}
	m.ADDQ(operand.I32(4*m.unroll*m.nr()), panel)
	m.ADDQ(operand.U8(m.unroll), counter)
	m.JLE(operand.LabelRef(label("loop")))
	m.Label(label("rest"))
	m.SUBQ(operand.U8(m.unroll), counter)
	m.JZ(operand.LabelRef(label("next")))
	m.Label(label("one"))
	m.multiply(rows, halves, 0, 0)
	m.ADDQ(operand.I32(4*m.nr()), panel)
	m.INCQ(counter)
	m.JNZ(operand.LabelRef(label("one")))
	m.Label(label("next"))
	m.DECQ(f.taps)
	m.JNZ(operand.LabelRef(label("tap")))
	m.JMP(operand.LabelRef(saving(halves)))
}

// point sets the rows' pointers to the ends of their runs, and the counter to minus the length of a run.
func (m *machine) point(rows int, f frame) {
	m.MOVQ(f.offsets, scratch)
	m.MOVQ(f.end, counter)
	for r := range rows {
		m.MOVQ(at(scratch, 8*r), pointers[r])
		m.LEAQ(indexed(counter, pointers[r], 0), pointers[r])
	}
	m.ADDQ(operand.U8(8*m.mr), f.offsets)
	m.argument("run", counter)
	m.NEGQ(counter)
}

// multiply is a step with row ahead of the panel and column ahead of the counter.
func (m *machine) multiply(rows, halves, row, column int) {
	for h := range halves {
		m.VMOVUPS(at(panel, 4*(row*m.nr()+h*m.numbers)), m.spare(h))
	}
	m.step(rows, halves, func(r int) operand.Mem { return indexed(pointers[r], counter, 4*column) })
}
