package loop

import "fmt"

// Value is an operand or the result of an operation in a Builder.
type Value int32

// inputKind says how an operand lies in the iteration space.
type inputKind uint8

const (
	inFull inputKind = iota
	inRow
	inCol
	inScalar
	inConst
	inUint8
	inBool
)

// node is a Value's definition.
type node struct {
	op    Op
	args  [3]Value
	kind  inputKind // of an opInput
	slot  int
	value float32 // of an inConst
}

func (n *node) operands() []Value { return n.args[:signatures[n.op].args] }

func (n *node) isMask() bool {
	if n.op == opInput {
		return n.kind == inBool
	}
	return signatures[n.op].gives
}

// resultKind is the element type of a result.
type resultKind uint8

const (
	outFloat32 resultKind = iota
	outUint8
	outBool
)

type result struct {
	value Value
	slot  int
	kind  resultKind
}

// Builder collects what a program is to compute. Slots number the buffers that a Bind will give, operands and results in
// one numbering. Equal values are made once. The first mistake is kept and reported by Build.
type Builder struct {
	cols    int
	nodes   []node
	known   map[node]Value
	results []result
	sinks   []sink
	slots   int
	err     error
}

// New begins a program over rows of cols numbers.
func New(cols int) *Builder {
	b := &Builder{cols: cols, known: map[node]Value{}}
	if cols < 1 {
		b.fail("rows of %d numbers", cols)
	}
	return b
}

func (b *Builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf("loop: "+format, args...)
	}
}

func (b *Builder) use(slot int) {
	if slot < 0 {
		b.fail("slot %d", slot)
	}
	b.slots = max(b.slots, slot+1)
}

func (b *Builder) add(n node) Value {
	if v, ok := b.known[n]; ok {
		return v
	}
	b.nodes = append(b.nodes, n)
	v := Value(len(b.nodes) - 1)
	b.known[n] = v
	return v
}

func (b *Builder) input(kind inputKind, slot int) Value {
	b.use(slot)
	return b.add(node{op: opInput, kind: kind, slot: slot})
}

// Full is the operand of rows·cols float32 in slot.
func (b *Builder) Full(slot int) Value { return b.input(inFull, slot) }

// Row is the operand of cols float32, one per column.
func (b *Builder) Row(slot int) Value {
	if b.cols == 1 {
		return b.Scalar(slot)
	}
	return b.input(inRow, slot)
}

// Col is the operand of one float32 per row.
func (b *Builder) Col(slot int) Value {
	if b.cols == 1 {
		return b.Full(slot)
	}
	return b.input(inCol, slot)
}

// Scalar is the first float32 of slot, the same everywhere.
func (b *Builder) Scalar(slot int) Value { return b.input(inScalar, slot) }

// Uint8 is the operand of rows·cols uint8, as numbers.
func (b *Builder) Uint8(slot int) Value { return b.input(inUint8, slot) }

// Bool is the operand of rows·cols bool, a mask.
func (b *Builder) Bool(slot int) Value { return b.input(inBool, slot) }

// Const is a number known beforehand; it must not be NaN, which equals nothing, itself included.
func (b *Builder) Const(v float32) Value {
	if v != v {
		b.fail("a constant is NaN")
	}
	for i, n := range b.nodes { // a map would take −0 for 0
		if n.op == opInput && n.kind == inConst && n.value == v && signbit(n.value) == signbit(v) {
			return Value(i)
		}
	}
	b.nodes = append(b.nodes, node{op: opInput, kind: inConst, value: v})
	return Value(len(b.nodes) - 1)
}

// Apply is op of args: as many, and numbers and masks in the places, as the list of operations says.
func (b *Builder) Apply(op Op, args ...Value) Value {
	n := node{op: op}
	if op == opInput || op >= numOps || len(args) != signatures[op].args {
		b.fail("%d operands for operation %d", len(args), op)
		return 0
	}
	for i, a := range args {
		if a < 0 || int(a) >= len(b.nodes) || b.nodes[a].isMask() != signatures[op].masks[i] {
			b.fail("%v: operand %d is unknown, or a mask where a number should be, or the other way round", op, i)
			return 0
		}
		n.args[i] = a
	}
	if v, ok := b.simpler(op, args); ok {
		return v
	}
	return b.add(n)
}

// Out writes v, a number, to the rows·cols float32 in slot.
func (b *Builder) Out(slot int, v Value) { b.out(slot, v, outFloat32) }

// OutUint8 writes v, a number, to the rows·cols uint8 in slot: see vec.ToUint8.
func (b *Builder) OutUint8(slot int, v Value) { b.out(slot, v, outUint8) }

// OutBool writes v, a mask, to the rows·cols bool in slot.
func (b *Builder) OutBool(slot int, v Value) { b.out(slot, v, outBool) }

func (b *Builder) out(slot int, v Value, kind resultKind) {
	b.use(slot)
	if v < 0 || int(v) >= len(b.nodes) || b.nodes[v].isMask() != (kind == outBool) {
		b.fail("result in slot %d: its value is unknown, or a mask where a number should be, or the other way round", slot)
		return
	}
	b.results = append(b.results, result{value: v, slot: slot, kind: kind})
}
