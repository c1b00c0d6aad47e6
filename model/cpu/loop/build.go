package loop

import "slices"

// builder's second half: from values to instructions.
type lowering struct {
	*Builder
	p      *Program
	live   []bool
	same   []bool // the value is the same for all rows
	where  []place
	done   []bool
	body   []instr // with register numbers, not offsets, until registers are given out
	owner  []Value // of each register number
	filled map[Value]place
	cols   map[Value]place
	kept   int
}

// Build compiles the program.
func (b *Builder) Build() (*Program, error) {
	if b.err == nil && len(b.results)+len(b.sinks) == 0 {
		b.fail("no result")
	}
	if b.err != nil {
		return nil, b.err
	}
	l := &lowering{Builder: b, p: &Program{slots: b.slots, sinks: append([]sink(nil), b.sinks...)}}
	l.fuseProducts()
	l.mark()
	l.shape()
	for _, r := range l.results {
		l.emit(r.value)
	}
	for i := range l.p.sinks {
		a := l.block(l.p.sinks[i].value)
		l.body = append(l.body, instr{form: fSinkForm, a: a, b: place{slot: i}})
	}
	l.finish()
	return l.p, nil
}

// finish writes the results in both ways and gives out memory.
func (l *lowering) finish() {
	from := l.bring()
	body := l.body
	l.body = slices.Clone(body)
	l.write(from, false)
	size := l.allocate()
	l.p.body = l.body
	for _, r := range l.results {
		if r.kind == outFloat32 {
			l.p.streamed = append(l.p.streamed, r.slot)
		}
	}
	if len(l.p.streamed) > 0 {
		l.body = body
		l.write(from, true)
		size = max(size, l.allocate())
		l.p.streaming = l.body
	}
	for v, n := range l.nodes {
		if l.live[v] && n.op == opInput && n.kind == inFull {
			l.p.full = append(l.p.full, n.slot)
		}
	}
	l.layOut(size)
}

// mark finds the values that are needed, and those that are the same for all rows.
func (l *lowering) mark() {
	l.live = make([]bool, len(l.nodes))
	l.same = make([]bool, len(l.nodes))
	for _, r := range l.results {
		l.live[r.value] = true
	}
	for _, s := range l.p.sinks {
		l.live[s.value] = true
	}
	for v := len(l.nodes) - 1; v >= 0; v-- {
		for _, a := range l.nodes[v].operands() {
			l.live[a] = l.live[a] || l.live[v]
		}
	}
	for v := range l.nodes {
		n := &l.nodes[v]
		l.same[v] = n.op != opInput || n.kind == inRow || n.kind == inScalar || n.kind == inConst
		for _, a := range n.operands() {
			l.same[v] = l.same[v] && l.same[a]
		}
	}
}

// shape chooses blocks by what is needed.
func (l *lowering) shape() {
	byRow, overRows, overCols := false, false, false
	for v, n := range l.nodes {
		byRow = byRow || l.live[v] && n.op == opInput && (n.kind == inRow || n.kind == inCol)
	}
	for _, s := range l.p.sinks {
		overRows = overRows || s.over == OverRows
		overCols = overCols || s.over == OverCols
	}
	l.p.layout = newLayout(l.Builder.cols, byRow || overRows || overCols, overRows, overCols)
	l.p.rowSums = overRows
	l.where = make([]place, len(l.nodes))
	l.done = make([]bool, len(l.nodes))
	l.filled, l.cols = map[Value]place{}, map[Value]place{}
}

// fuseProducts turns a·b + c into one instruction where the product serves nothing else and no operand is a scalar, and
// the choice between dy and 0 by the sign of y into ReLUGrad.
func (l *lowering) fuseProducts() {
	uses := make([]int, len(l.nodes))
	for v := range l.nodes {
		for _, a := range l.nodes[v].operands() {
			uses[a]++
		}
	}
	for _, r := range l.results {
		uses[r.value]++
	}
	for _, s := range l.sinks {
		uses[s.value]++
	}
	l.nodes = append([]node(nil), l.nodes...)
	for v := range l.nodes {
		n := &l.nodes[v]
		switch n.op {
		case Add:
			for i := range 2 {
				m, other := l.nodes[n.args[i]], n.args[1-i]
				if m.op == Mul && uses[n.args[i]] == 1 && !l.number(m.args[0]) && !l.number(m.args[1]) && !l.number(other) {
					*n = node{op: MulAdd, args: [3]Value{m.args[0], m.args[1], other}}
					break
				}
			}
		case Select:
			if c := l.nodes[n.args[0]]; c.op == Greater && l.zero(c.args[1]) && l.zero(n.args[2]) {
				*n = node{op: ReLUGrad, args: [3]Value{c.args[0], n.args[1]}}
			}
		}
	}
}

// number tells whether v is a scalar operand or a constant.
func (l *lowering) number(v Value) bool {
	n := l.nodes[v]
	return n.op == opInput && (n.kind == inScalar || n.kind == inConst)
}

func (l *lowering) zero(v Value) bool {
	n := l.nodes[v]
	return n.op == opInput && n.kind == inConst && n.value == 0 && !signbit(n.value)
}
