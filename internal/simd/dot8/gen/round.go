package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// emitRound writes the rounding of a row.
func emitRound(c *build.Context) {
	begin(c, "roundVNNI", "func(dst *int8, x *float32, n int, inverse, scale float32) (lost float32, sum int32)",
		"roundVNNI rounds x·inverse to integers, n of them, a multiple of 16. lost is Σ (x − scale·q)², sum Σ q.")
	dst, x, n := c.GP64(), c.GP64(), c.GP64()
	c.Load(c.Param("dst"), dst)
	c.Load(c.Param("x"), x)
	c.Load(c.Param("n"), n)
	inverse, scale, lost, sum := c.ZMM(), c.ZMM(), c.ZMM(), c.ZMM()
	broadcast(c, "inverse", inverse)
	broadcast(c, "scale", scale)
	c.VXORPS(lost, lost, lost)
	c.VPXORD(sum, sum, sum)
	c.Label("loop")
	v, q := c.ZMM(), c.ZMM()
	c.VMOVUPS(operand.Mem{Base: x}, v)
	c.VMULPS(inverse, v, q)
	c.VCVTPS2DQ(q, q)
	c.VPMOVSDB(q, operand.Mem{Base: dst})
	c.VPADDD(q, sum, sum)
	c.VCVTDQ2PS(q, q)
	c.VFNMADD231PS(q, scale, v)
	c.VFMADD231PS(v, v, lost)
	c.ADDQ(operand.U32(64), x)
	c.ADDQ(operand.U32(16), dst)
	c.SUBQ(operand.U32(16), n)
	c.JNZ(operand.LabelRef("loop"))
	total(c, lost, func(b, a reg.VecVirtual) { c.VADDPS(b, a, a) })
	total(c, sum, func(b, a reg.VecVirtual) { c.VPADDD(b, a, a) })
	c.Store(lost.AsX(), c.ReturnIndex(0))
	out := c.GP32()
	c.VMOVD(sum.AsX(), out)
	c.Store(out, c.ReturnIndex(1))
	end(c)
}

func broadcast(c *build.Context, name string, v reg.VecVirtual) {
	a, err := c.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	c.VBROADCASTSS(a.Addr, v)
}

// total adds the lanes of a up into the lowest.
func total(c *build.Context, a reg.VecVirtual, add func(b, a reg.VecVirtual)) {
	b := c.ZMM()
	for _, order := range []uint64{0x4e, 0xb1} { // halves of 8 lanes, then quarters
		c.VSHUFF32X4(operand.U8(order), a, a, b)
		add(b, a)
	}
	for _, order := range []uint64{0x4e, 0xb1} {
		c.VPERMILPS(operand.U8(order), a, b)
		add(b, a)
	}
}
