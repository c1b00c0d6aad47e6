package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transposes are tiles of 4×4 and 8×8; package vec puts a matrix together from them. (16×16 by AVX-512 was slower on Zen 4: it
// takes as many exchanges between groups of lanes as within.)
func transposes() []kernel {
	params := "dst, src []float32, rowTiles, colTiles, ldDst, ldSrc int"
	return []kernel{
		{name: "transpose8", params: params, shared: true, direct: true, emit: transpose{8}.emit},
		{name: "transpose4", params: params, shared: true, direct: true, emit: transpose{4}.emit},
	}
}

type transpose struct{ size int }

// emit goes over tiles: down the rows, so that dst's rows are written one piece after the other, then to the next columns.
func (t transpose) emit(m *machine, k kernel) {
	m.begin(k)
	dst, src := m.base("dst"), m.base("src")
	rowTiles, colTiles := m.parameter("rowTiles"), m.parameter("colTiles")
	ldDst, ldSrc := m.parameter("ldDst"), m.parameter("ldSrc")
	m.SHLQ(operand.U8(2), ldDst)
	m.SHLQ(operand.U8(2), ldSrc)
	d, s, n := m.GP64(), m.GP64(), m.GP64()
	m.Label("columns")
	m.MOVQ(dst, d)
	m.MOVQ(src, s)
	m.MOVQ(rowTiles, n)
	m.Label("rows")
	rows := make([]reg.VecVirtual, t.size)
	for i := range rows {
		rows[i] = t.register(m)
		m.VMOVUPS(operand.Mem{Base: s}, rows[i])
		m.ADDQ(ldSrc, s)
	}
	out := t.shuffle(m, rows)
	to := m.GP64()
	m.MOVQ(d, to)
	for i, v := range out {
		m.VMOVUPS(v, operand.Mem{Base: to})
		if i < len(out)-1 {
			m.ADDQ(ldDst, to)
		}
	}
	m.ADDQ(operand.U32(4*t.size), d)
	m.DECQ(n)
	m.JNZ(operand.LabelRef("rows"))
	m.ADDQ(operand.U32(4*t.size), src)
	next := m.GP64()
	m.MOVQ(ldDst, next)
	m.SHLQ(operand.U8(map[int]uint8{4: 2, 8: 3}[t.size]), next)
	m.ADDQ(next, dst)
	m.DECQ(colTiles)
	m.JNZ(operand.LabelRef("columns"))
	m.end()
}

func (m *machine) parameter(name string) reg.GPVirtual {
	r := m.GP64()
	m.Load(m.Param(name), r)
	return r
}

func (t transpose) register(m *machine) reg.VecVirtual {
	if t.size == 4 {
		return m.XMM()
	}
	return m.vec()
}

// shuffle transposes within groups of four lanes, then the groups.
func (t transpose) shuffle(m *machine, rows []reg.VecVirtual) []reg.VecVirtual {
	quads := make([]reg.VecVirtual, t.size) // quads[4i+c]: in group g, rows 4i … 4i+3 of column 4g+c
	for i := 0; i < t.size; i += 4 {
		copy(quads[i:], t.four(m, rows[i:i+4]))
	}
	switch t.size {
	case 4:
		return quads
	case 8:
		out := make([]reg.VecVirtual, 8)
		for c := range 4 {
			out[c], out[c+4] = m.vec(), m.vec()
			m.VPERM2F128(operand.U8(0x20), quads[c+4], quads[c], out[c])
			m.VPERM2F128(operand.U8(0x31), quads[c+4], quads[c], out[c+4])
		}
		return out
	}
	panic(fmt.Sprint("no tile of ", t.size))
}

// four transposes 4×4 numbers in each group of four lanes of four registers.
func (t transpose) four(m *machine, r []reg.VecVirtual) []reg.VecVirtual {
	v := make([]reg.VecVirtual, 8)
	for i := range v {
		v[i] = t.register(m)
	}
	m.VUNPCKLPS(r[1], r[0], v[0]) // r0c0 r1c0 r0c1 r1c1
	m.VUNPCKHPS(r[1], r[0], v[1]) // r0c2 r1c2 r0c3 r1c3
	m.VUNPCKLPS(r[3], r[2], v[2])
	m.VUNPCKHPS(r[3], r[2], v[3])
	m.VUNPCKLPD(v[2], v[0], v[4])
	m.VUNPCKHPD(v[2], v[0], v[5])
	m.VUNPCKLPD(v[3], v[1], v[6])
	m.VUNPCKHPD(v[3], v[1], v[7])
	return v[4:]
}
