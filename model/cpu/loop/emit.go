package loop

// emit makes the instructions that compute v, once, and says where v is.
func (l *lowering) emit(v Value) place {
	if l.done[v] {
		return l.where[v]
	}
	n := &l.nodes[v]
	var at place
	if n.op == opInput {
		at = l.emitInput(v, n)
	} else {
		at = l.emitOp(v, n)
	}
	l.done[v], l.where[v] = true, at
	return at
}

func (l *lowering) emitInput(v Value, n *node) place {
	switch n.kind {
	case inRow:
		if l.p.slices {
			return place{kind: atRow, slot: n.slot}
		}
		return l.put(v, instr{form: fRepeat, a: place{kind: atRow, slot: n.slot}})
	case inCol:
		if l.p.slices {
			l.p.spread = true
			return l.scalar(scalar{kind: inCol, slot: n.slot})
		}
		return l.put(v, instr{form: fSpread, a: place{kind: atFull, slot: n.slot}})
	case inScalar, inConst:
		return l.scalar(scalar{kind: n.kind, slot: n.slot, value: n.value})
	case inUint8:
		return l.put(v, instr{form: fUint8, a: place{kind: atFull, slot: n.slot}})
	case inBool:
		return l.put(v, instr{form: fBool, a: place{kind: atFull, slot: n.slot}})
	}
	return place{kind: atFull, slot: n.slot}
}

func (l *lowering) scalar(s scalar) place {
	l.p.scalars = append(l.p.scalars, s)
	return place{kind: atScalar, slot: len(l.p.scalars) - 1}
}

// put appends an instruction for v: once per run where v is the same for all rows, else once per block.
func (l *lowering) put(v Value, i instr) place {
	if l.same[v] {
		i.dst = place{kind: atKept, at: l.kept}
		l.kept += roundUp(l.p.kept, lineFloats)
		l.p.before = append(l.p.before, i)
		return i.dst
	}
	i.dst = place{kind: atRegister, at: len(l.owner)}
	l.owner = append(l.owner, v)
	l.body = append(l.body, i)
	return i.dst
}

// block is emit for uses that can't take a scalar: one is spread over a block, once.
func (l *lowering) block(v Value) place {
	at := l.emit(v)
	if at.kind != atScalar {
		return at
	}
	if filled, ok := l.filled[v]; ok {
		return filled
	}
	at = l.put(v, instr{form: fFill, a: at})
	l.filled[v] = at
	return at
}

func (l *lowering) emitOp(v Value, n *node) place {
	s := &signatures[n.op]
	a := n.args
	switch n.op {
	case MulAdd:
		return l.put(v, instr{form: fMulAdd, a: l.block(a[0]), b: l.block(a[1]), c: l.block(a[2])})
	case Select:
		return l.put(v, instr{form: fSelect, a: l.block(a[0]), b: l.block(a[1]), c: l.block(a[2])})
	case FromMask: // the bits of 1 where the mask is set
		return l.put(v, instr{form: fBinary, binary: signatures[And].binary, a: l.block(a[0]), b: l.block(l.one())})
	case ToMask:
		i := instr{form: fScalar, scalar: signatures[NotEqual].scalar, a: l.block(a[0])}
		i.b = l.scalar(scalar{kind: inConst})
		return l.put(v, i)
	}
	if s.args == 1 {
		return l.put(v, instr{form: fUnary, unary: s.unary, a: l.block(a[0])})
	}
	return l.emitBinary(v, n, s)
}

func (l *lowering) emitBinary(v Value, n *node, s *signature) place {
	x, y := l.emit(n.args[0]), l.emit(n.args[1])
	switch {
	case y.kind == atScalar && s.scalar != nil:
		return l.put(v, instr{form: fScalar, scalar: s.scalar, a: l.block(n.args[0]), b: y})
	case x.kind == atScalar && s.rscalar != nil:
		return l.put(v, instr{form: fScalar, scalar: s.rscalar, a: l.block(n.args[1]), b: x})
	}
	return l.put(v, instr{form: fBinary, binary: s.binary, a: l.block(n.args[0]), b: l.block(n.args[1])})
}

// one is the constant 1, as a Value; it may be new, or there but not needed so far.
func (l *lowering) one() Value {
	v := l.Const(1)
	for len(l.live) < len(l.nodes) {
		l.live, l.same = append(l.live, false), append(l.same, false)
		l.where, l.done = append(l.where, place{}), append(l.done, false)
	}
	l.live[v], l.same[v] = true, true
	return v
}
