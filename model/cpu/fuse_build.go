package cpu

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"

	"fashionpipe/model/cpu/loop"
)

// loopBuilder makes the program of a group.
type loopBuilder struct {
	*loop.Builder
	group  *group
	inputs []*value
	slots  map[*value]int // of inputs
	values map[*member]loop.Value
}

// build makes the node that computes gr, and moves the results that others read to it; nil if there are none.
func (gr *group) build() *node {
	b := &loopBuilder{
		Builder: loop.New(max(1, gr.cols)), group: gr,
		slots: map[*value]int{}, values: map[*member]loop.Value{},
	}
	results := 0
	for _, m := range gr.members { // operands first: their slots come before those of results
		if m.stored {
			results += len(m.n.outputs)
			for _, o := range m.operands {
				b.operand(o)
			}
		}
	}
	if results == 0 {
		return nil
	}
	n := &node{op: opLoop, inputs: b.inputs, id: gr.members[len(gr.members)-1].n.id}
	for _, m := range gr.members {
		if m.stored {
			b.result(n, m)
		}
	}
	p, err := b.Build()
	if err != nil {
		panic(fmt.Sprintf("backend %s: loop of %d operations: %v", Name, len(gr.members), err))
	}
	n.kernel = newLoopKernel(p, n, gr.size/max(1, gr.cols))
	n.name = fmt.Sprintf("Loop of %d", len(b.values))
	return n
}

// result adds what m writes to memory, and makes it n's.
func (b *loopBuilder) result(n *node, m *member) {
	slot := len(b.inputs) + len(n.outputs)
	for _, v := range m.n.outputs {
		v.node, v.index = n, len(n.outputs)
		n.outputs = append(n.outputs, v)
	}
	switch m.form {
	case formMoments:
		b.Moments(b.operand(m.operands[0]), loop.Moments{Sum: -1, Mean: slot, Squares: -1, Variance: slot + 1})
	case formReduce:
		b.Sink(slot, b.operand(m.operands[0]), m.what, m.over)
	default:
		v := b.value(m)
		switch m.n.outputs[0].shape.DType {
		case dtypes.Bool:
			b.OutBool(slot, v)
		case dtypes.Uint8:
			b.OutUint8(slot, v)
		default:
			b.Out(slot, v)
		}
	}
}

// operand is the value that o stands for: computed here if it is a member's that nobody stores, or of this group.
func (b *loopBuilder) operand(o operand) loop.Value {
	if v, ok := o.number(); ok {
		return b.Const(v)
	}
	if isNumber(o.base) && o.base.shape.DType != dtypes.Float32 {
		return b.small(o.base)
	}
	if o.inline() && (o.from.group == b.group || !o.from.stored) {
		return b.value(o.from)
	}
	slot, ok := b.slots[o.base]
	if !ok {
		slot = len(b.inputs)
		b.slots[o.base] = slot
		b.inputs = append(b.inputs, o.base)
	}
	switch o.kind {
	case accessRow:
		return b.Row(slot)
	case accessCol:
		return b.Col(slot)
	case accessOne:
		return b.Scalar(slot)
	}
	switch o.base.shape.DType {
	case dtypes.Bool:
		return b.Bool(slot)
	case dtypes.Uint8:
		return b.Uint8(slot)
	}
	return b.Full(slot)
}

// value is what m computes.
func (b *loopBuilder) value(m *member) loop.Value {
	if v, ok := b.values[m]; ok {
		return v
	}
	args := make([]loop.Value, len(m.operands))
	for i, o := range m.operands {
		args[i] = b.operand(o)
	}
	var v loop.Value
	switch m.form {
	case formSpread:
		v = args[0]
	case formConvert:
		v = b.convert(args[0], m.operands[0].base.shape.DType, m.n.outputs[0].shape.DType)
	case formIsFinite:
		v = b.Apply(loop.Less, b.Apply(loop.Abs, args[0]), b.Const(float32(math.Inf(1))))
	default:
		v = b.apply(m.op, m, args)
	}
	b.values[m] = v
	return v
}
