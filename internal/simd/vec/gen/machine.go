package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// level is a set of vector instructions: the end of its functions' names, the case in the dispatch, and how many
// float32 a register has.
type level struct {
	name  string
	width int
}

var levels = []level{{"AVX512", 16}, {"AVX2", 8}}

// machine emits instructions for a level.
type machine struct {
	*build.Context
	level
	pool *pool
}

func (m *machine) avx512() bool { return m.width == 16 }

// vec is a new full vector register.
func (m *machine) vec() reg.VecVirtual {
	if m.avx512() {
		return m.ZMM()
	}
	return m.YMM()
}

// vecs are n of them.
func (m *machine) vecs(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = m.vec()
	}
	return v
}

// zero is a new vector register of zeros.
func (m *machine) zero() reg.VecVirtual {
	v := m.vec()
	m.VXORPS(v, v, v)
	return v
}

// constant is an operand that holds the same 32 bits in every lane: a register for AVX-512, which has many; memory for
// AVX2, so it must stand where an instruction takes memory.
func (m *machine) constant(bits uint32) operand.Op {
	if m.avx512() {
		return m.constantRegister(bits)
	}
	return m.pool.vector(bits)
}

func (m *machine) constantRegister(bits uint32) reg.VecVirtual {
	v := m.vec()
	m.VBROADCASTSS(m.pool.number(bits), v)
	return v
}

// float is the constant of a number.
func (m *machine) float(f float64) operand.Op { return m.constant(math.Float32bits(float32(f))) }

func (m *machine) floatRegister(f float64) reg.VecVirtual {
	return m.constantRegister(math.Float32bits(float32(f)))
}

const (
	signBit = 0x8000_0000
	allBits = 0xffff_ffff
)

// pool holds a file's constants in memory.
type pool struct {
	ctx     *build.Context
	symbols map[string]operand.Mem
}

func newPool(ctx *build.Context) *pool { return &pool{ctx, map[string]operand.Mem{}} }

func (p *pool) symbol(name string, words ...uint32) operand.Mem {
	if s, ok := p.symbols[name]; ok {
		return s
	}
	s := p.ctx.StaticGlobal(name)
	p.ctx.DataAttributes(attr.RODATA | attr.NOPTR)
	for i, w := range words {
		p.ctx.AddDatum(4*i, operand.U32(w))
	}
	p.symbols[name] = s
	return s
}

func (p *pool) number(bits uint32) operand.Mem {
	return p.symbol(fmt.Sprintf("number_%08x", bits), bits)
}

func (p *pool) vector(bits uint32) operand.Mem {
	return p.symbol(fmt.Sprintf("vector_%08x", bits), bits, bits, bits, bits, bits, bits, bits, bits)
}

// iota are the 32-bit numbers 0 … 63.
func (p *pool) iota() operand.Mem {
	words := make([]uint32, 64)
	for i := range words {
		words[i] = uint32(i)
	}
	return p.symbol("iota", words...)
}
