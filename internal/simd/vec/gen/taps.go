package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tapKernels go over the channels with a group of some vectors at a time, and for each group over all taps: what a
// window comes to stays in registers.
func tapKernels() []kernel {
	reduction := func(name string, from float64, join func(m *machine, acc, x reg.VecVirtual) reg.VecVirtual) kernel {
		return kernel{name: name, params: "dst, src []float32, taps []int", emit: reduceTaps{from, join}.emit}
	}
	return []kernel{
		reduction("sumTaps", 0, func(m *machine, acc, x reg.VecVirtual) reg.VecVirtual { m.VADDPS(x, acc, acc); return acc }),
		reduction("productTaps", 1, func(m *machine, acc, x reg.VecVirtual) reg.VecVirtual { m.VMULPS(x, acc, acc); return acc }),
		reduction("maxTaps", math.Inf(-1), (*machine).max),
		reduction("minTaps", math.Inf(1), (*machine).min),
		{name: "argMaxTaps", params: "best []float32, which []int32, src []float32, taps []int", emit: argTaps{greater}.emit},
		{name: "argMinTaps", params: "best []float32, which []int32, src []float32, taps []int", emit: argTaps{less}.emit},
		{name: "addTaps", params: "dst, x []float32, which []int32, taps []int, first int", emit: addTaps},
	}
}

// channels is where a tap kernel is: the addresses, at the group's first channel, of what is as long as the channels and
// of the memory that the taps go into; the taps; and the channels left.
type channels struct {
	each             []reg.Register
	src, taps, count reg.Register
	left             reg.Register
}

// groups emits a loop over the channels: body does v vectors of them, the last incomplete if partial.
func (c channels) groups(m *machine, body func(v int, partial bool)) {
	m.Label("next")
	for _, v := range []int{4, 2, 1} {
		label := fmt.Sprintf("below%d", v)
		m.CMPQ(c.left, operand.U32(v*m.width))
		m.JLT(operand.LabelRef(label))
		body(v, false)
		for _, r := range append([]reg.Register{c.src}, c.each...) {
			m.ADDQ(operand.U32(4*m.width*v), r)
		}
		m.SUBQ(operand.U32(m.width*v), c.left)
		m.JMP(operand.LabelRef("next"))
		m.Label(label)
	}
	m.TESTQ(c.left, c.left)
	m.JZ(operand.LabelRef("done"))
	body(1, true)
	m.Label("done")
	m.end()
}

// overTaps emits a loop over the taps from the first on, which body gets the address of; there must be one, unless none
// names a label to jump to.
func (c channels) overTaps(m *machine, first int, label, none string, body func(at reg.Register)) {
	tap, n, at := m.GP64(), m.GP64(), m.GP64()
	m.LEAQ(operand.Mem{Base: c.taps, Disp: 8 * first}, tap)
	m.MOVQ(c.count, n)
	m.SUBQ(operand.U8(first), n)
	if none != "" {
		m.JZ(operand.LabelRef(none))
	}
	m.Label(label)
	m.MOVQ(operand.Mem{Base: tap}, at)
	m.LEAQ(operand.Mem{Base: c.src, Index: at, Scale: 4}, at)
	body(at)
	m.ADDQ(operand.U8(8), tap)
	m.DECQ(n)
	m.JNZ(operand.LabelRef(label))
}

// moves are the loads and stores of whole vectors, or of the channels left.
func (m *machine) moves(partial bool, left reg.Register) (load func(operand.Mem, reg.VecVirtual), store func(reg.VecVirtual, operand.Mem)) {
	if partial {
		return m.partial(left)
	}
	return func(from operand.Mem, to reg.VecVirtual) { m.VMOVUPS(from, to) },
		func(from reg.VecVirtual, to operand.Mem) { m.VMOVUPS(from, to) }
}

// vector is the j-th vector from an address on.
func (m *machine) vector(base reg.Register, j int) operand.Mem {
	return operand.Mem{Base: base, Disp: 4 * m.width * j}
}

// count32 emits what is needed to number the taps in all lanes: the number, and a step of one.
func (m *machine) count32(first operand.Op) (number, step reg.VecVirtual) {
	number, step = m.vec(), m.constantRegister(1)
	m.VMOVD(first, number.AsX())
	m.VPBROADCASTD(number.AsX(), number)
	return number, step
}

type reduceTaps struct {
	from float64
	join func(m *machine, acc, x reg.VecVirtual) reg.VecVirtual
}

