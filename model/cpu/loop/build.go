package loop

import "slices"

// builder's second half: from values to instructions.
type lowering struct {
	*Builder
	p      *Program
	uses   []int // how many read the value
	live   []bool
	same   []bool // the value is the same for all rows
	where  []place
	done   []bool
	body   []instr // with register numbers, not offsets, until registers are given out
	owner  []Value // of each register number
	filled map[Value]place
	nearby map[Value]place // copies in registers
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
	b.fuseProducts()
	l := b.lower(blockLen)
	if n := l.footprint(); n*blockLen > cacheLen { // the shapes of blocks follow from what a first try needs
		l = b.lower(max(leastBlock, cacheLen/n))
	}
	return l.p, nil
}

// lower makes the program with blocks of about length numbers.
func (b *Builder) lower(length int) *lowering {
	l := &lowering{Builder: b, p: &Program{slots: b.slots, sinks: append([]sink(nil), b.sinks...)}}
	l.uses = l.count()
	l.mark()
	l.shape(length)
	for _, r := range l.results {
		l.emit(r.value)
	}
	for i := range l.p.sinks {
		l.body = append(l.body, l.sinkInstr(i))
	}
	l.finish()
	return l
}

// footprint is the number of blocks of memory that the body goes over.
func (l *lowering) footprint() int {
	blocks := map[place]bool{}
	for _, list := range [][]instr{l.p.body, l.p.streaming} {
		for _, in := range list {
			for _, p := range []place{in.dst, in.a, in.b, in.c} {
				if p.kind != nowhere && p.kind != atScalar {
					blocks[p] = true
				}
			}
		}
	}
	return len(blocks)
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

// sinkInstr is the instruction of sink i. Σ (x − mean)·y over rows, mean being the same for all rows, is one.
func (l *lowering) sinkInstr(i int) instr {
	s := &l.p.sinks[i]
	in := instr{form: fSink, dst: place{slot: i}}
	product := l.nodes[s.value]
	if s.what == SumOf && s.over == OverRows && product.op == Mul && l.uses[s.value] == 1 {
		for k := range 2 {
			d := product.args[k]
			if centred := l.nodes[d]; centred.op == Sub && l.uses[d] == 1 && l.same[centred.args[1]] && !l.same[centred.args[0]] {
				in.a, in.b = l.near(s, centred.args[0]), l.near(s, product.args[1-k])
				in.c = l.block(centred.args[1])
				return in
			}
		}
	}
	in.a = l.near(s, s.value)
	return in
}

// groupCols is the number of columns that sums over rows are made of at a time.
const groupCols = 128

// near is block for an operand of sink s. Sums over rows go down the rows of a block, a group of columns at a time: if that
// is not the whole row, numbers in memory are first brought to a register in their order, which is faster.
func (l *lowering) near(s *sink, v Value) place {
	at := l.block(v)
	if at.kind == atFull && s.over == OverRows && !l.p.slices && l.p.cols > groupCols {
		if l.nearby[v].kind == nowhere {
			l.nearby[v] = l.put(v, instr{form: fUnary, unary: signatures[opCopy].unary, a: at})
		}
		at = l.nearby[v]
	}
	return at
}

// mark finds the values that are needed, and those that are the same for all rows.
func (l *lowering) mark() {
	l.live = make([]bool, len(l.nodes))
	l.same = make([]bool, len(l.nodes))
	for _, r := range l.results {
		l.need(r.value)
	}
	for _, s := range l.p.sinks {
		l.need(s.value)
	}
}

func (l *lowering) need(v Value) {
	if l.live[v] {
		return
	}
	n := &l.nodes[v]
	l.live[v] = true
	l.same[v] = n.op != opInput || n.kind == inRow || n.kind == inScalar || n.kind == inConst
	for _, a := range n.operands() {
		l.need(a)
		l.same[v] = l.same[v] && l.same[a]
	}
}

// shape chooses blocks by what is needed.
func (l *lowering) shape(length int) {
	byRow, overRows, overCols := false, false, false
	for v, n := range l.nodes {
		byRow = byRow || l.live[v] && n.op == opInput && (n.kind == inRow || n.kind == inCol)
	}
	for _, s := range l.p.sinks {
		overRows = overRows || s.over == OverRows
		overCols = overCols || s.over == OverCols
	}
	l.p.layout = newLayout(l.cols, length, byRow || overRows || overCols, overRows, overCols)
	l.p.rowSums = overRows
	l.where = make([]place, len(l.nodes))
	l.done = make([]bool, len(l.nodes))
	l.filled, l.nearby = map[Value]place{}, map[Value]place{}
}
