package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// level is a set of vector instructions.
type level struct {
	name  string
	lanes int            // float32 in a register
	regs  []reg.Register // all there are
}

var (
	avx512 = level{"AVX512", 16, registers(reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10,
		reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15, reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23, reg.Z24,
		reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31)}
	avx2 = level{"AVX2", 8, registers(reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7, reg.Y8, reg.Y9, reg.Y10,
		reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15)}
)

func registers(list ...reg.VecPhysical) (all []reg.Register) {
	for _, r := range list {
		all = append(all, r)
	}
	return all
}

// emitter hands out vector registers by hand (avo's own allocator would give AVX2 code registers above 15, which only
// AVX-512 can name) and writes arithmetic on them.
type emitter struct {
	level
	unused []reg.Register
	held   map[float64]reg.Register // constants in registers
}

func newEmitter(l level) *emitter {
	return &emitter{level: l, unused: append([]reg.Register{}, l.regs...), held: map[float64]reg.Register{}}
}

func (e *emitter) take() reg.Register {
	r := e.unused[0] // an index out of range here means: too few registers
	e.unused = e.unused[1:]
	return r
}

func (e *emitter) free(list ...reg.Register) {
	e.unused = append(append([]reg.Register{}, list...), e.unused...)
}

// constants lie in memory once per lane, so that both levels can use them as operands.
var constants map[float64]Mem

func constant(v float64) Mem {
	if m, ok := constants[v]; ok {
		return m
	}
	m := asm.StaticGlobal(fmt.Sprintf("k%08x", math.Float32bits(float32(v))))
	asm.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 16 {
		asm.AddDatum(4*i, F32(float32(v)))
	}
	constants[v] = m
	return m
}

// hold keeps constants in registers; the function it returns gives the registers back.
func (e *emitter) hold(list ...float64) (release func()) {
	var mine []float64
	for _, v := range list {
		v = math.Abs(v)
		if _, ok := e.held[v]; !ok {
			e.held[v] = e.take()
			asm.VMOVUPS(constant(v), e.held[v])
			mine = append(mine, v)
		}
	}
	return func() {
		for _, v := range mine {
			e.free(e.held[v])
			delete(e.held, v)
		}
	}
}

// holdAll keeps constants in registers for good, if the level has registers to spare.
func (e *emitter) holdAll(list []float64) {
	if e.lanes == 16 {
		e.hold(list...)
	}
}

// load is a new register with v, a register or memory.
func (e *emitter) load(v Op) reg.Register {
	r := e.take()
	asm.VMOVUPS(v, r)
	return r
}

// mul is a new register with c·v.
func (e *emitter) mul(c float64, v Op) reg.Register {
	if c < 0 {
		zero := e.take()
		asm.VXORPS(zero, zero, zero)
		e.fma(zero, c, v)
		return zero
	}
	defer e.hold(e.registerFor(c, v)...)()
	r := e.take()
	if k, ok := e.held[c]; ok {
		asm.VMULPS(v, k, r)
	} else {
		asm.VMULPS(constant(c), v, r)
	}
	return r
}

// fma is acc += c·v, or acc −= |c|·v if c is negative, so that one constant serves both signs.
func (e *emitter) fma(acc reg.Register, c float64, v Op) {
	op := asm.VFMADD231PS
	if c < 0 {
		c, op = -c, asm.VFNMADD231PS
	}
	defer e.hold(e.registerFor(c, v)...)()
	if k, ok := e.held[c]; ok {
		op(v, k, acc)
	} else {
		op(constant(c), v, acc)
	}
}

// registerFor is c where an instruction with v cannot take c from memory as well.
func (e *emitter) registerFor(c float64, v Op) []float64 {
	if IsMem(v) {
		return []float64{c}
	}
	return nil
}
