package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The tile: 24 sums of 16 integers stay in registers.
const (
	tileRows = 12
	vectors  = 2 // of 16 columns
)

// tile is what the kernel is made of: four pointers to rows of A, three rows apart, from which all twelve are reached
// with the stride and twice the stride as index.
type tile struct {
	*build.Context
	a                     [4]reg.GPVirtual
	stride                reg.GPVirtual
	starts, factors, cols reg.GPVirtual
	acc                   [tileRows][vectors]reg.VecVirtual
}

// emitTile writes the lower bounds of 12 rows by 32 columns.
func emitTile(c *build.Context) {
	begin(c, "tileVNNI", "func(dst *float32, ldc int, a *int8, stride int, starts *int32, factors *float32, panel *uint8, cols *float32, steps int)",
		"tileVNNI writes the bounds of 12 rows with a panel of 32 columns: 2·steps groups of 4 integers each.")
	t := &tile{Context: c, stride: c.GP64(), starts: c.GP64(), factors: c.GP64(), cols: c.GP64()}
	c.Load(c.Param("stride"), t.stride)
	c.Load(c.Param("starts"), t.starts)
	c.Load(c.Param("factors"), t.factors)
	c.Load(c.Param("cols"), t.cols)
	t.pointers()
	t.start()
	t.multiply()
	t.finish()
	end(c)
}

func (t *tile) pointers() {
	for i := range t.a {
		t.a[i] = t.GP64()
	}
	t.Load(t.Param("a"), t.a[0])
	for i := range t.a[1:] {
		t.LEAQ(operand.Mem{Base: t.a[i], Index: t.stride, Scale: 2}, t.a[i+1])
		t.ADDQ(t.stride, t.a[i+1])
	}
}

// row is the place of a row's group of integers, groups after the pointers.
func (t *tile) row(r, group int) operand.Mem {
	m := operand.Mem{Base: t.a[r/3], Disp: 4 * group}
	if r%3 > 0 {
		m.Index, m.Scale = t.stride, uint8(r%3)
	}
	return m
}

// start takes from each sum what the panel's integers, moved by 128, will add too much.
func (t *tile) start() {
	for r := range tileRows {
		for v := range vectors {
			t.acc[r][v] = t.ZMM()
			t.VPBROADCASTD(operand.Mem{Base: t.starts, Disp: 4 * r}, t.acc[r][v])
		}
	}
}

func (t *tile) multiply() {
	panel, steps := t.GP64(), t.GP64()
	t.Load(t.Param("panel"), panel)
	t.Load(t.Param("steps"), steps)
	t.Label("loop")
	for group := range 2 {
		var b [vectors]reg.VecVirtual
		for v := range b {
			b[v] = t.ZMM()
			t.VMOVDQU32(operand.Mem{Base: panel, Disp: 64 * (vectors*group + v)}, b[v])
		}
		for r := range tileRows {
			a := t.ZMM()
			t.VPBROADCASTD(t.row(r, group), a)
			for v := range b {
				t.VPDPBUSD(a, b[v], t.acc[r][v])
			}
		}
	}
	for _, a := range t.a {
		t.ADDQ(operand.U32(8), a)
	}
	t.ADDQ(operand.U32(2*64*vectors), panel)
	t.DECQ(steps)
	t.JNZ(operand.LabelRef("loop"))
}

// finish makes bounds of the sums: half − scales·sum − rest·norm − size·rest.
func (t *tile) finish() {
	dst, ldc := t.GP64(), t.GP64()
	t.Load(t.Param("dst"), dst)
	t.Load(t.Param("ldc"), ldc)
	t.SHLQ(operand.U8(2), ldc)
	column := func(field, v int) operand.Mem {
		return operand.Mem{Base: t.cols, Disp: 4 * (16*vectors*field + 16*v)}
	}
	for r := range tileRows {
		factor := [3]reg.VecVirtual{t.ZMM(), t.ZMM(), t.ZMM()}
		for f := range factor {
			t.VBROADCASTSS(operand.Mem{Base: t.factors, Disp: 12*r + 4*f}, factor[f])
		}
		for v := range vectors {
			sum, bound := t.acc[r][v], t.ZMM()
			t.VCVTDQ2PS(sum, sum)
			t.VMULPS(column(0, v), sum, sum)
			t.VMOVUPS(column(1, v), bound)
			t.VFNMADD231PS(factor[0], sum, bound)
			t.VFNMADD231PS(column(2, v), factor[1], bound)
			t.VFNMADD231PS(column(3, v), factor[2], bound)
			t.VMOVUPS(bound, operand.Mem{Base: dst, Disp: 64 * v})
		}
		t.ADDQ(ldc, dst)
	}
}
