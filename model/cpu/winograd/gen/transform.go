package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The points of the 6×6 transforms are 0, ±a, ±b, ∞; of the 4×4 ones 0, ±1, ∞. See package winograd's documentation.
const (
	a = 5.0 / 8
	b = 3.0 / 2
)

// transform is a matrix times a vector.
type transform struct {
	in, out int
	groups  []group
	consts  []float64 // to be kept in registers where there are enough
	// emit writes the outputs wanted (all of one or more groups) of the inputs d, and leaves those unchanged.
	emit func(e *emitter, d inputs, want map[int]bool, put func(k int, r reg.Register))
}

// inputs are registers or memory. Asking for one twice gives the same.
type inputs func(i int) Op

// group is outputs that share work and, for all columns, fit the registers of either level together; by are the constants
// that multiply memory when a column is transformed, which AVX2 can't take from memory as well.
type group struct {
	outputs []int
	by      []float64
}

// input6 is Bᵀ, 6 → 6: values of the polynomials ∏(x−q) over all points q but the row's own.
var input6 = transform{
	in: 6, out: 6, consts: []float64{a, b, a * a, b * b, a * a * b * b, a*a + b*b},
	groups: []group{{[]int{1, 2}, []float64{b * b}}, {[]int{3, 4}, []float64{a * a}}, {[]int{0, 5}, []float64{a * a * b * b, a*a + b*b}}},
	emit: func(e *emitter, d inputs, want map[int]bool, put func(int, reg.Register)) {
		end := func(k int) {
			if want[k] {
				r := e.load(d(4 + k/5))
				e.fma(r, -(a*a + b*b), d(2+k/5))
				e.fma(r, a*a*b*b, d(k/5))
				put(k, r)
			}
		}
		pair := func(k int, p, other float64) {
			if want[k] {
				even, odd := e.load(d(4)), e.load(d(3))
				e.fma(even, -other, d(2))
				e.fma(odd, -other, d(1))
				plus := e.load(even)
				e.fma(plus, p, odd)
				e.fma(even, -p, odd)
				e.free(odd)
				put(k, plus)
				put(k+1, even)
			}
		}
		end(0)
		pair(1, a, b*b)
		pair(3, b, a*a)
		end(5)
	},
}

// input4 is Bᵀ, 4 → 4.
var input4 = transform{
	in: 4, out: 4, groups: []group{{outputs: []int{0, 1}}, {outputs: []int{2, 3}}},
	emit: func(e *emitter, d inputs, want map[int]bool, put func(int, reg.Register)) {
		for k, of := range [][2]int{{0, 2}, {2, 1}, {2, 1}, {3, 1}} {
			if !want[k] {
				continue
			}
			r := e.load(d(of[0]))
			if k == 1 {
				asm.VADDPS(d(of[1]), r, r)
			} else {
				asm.VSUBPS(d(of[1]), r, r)
			}
			put(k, r)
		}
	},
}

// filter is G of 6 points, n → 6 for n taps: powers of the point over the product of its differences to the others.
func filter(n int) transform {
	na, nb := 2*a*a*(a*a-b*b), 2*b*b*(b*b-a*a)
	return transform{
		in: n, out: 6, groups: []group{
			{[]int{0, 5}, []float64{1 / (a * a * b * b)}},
			{[]int{1, 2}, []float64{1 / na, a / na, a * a / na, a * a * a / na}[:n]},
			{[]int{3, 4}, []float64{1 / nb, b / nb, b * b / nb, b * b * b / nb}[:n]},
		},
		emit: func(e *emitter, g inputs, want map[int]bool, put func(int, reg.Register)) {
			if want[0] {
				put(0, e.mul(1/(a*a*b*b), g(0)))
			}
			pair := func(k int, p, norm float64) {
				if want[k] {
					plus, odd := e.mul(1/norm, g(0)), e.mul(p/norm, g(1))
					e.fma(plus, p*p/norm, g(2))
					if n == 4 {
						e.fma(odd, p*p*p/norm, g(3))
					}
					minus := e.load(plus)
					asm.VADDPS(odd, plus, plus)
					asm.VSUBPS(odd, minus, minus)
					e.free(odd)
					put(k, plus)
					put(k+1, minus)
				}
			}
			pair(1, a, na)
			pair(3, b, nb)
			if want[5] {
				put(5, e.load(g(n-1)))
			}
		},
	}
}

// weights4 is G of 4 points, 3 → 4.
var weights4 = transform{
	in: 3, out: 4, groups: []group{{outputs: []int{0, 3}}, {[]int{1, 2}, []float64{0.5}}},
	emit: func(e *emitter, g inputs, want map[int]bool, put func(int, reg.Register)) {
		if want[0] {
			put(0, e.load(g(0)))
		}
		if want[1] {
			plus, odd := e.mul(0.5, g(0)), e.mul(0.5, g(1))
			e.fma(plus, 0.5, g(2))
			minus := e.load(plus)
			asm.VADDPS(odd, plus, plus)
			asm.VSUBPS(odd, minus, minus)
			e.free(odd)
			put(1, plus)
			put(2, minus)
		}
		if want[3] {
			put(3, e.load(g(2)))
		}
	},
}

// output6 is Aᵀ of 6 points, 6 → m: powers of the points; the last output has the point ∞ as well.
func output6(m int) transform {
	groups, consts := []group{{outputs: []int{0, 2}}, {outputs: []int{1, 3}}}, []float64{a, b, a * a, b * b, a * a * a, b * b * b}
	if m == 3 {
		groups, consts = []group{{outputs: []int{0, 2}}, {outputs: []int{1}}}, consts[:4]
	}
	return transform{
		in: 6, out: m, groups: groups, consts: consts,
		emit: func(e *emitter, d inputs, want map[int]bool, put func(int, reg.Register)) {
			if want[0] {
				first, second := e.load(d(1)), e.load(d(3))
				asm.VADDPS(d(2), first, first)
				asm.VADDPS(d(4), second, second)
				two := e.weighted(a*a, first, b*b, second, d, m == 3)
				asm.VADDPS(d(0), first, first)
				asm.VADDPS(second, first, first)
				e.free(second)
				put(0, first)
				put(2, two)
			}
			if want[1] {
				first, second := e.load(d(1)), e.load(d(3))
				asm.VSUBPS(d(2), first, first)
				asm.VSUBPS(d(4), second, second)
				put(1, e.weighted(a, first, b, second, nil, false))
				if m == 4 {
					put(3, e.weighted(a*a*a, first, b*b*b, second, d, true))
				}
				e.free(first, second)
			}
		},
	}
}

// weighted is a new register with p·x + q·y, and d's last if it is to be added.
func (e *emitter) weighted(p float64, x reg.Register, q float64, y reg.Register, d inputs, add bool) reg.Register {
	var r reg.Register
	if add {
		r = e.load(d(5))
		e.fma(r, p, x)
	} else {
		r = e.mul(p, x)
	}
	e.fma(r, q, y)
	return r
}

// output4 is Aᵀ of 4 points, 4 → 2.
var output4 = transform{
	in: 4, out: 2, groups: []group{{outputs: []int{0, 1}}},
	emit: func(e *emitter, d inputs, want map[int]bool, put func(int, reg.Register)) {
		r, s := e.load(d(0)), e.load(d(3))
		asm.VADDPS(d(1), r, r)
		asm.VADDPS(d(1), s, s)
		asm.VADDPS(d(2), r, r)
		asm.VSUBPS(d(2), s, s)
		put(0, r)
		put(1, s)
	},
}
