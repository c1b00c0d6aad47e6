package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// planes are in·in or out·out arrays at equal distances: register multiples of the distance reach a row of up to six.
type planes struct{ base, one, three, five, start reg.Register }

func newPlanes(base, stride reg.Register, width int) *planes {
	p := &planes{base: base, one: stride, three: asm.GP64(), start: asm.GP64()}
	asm.SHLQ(Imm(2), stride) // elements to bytes
	asm.LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, p.three)
	if width > 5 {
		p.five = asm.GP64()
		asm.LEAQ(Mem{Base: stride, Index: stride, Scale: 4}, p.five)
	}
	return p
}

// row is where planes k … begin, at the channel c; at is then memory of its j-th plane.
func (p *planes) row(k int, c reg.Register) reg.Register {
	r := asm.GP64()
	asm.IMUL3Q(Imm(uint64(k)), p.one, r)
	asm.ADDQ(p.base, r)
	asm.LEAQ(Mem{Base: r, Index: c, Scale: 4}, r)
	return r
}

func (p *planes) at(row reg.Register, j int) Mem {
	switch j {
	case 0:
		return Mem{Base: row}
	case 3:
		return Mem{Base: row, Index: p.three, Scale: 1}
	case 5:
		return Mem{Base: row, Index: p.five, Scale: 1}
	}
	return Mem{Base: row, Index: p.one, Scale: uint8(j)}
}

// element is the channels from c on of the k-th array of a table of pointers.
func element(table reg.Register, k int, c reg.Register) Mem {
	p := asm.GP64()
	asm.MOVQ(Mem{Base: table, Disp: 8 * k}, p)
	return Mem{Base: p, Index: c, Scale: 4}
}

// loop runs body for c = 0, lanes, 2·lanes …; the last time for the last lanes channels, again for some of them if n is
// not a multiple.
func loop(e *emitter, n reg.Register, body func(c reg.Register)) {
	c, next, last := asm.GP64(), asm.GP64(), asm.GP64()
	asm.XORQ(c, c)
	asm.LEAQ(Mem{Base: n, Disp: -e.lanes}, last)
	asm.Label("next")
	asm.CMPQ(c, last)
	asm.CMOVQGT(last, c)
	body(c)
	asm.LEAQ(Mem{Base: c, Disp: e.lanes}, next)
	asm.MOVQ(next, c)
	asm.CMPQ(c, n)
	asm.JLT(LabelRef("next"))
	asm.VZEROUPPER()
	asm.RET()
}

// begin opens a function.
func begin(name, signature string) {
	asm.Function(name)
	asm.Attributes(attr.NOSPLIT)
	asm.SignatureExpr(signature)
	asm.Pragma("noescape")
}

// spread writes the kernel t·D·tᵀ per channel: D in arrays given by a table, from their element first on, the result in planes.
func spread(name string, l level, t transform) {
	begin(name, "func(dst *float32, stride int, src **float32, first, n int)")
	dst, stride := asm.Load(asm.Param("dst"), asm.GP64()), asm.Load(asm.Param("stride"), asm.GP64())
	table, first, n := asm.Load(asm.Param("src"), asm.GP64()), asm.Load(asm.Param("first"), asm.GP64()), asm.Load(asm.Param("n"), asm.GP64())
	e := newEmitter(l)
	e.holdAll(t.consts)
	p := newPlanes(dst, stride, t.out)
	loop(e, n, func(c reg.Register) {
		from := asm.GP64()
		asm.LEAQ(Mem{Base: c, Index: first, Scale: 1}, from)
		both(e, t, func(i, j int) Op { return element(table, i*t.in+j, from) }, func(k int) func(int) Mem {
			row := p.row(k*t.out, c)
			return func(j int) Mem { return p.at(row, j) }
		})
	})
}

// gather writes the kernel t·M·tᵀ per channel: M in planes, the result in arrays given by a table.
func gather(name string, l level, t transform) {
	begin(name, "func(dst **float32, src *float32, stride, n int)")
	table, src := asm.Load(asm.Param("dst"), asm.GP64()), asm.Load(asm.Param("src"), asm.GP64())
	stride, n := asm.Load(asm.Param("stride"), asm.GP64()), asm.Load(asm.Param("n"), asm.GP64())
	e := newEmitter(l)
	e.holdAll(t.consts)
	p := newPlanes(src, stride, t.in)
	loop(e, n, func(c reg.Register) {
		var row reg.Register
		line := -1
		both(e, t, func(j, i int) Op {
			if line != i {
				row, line = p.row(i*t.in, c), i
			}
			return p.at(row, j)
		}, func(k int) func(int) Mem { return func(i int) Mem { return element(table, i*t.out+k, c) } })
	})
}

// both applies t along the first index of from, group by group, then along the second, and stores at to(first)(second).
func both(e *emitter, t transform, from func(first, second int) Op, to func(first int) func(second int) Mem) {
	all := map[int]bool{}
	for k := range t.out {
		all[k] = true
	}
	for _, g := range t.groups {
		want, half := map[int]bool{}, map[int][]reg.Register{}
		for _, k := range g.outputs {
			want[k] = true
		}
		release := e.hold(g.by...)
		for second := range t.in {
			column := map[int]Op{}
			t.emit(e, func(first int) Op {
				if column[first] == nil {
					column[first] = from(first, second)
				}
				return column[first]
			}, want, func(k int, r reg.Register) { half[k] = append(half[k], r) })
		}
		release()
		for _, k := range g.outputs {
			at := to(k)
			t.emit(e, func(second int) Op { return half[k][second] }, all, func(k int, r reg.Register) {
				asm.VMOVUPS(r, at(k))
				e.free(r)
			})
			e.free(half[k]...)
		}
	}
}
