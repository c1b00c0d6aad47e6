package loop

// simpler gives a value that is the same as op of args and there already, or less work. GoMLX's gradient of max(x, 0)
// multiplies by sign(sign(x − 0) + 1), which is 0 where x < 0 and else 1: that product becomes a choice, whose result
// differs where an infinite number or a NaN would be multiplied by 0.
func (b *Builder) simpler(op Op, args []Value) (Value, bool) {
	switch op {
	case Sub:
		return args[0], b.is(args[1], 0)
	case Div:
		return args[0], b.is(args[1], 1)
	case Mul:
		for i := range 2 {
			if b.is(args[i], 1) {
				return args[1-i], true
			}
			if s := b.nodes[args[i]]; s.op == Select && b.is(s.args[1], 0) && b.is(s.args[2], 1) {
				return b.Apply(Select, s.args[0], s.args[1], args[1-i]), true
			}
		}
	case Sign:
		if sum := b.nodes[args[0]]; sum.op == Add && b.is(sum.args[1], 1) && b.nodes[sum.args[0]].op == Sign {
			negative := b.Apply(Less, b.nodes[sum.args[0]].args[0], b.Const(0))
			return b.Apply(Select, negative, b.Const(0), b.Const(1)), true
		}
	}
	return 0, false
}

// is says whether v is the constant c, which is not −0.
func (b *Builder) is(v Value, c float32) bool {
	n := b.nodes[v]
	return n.op == opInput && n.kind == inConst && n.value == c && !(c == 0 && signbit(n.value))
}

// fuseProducts turns a·b + c into one instruction where the product serves nothing else and no operand is a scalar, c − a·b
// too where b is a row and so is cheaply made −b, and the choice between dy and 0 by the sign of y into ReLUGrad.
func (b *Builder) fuseProducts() {
	uses := b.count()
	b.nodes = append([]node(nil), b.nodes...)
	for v := range len(b.nodes) {
		n := &b.nodes[v]
		switch n.op {
		case Sub:
			m := b.nodes[n.args[1]]
			for i := range 2 {
				if m.op == Mul && uses[n.args[1]] == 1 && b.isRow(m.args[i]) && !b.number(m.args[1-i]) && !b.number(n.args[0]) {
					negative := b.add(node{op: Neg, args: [3]Value{m.args[i]}})
					n = &b.nodes[v] // adding may have moved them
					*n = node{op: MulAdd, args: [3]Value{m.args[1-i], negative, n.args[0]}}
					break
				}
			}
		case Add:
			for i := range 2 {
				m, other := b.nodes[n.args[i]], n.args[1-i]
				if m.op == Mul && uses[n.args[i]] == 1 && !b.number(m.args[0]) && !b.number(m.args[1]) && !b.number(other) {
					*n = node{op: MulAdd, args: [3]Value{m.args[0], m.args[1], other}}
					break
				}
			}
		case Select:
			if c := b.nodes[n.args[0]]; c.op == Greater && b.is(c.args[1], 0) && b.is(n.args[2], 0) {
				*n = node{op: ReLUGrad, args: [3]Value{c.args[0], n.args[1]}}
			}
		}
	}
}

// count counts what reads each value.
func (b *Builder) count() []int {
	uses := make([]int, len(b.nodes))
	for v := range b.nodes {
		for _, a := range b.nodes[v].operands() {
			uses[a]++
		}
	}
	for _, r := range b.results {
		uses[r.value]++
	}
	for _, s := range b.sinks {
		uses[s.value]++
	}
	return uses
}

func (b *Builder) isRow(v Value) bool {
	n := b.nodes[v]
	return n.op == opInput && n.kind == inRow
}

// number tells whether v is a scalar operand or a constant.
func (b *Builder) number(v Value) bool {
	n := b.nodes[v]
	return n.op == opInput && (n.kind == inScalar || n.kind == inConst)
}
