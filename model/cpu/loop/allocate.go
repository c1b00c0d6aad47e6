package loop

// write adds the instructions that bring results to their memory. A result is computed right there if nothing reads a
// Full operand afterwards, for its memory may be that operand's; else it is copied at the end of the block.
func (l *lowering) write() {
	from := make([]place, len(l.results))
	for i, r := range l.results {
		from[i] = l.block(r.value)
		if from[i].kind == atFull && len(l.results) > 1 { // an operand; another result may overwrite it
			from[i] = l.put(r.value, instr{form: fUnary, unary: signatures[opCopy].unary, a: from[i]})
		}
	}
	var last []instr
	for i, r := range l.results {
		to := place{kind: atFull, slot: r.slot}
		switch {
		case r.kind == outBool:
			last = append(last, instr{form: fToBool, dst: to, a: from[i]})
		case r.kind == outUint8:
			last = append(last, instr{form: fToUint8, dst: to, a: from[i]})
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

// allocate gives registers memory by their last use, and lays out scratch memory.
func (l *lowering) allocate() {
	lastUse := map[int]int{}
	for i, in := range l.body {
		for _, p := range []place{in.a, in.b, in.c} {
			if p.kind == atRegister {
				lastUse[p.at] = i
			}
		}
	}
	size := roundUp(l.p.block, lineFloats)
	at := map[int]int{} // of a register number, in blocks
	var free []int
	blocks := 0
	for i := range l.body {
		in := &l.body[i]
		for _, p := range []*place{&in.a, &in.b, &in.c} {
			if p.kind != atRegister {
				continue
			}
			number := p.at
			p.at = at[number] * size
			if lastUse[number] == i {
				free = append(free, at[number])
				lastUse[number] = -1 // it may be two operands
			}
		}
		if in.dst.kind != atRegister {
			continue
		}
		if len(free) == 0 {
			free = append(free, blocks)
			blocks++
		}
		at[in.dst.at] = free[len(free)-1]
		free = free[:len(free)-1]
		in.dst.at = at[in.dst.at] * size
	}
	l.layOut(blocks * size)
}

// layOut gives kept values, scalars and sinks their offsets.
func (l *lowering) layOut(registers int) {
	p := l.p
	for _, list := range [][]instr{p.before, l.body} {
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
	records := 1
	for i := range p.sinks {
		s := &p.sinks[i]
		s.record = records
		switch {
		case s.over == OverAll:
			records += p.chunks
		case s.over == OverCols:
			records++
		case s.what == momentsOf:
			s.acc, s.acc2, s.shift = take(p.wide()), take(p.wide()), take(p.wide())
			p.ones = take(p.block)
			records += 2 * p.cols
		default:
			s.acc = take(p.wide())
			records += p.cols
		}
	}
	p.scratch = end
	if len(p.sinks) > 0 {
		p.record = records
	}
}
