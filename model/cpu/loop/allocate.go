package loop

// allocate gives the registers of the body memory by their last use, and returns how many float32 they take.
func (l *lowering) allocate() int {
	lastUse := map[int]int{}
	for i, in := range l.body {
		for _, p := range []place{in.a, in.b, in.c} {
			if p.kind == atRegister {
				lastUse[p.at] = i
			}
		}
	}
	r := registers{size: roundUp(l.p.block, lineFloats), at: map[int]int{}, lastUse: lastUse}
	for i := range l.body {
		in := &l.body[i]
		for _, p := range []*place{&in.a, &in.b, &in.c} {
			r.read(p, i)
		}
		if in.dst.kind == atRegister {
			r.define(&in.dst)
		}
	}
	return r.blocks * r.size
}

// registers hands out blocks of scratch memory.
type registers struct {
	size    int
	blocks  int
	free    []int
	at      map[int]int // the block of a register number
	lastUse map[int]int // the last instruction that reads it
}

func (r *registers) read(p *place, instruction int) {
	if p.kind != atRegister {
		return
	}
	number := p.at
	p.at = r.at[number] * r.size
	if r.lastUse[number] == instruction {
		r.free = append(r.free, r.at[number])
		r.lastUse[number] = -1 // it may be two operands
	}
}

// define gives a new register a block, perhaps that of an operand read last by the same instruction.
func (r *registers) define(p *place) {
	if len(r.free) == 0 {
		r.free = append(r.free, r.blocks)
		r.blocks++
	}
	last := len(r.free) - 1
	r.at[p.at] = r.free[last]
	p.at = r.free[last] * r.size
	r.free = r.free[:last]
}

// layOut gives kept values, scalars and sinks their offsets, behind the registers.
func (l *lowering) layOut(registers int) {
	p := l.p
	for _, list := range [][]instr{p.before, p.body, p.streaming} {
		for i := range list {
			for _, at := range []*place{&list[i].dst, &list[i].a, &list[i].b, &list[i].c} {
				if at.kind == atKept {
					at.at += registers
				}
			}
		}
	}
	end := registers + l.kept
	take := func(n int) int {
		at := end
		end += roundUp(n, lineFloats)
		return at
	}
	p.scalarsAt = take(len(p.scalars))
	p.record = 1
	for i := range p.sinks {
		p.layOutSink(&p.sinks[i], take)
	}
	if len(p.sinks) == 0 {
		p.record = 0
	}
	p.scratch = end
}

func (p *Program) layOutSink(s *sink, take func(int) int) {
	s.record = p.record
	switch {
	case s.over == OverAll:
		p.record += p.chunks
	case s.over == OverCols:
		p.record++
	case s.what == momentsOf:
		s.acc, s.acc2, s.shift = take(p.wide()), take(p.wide()), take(p.wide())
		p.record += 2 * p.cols
	default:
		s.acc = take(p.wide())
		p.record += p.cols
	}
}
