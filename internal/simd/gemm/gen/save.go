package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// saving is the label of the code that stores sums of so many vectors a row.
func saving(halves int) string { return fmt.Sprintf("save%d", halves) }

// makeMask makes the mask of a row's last vector.
func (m *machine) makeMask() {
	n := reg.R15
	m.argument("cols", n)
	m.DECQ(n)
	m.ANDQ(operand.U8(m.numbers-1), n)
	m.INCQ(n)
	m.mask(n)
}

// save generates the end of a tile: with and without addition, for whole vectors and for masked ones.
func (m *machine) save(halves int) {
	name := saving(halves)
	c, stride, count := reg.RAX, reg.RBX, reg.RCX
	m.Label(name)
	m.argument("c", c)
	m.argument("ldc", stride)
	m.SHLQ(operand.U8(2), stride)
	m.argument("rows", count)
	m.CMPB(m.place("add"), operand.U8(0))
	m.JNE(operand.LabelRef(name + "add"))
	m.saveRows(halves, name, false)
	m.Label(name + "add")
	m.saveRows(halves, name+"add", true)
}

func (m *machine) saveRows(halves int, name string, add bool) {
	m.CMPQ(m.place("cols"), operand.U8(halves*m.numbers))
	m.JNE(operand.LabelRef(name + "masked"))
	for _, masked := range []bool{false, true} {
		if masked {
			m.Label(name + "masked")
			m.makeMask()
		}
		for r := range m.mr {
			for h := range halves {
				m.saveVector(m.sum(r, h), at(reg.RAX, 4*m.numbers*h), masked && h == halves-1, add)
			}
			if r < m.mr-1 {
				m.DECQ(reg.RCX)
				m.JZ(operand.LabelRef(saving(halves) + "end"))
				m.ADDQ(reg.RBX, reg.RAX)
			}
		}
		if !masked || !add {
			m.JMP(operand.LabelRef(saving(halves) + "end"))
		}
	}
	if add {
		m.Label(saving(halves) + "end")
		m.VZEROUPPER()
		m.RET()
	}
}

func (m *machine) saveVector(sum reg.Register, to operand.Mem, masked, add bool) {
	old := m.spare(0)
	switch {
	case add && masked:
		m.load(to, old)
		m.VADDPS(old, sum, sum)
	case add:
		m.VADDPS(to, sum, sum)
	}
	if masked {
		m.store(sum, to)
	} else {
		m.VMOVUPS(sum, to)
	}
}

// fetch asks for the cache lines of the result ahead of the multiplications.
func (m *machine) fetch(rows, halves int) {
	m.argument("c", reg.RAX)
	m.argument("ldc", reg.RBX)
	for r := range rows {
		for h := 0; h < halves*m.numbers*4; h += 64 {
			m.PREFETCHT0(at(reg.RAX, h))
		}
		if r < rows-1 {
			m.LEAQ(indexed(reg.RAX, reg.RBX, 0), reg.RAX)
		}
	}
}
