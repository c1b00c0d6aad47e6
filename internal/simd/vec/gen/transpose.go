package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transposes are tiles of 4×4, 8×8 and 16×16; package vec puts a matrix together from them.
func transposes() []kernel {
	params := "dst, src []float32, rowTiles, colTiles, ldDst, ldSrc int"
	return []kernel{
		{name: "transpose16", params: params, only: "AVX512", emit: transpose{16}.emit},
		{name: "transpose8", params: params, only: "AVX2", emit: transpose{8}.emit},
		{name: "transpose4", params: params, only: "AVX2", emit: transpose{4}.emit},
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
	m.SHLQ(operand.U8(map[int]uint8{4: 2, 8: 3, 16: 4}[t.size]), next)
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
	case 16:
		out := make([]reg.VecVirtual, 16)
		for c := range 4 {
			copy4(out, c, m.groups(quads[c], quads[c+4], quads[c+8], quads[c+12]))
		}
		return out
	}
	panic(fmt.Sprint("no tile of ", t.size))
}

func copy4(out []reg.VecVirtual, c int, v [4]reg.VecVirtual) {
	for g := range 4 {
		out[4*g+c] = v[g]
	}
}

// groups transposes the 4×4 matrix of groups of four lanes in four registers.
func (m *machine) groups(a, b, c, d reg.VecVirtual) [4]reg.VecVirtual {
	v := m.vecs(8)
	m.VSHUFF32X4(operand.U8(0x88), b, a, v[0]) // groups 0 and 2 of a, then of b
	m.VSHUFF32X4(operand.U8(0xdd), b, a, v[1]) // groups 1 and 3
	m.VSHUFF32X4(operand.U8(0x88), d, c, v[2])
	m.VSHUFF32X4(operand.U8(0xdd), d, c, v[3])
	m.VSHUFF32X4(operand.U8(0x88), v[2], v[0], v[4]) // group 0 of all
	m.VSHUFF32X4(operand.U8(0x88), v[3], v[1], v[5]) // 1
	m.VSHUFF32X4(operand.U8(0xdd), v[2], v[0], v[6]) // 2
	m.VSHUFF32X4(operand.U8(0xdd), v[3], v[1], v[7]) // 3
	return [4]reg.VecVirtual{v[4], v[5], v[6], v[7]}
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
