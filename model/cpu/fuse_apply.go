package cpu

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"

	"fashionpipe/model/cpu/loop"
)

// small is a constant of one bool or uint8.
func (b *loopBuilder) small(v *value) loop.Value {
	switch flat := v.node.attrs.(*constant).buf.flat.(type) {
	case []bool:
		op := loop.NotEqual
		if flat[0] {
			op = loop.Equal
		}
		return b.Apply(op, b.Const(0), b.Const(0))
	case []uint8:
		return b.Const(float32(flat[0]))
	}
	panic("not a small constant")
}

// convert changes numbers to truth values, or the other way round; numbers of all types are float32 on the way.
func (b *loopBuilder) convert(v loop.Value, from, to dtypes.DType) loop.Value {
	switch {
	case from == dtypes.Bool && to != dtypes.Bool:
		return b.Apply(loop.FromMask, v)
	case from != dtypes.Bool && to == dtypes.Bool:
		return b.Apply(loop.ToMask, v)
	}
	return v
}

// apply is op, or, for small whole powers, a product.
func (b *loopBuilder) apply(op loop.Op, m *member, args []loop.Value) loop.Value {
	if m.n.op != compute.OpTypePow {
		return b.Apply(op, args...)
	}
	x := args[0]
	switch e, _ := m.operands[1].number(); e {
	case 1:
		return x
	case 2:
		return b.Apply(loop.Mul, x, x)
	case 3:
		return b.Apply(loop.Mul, b.Apply(loop.Mul, x, x), x)
	case -1:
		return b.Apply(loop.Div, b.Const(1), x)
	}
	return b.Apply(op, args...)
}
