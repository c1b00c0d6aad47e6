package loop

import (
	"slices"

	"fashionpipe/internal/simd/vec"
)

// bring gives the places that results are taken from, before they are written.
func (l *lowering) bring() []place {
	from := make([]place, len(l.results))
	for i, r := range l.results {
		from[i] = l.block(r.value)
		if from[i].kind == atFull && len(l.results) > 1 { // an operand; another result may overwrite it
			from[i] = l.put(r.value, instr{form: fUnary, unary: signatures[opCopy].unary, a: from[i]})
		}
	}
	return from
}

// write adds the instructions that bring results to their memory. A result is computed right there if nothing reads a
// Full operand afterwards, for its memory may be that operand's; else, and in a program that streams, it is copied at the end of
// the block.
func (l *lowering) write(from []place, stream bool) {
	from = slices.Clone(from)
	var last []instr
	for i, r := range l.results {
		to := place{kind: atFull, slot: r.slot}
		switch {
		case r.kind == outBool:
			last = append(last, instr{form: fToBool, dst: to, a: from[i]})
		case r.kind == outUint8:
			last = append(last, instr{form: fToUint8, dst: to, a: from[i]})
		case stream:
			last = append(last, instr{form: fUnary, unary: vec.Stream, dst: to, a: from[i]})
		case l.inPlace(from[i], to):
			replaceAll(from, last, from[i], to)
		default:
			last = append(last, instr{form: fUnary, unary: signatures[opCopy].unary, dst: to, a: from[i]})
		}
	}
	l.body = append(l.body, last...)
}

// replaceAll puts to in the place of a register where results are taken from.
func replaceAll(from []place, last []instr, register, to place) {
	for i := range from {
		if from[i] == register {
			from[i] = to
		}
	}
	for i := range last {
		if last[i].a == register {
			last[i].a = to
		}
	}
}

// inPlace makes the instruction that computes register from write to the place to, if that is right.
func (l *lowering) inPlace(from, to place) bool {
	if from.kind != atRegister {
		return false
	}
	for i := len(l.body) - 1; i >= 0; i-- {
		in := &l.body[i]
		if in.dst == from {
			l.replace(from, to, i)
			return true
		}
		if in.a.kind == atFull || in.b.kind == atFull || in.c.kind == atFull {
			return false
		}
	}
	return false
}

// replace puts to in the place of a register, from instruction i on.
func (l *lowering) replace(from, to place, i int) {
	l.body[i].dst = to
	for ; i < len(l.body); i++ {
		in := &l.body[i]
		for _, p := range []*place{&in.a, &in.b, &in.c} {
			if *p == from {
				*p = to
			}
		}
	}
}