func (r reduceTaps) emit(m *machine, k kernel) {
	m.begin(k)
	dst := m.base("dst")
	c := channels{each: []reg.Register{dst}, src: m.base("src"), taps: m.base("taps"), count: m.length("taps"), left: m.length("dst")}
	c.groups(m, func(v int, partial bool) {
		load, store := m.moves(partial, c.left)
		name := fmt.Sprintf("%d%t", v, partial)
		acc := m.vecs(v)
		for j := range acc {
			m.VBROADCASTSS(m.pool.number(math.Float32bits(float32(r.from))), acc[j])
		}
		c.overTaps(m, 0, "taps"+name, "none"+name, func(at reg.Register) {
			for j := range acc {
				x := m.vec()
				load(m.vector(at, j), x)
				if sum := r.join(m, acc[j], x); sum != acc[j] {
					m.VMOVAPS(sum, acc[j])
				}
			}
		})
		m.Label("none" + name)
		for j := range acc {
			store(acc[j], m.vector(dst, j))
		}
	})
}

type argTaps struct{ better operand.U8 }

func (a argTaps) emit(m *machine, k kernel) {
	m.begin(k)
	best, which := m.base("best"), m.base("which")
	c := channels{each: []reg.Register{best, which}, src: m.base("src"), taps: m.base("taps"), count: m.length("taps"), left: m.length("best")}
	c.groups(m, func(v int, partial bool) {
		load, store := m.moves(partial, c.left)
		name := fmt.Sprintf("%d%t", v, partial)
		b, w := m.vecs(v), m.vecs(v)
		at, one := m.GP64(), m.GP32()
		m.MOVQ(operand.Mem{Base: c.taps}, at)
		m.LEAQ(operand.Mem{Base: c.src, Index: at, Scale: 4}, at)
		for j := range v {
			load(m.vector(at, j), b[j])
			m.VXORPS(w[j], w[j], w[j])
		}
		m.MOVL(operand.U32(1), one)
		number, step := m.count32(one)
		c.overTaps(m, 1, "taps"+name, "none"+name, func(at reg.Register) {
			for j := range v {
				x := m.vec()
				load(m.vector(at, j), x)
				better := m.or(m.compare(a.better, x, b[j]), m.compare(unordered, x, x))
				m.put(better, x, b[j])
				m.put(better, number, w[j])
			}
			m.VPADDD(step, number, number)
		})
		m.Label("none" + name)
		for j := range v {
			store(b[j], m.vector(best, j))
			store(w[j], m.vector(which, j))
		}
	})
}

// or joins two results of comparisons.
func (m *machine) or(a, b truth) truth {
	if m.avx512() {
		k := m.K()
		m.KORW(a, b, k)
		return k
	}
	v := m.vec()
	m.VORPS(a, b, v)
	return v
}

func addTaps(m *machine, k kernel) {
	m.begin(k)
	xs, which := m.base("x"), m.base("which")
	c := channels{each: []reg.Register{xs, which}, src: m.base("dst"), taps: m.base("taps"), count: m.length("taps"), left: m.length("x")}
	first := m.parameter("first")
	c.groups(m, func(v int, partial bool) {
		load, store := m.moves(partial, c.left)
		name := fmt.Sprintf("%d%t", v, partial)
		x, w := m.vecs(v), m.vecs(v)
		for j := range v {
			load(m.vector(xs, j), x[j])
			load(m.vector(which, j), w[j])
		}
		number, step := m.count32(first.As32())
		c.overTaps(m, 0, "taps"+name, "none"+name, func(at reg.Register) {
			for j := range v {
				d := m.vec()
				load(m.vector(at, j), d)
				m.addWhere(number, w[j], x[j], d)
				store(d, m.vector(at, j))
			}
			m.VPADDD(step, number, number)
		})
		m.Label("none" + name)
	})
}

// addWhere adds x to d in the lanes where the integers a and b are equal.
func (m *machine) addWhere(a, b, x, d reg.VecVirtual) {
	if m.avx512() {
		k := m.K()
		m.VPCMPEQD(a, b, k)
		m.VADDPS(x, d, k, d)
		return
	}
	mask, sum := m.vec(), m.vec()
	m.VPCMPEQD(a, b, mask)
	m.VADDPS(x, d, sum)
	m.VBLENDVPS(mask, sum, d, d)
}
