package cpu

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"

	"fashionpipe/model/cpu/loop"
)

// member is a node that can be part of a loop.
type member struct {
	n        *node
	op       loop.Op
	form     memberForm
	operands []operand
	size     int // numbers that the loop goes over
	cols     int // numbers in a row; 0: any
	over     loop.Over
	what     loop.Reduction
	group    *group
	pos      int  // of the node in the graph
	stored   bool // the result is written to memory
}

type memberForm uint8

const (
	formOp      memberForm = iota // loop.Op of the operands
	formConvert                   // change of type
	formSpread                    // a broadcast that must be written to memory
	formIsFinite
	formReduce
	formMoments
)

func (m *member) isSink() bool { return m.form == formReduce || m.form == formMoments }

// simple are the operations that are one of a loop's.
var simple = map[compute.OpType]loop.Op{
	compute.OpTypeAbs: loop.Abs, compute.OpTypeNeg: loop.Neg, compute.OpTypeSqrt: loop.Sqrt, compute.OpTypeRsqrt: loop.Rsqrt,
	compute.OpTypeFloor: loop.Floor, compute.OpTypeCeil: loop.Ceil, compute.OpTypeRound: loop.Round, compute.OpTypeSign: loop.Sign,
	compute.OpTypeExp: loop.Exp, compute.OpTypeLog: loop.Log, compute.OpTypeTanh: loop.Tanh, compute.OpTypeLogistic: loop.Logistic,
	compute.OpTypeErf: loop.Erf, compute.OpTypeSin: loop.Sin, compute.OpTypeCos: loop.Cos, compute.OpTypeLog1p: loop.Log1p,
	compute.OpTypeExpm1: loop.Expm1, compute.OpTypeAdd: loop.Add, compute.OpTypeSub: loop.Sub, compute.OpTypeMul: loop.Mul,
	compute.OpTypeDiv: loop.Div, compute.OpTypeMax: loop.Max, compute.OpTypeMin: loop.Min, compute.OpTypePow: loop.Pow,
	compute.OpTypeRem: loop.Rem, compute.OpTypeEqual: loop.Equal, compute.OpTypeNotEqual: loop.NotEqual,
	compute.OpTypeLessThan: loop.Less, compute.OpTypeLessOrEqual: loop.LessOrEqual, compute.OpTypeGreaterThan: loop.Greater,
	compute.OpTypeGreaterOrEqual: loop.GreaterOrEqual, compute.OpTypeLogicalAnd: loop.And, compute.OpTypeLogicalOr: loop.Or,
	compute.OpTypeLogicalXor: loop.Xor, compute.OpTypeLogicalNot: loop.Not, compute.OpTypeWhere: loop.Select,
	compute.OpTypeIsNaN: loop.NotEqual,
}

// newMember gives the member that n can be, or nil.
func newMember(n *node) *member {
	if n.kernel != nil || len(n.bodies) > 0 || len(n.outputs) == 0 || len(n.inputs) == 0 || n.outputs[0].shape.Size() == 0 {
		return nil
	}
	m := &member{n: n, size: n.outputs[0].shape.Size()}
	op, isSimple := simple[n.op]
	ok := true
	switch {
	case isSimple:
		m.op = op
		ok = natives[n.op] == nil // else it has a kernel of its own
	case n.op == compute.OpTypeIsFinite:
		m.form = formIsFinite
	case n.op == compute.OpTypeConvertDType:
		m.form = formConvert
	case n.op == compute.OpTypeBroadcastInDim:
		m.form = formSpread
	case n.op == opMoments:
		ok = m.moments()
	default:
		ok = m.reduction()
	}
	if ok && m.read() && m.typed() {
		return m
	}
	return nil
}

// read finds the operands.
func (m *member) read() bool {
	inputs := m.n.inputs
	if m.n.op == compute.OpTypeIsNaN {
		inputs = []*value{inputs[0], inputs[0]}
	}
	for _, v := range inputs {
		o, ok := m.operand(v)
		if !ok || o.base.shape.Size() == 0 || o.kind != accessFull && o.base.shape.DType != dtypes.Float32 && !isNumber(o.base) {
			return false
		}
		m.operands = append(m.operands, o)
		if o.kind == accessRow || o.kind == accessCol {
			if m.cols != 0 && m.cols != o.cols {
				return false
			}
			m.cols = o.cols
		}
	}
	return true
}

// operand is how m reads its input v. Inputs may be scalars, or of size 1 along some axes.
func (m *member) operand(v *value) (operand, bool) {
	switch {
	case m.form == formSpread:
		o := behind(m.n.outputs[0])
		return o, o.base != m.n.outputs[0]
	case m.isSink():
		return behind(v), true
	}
	out := m.n.outputs[0].shape.Dimensions
	if v.shape.Rank() != 0 && v.shape.Rank() != len(out) {
		return operand{}, false
	}
	axes := make([]int, v.shape.Rank())
	for i := range axes {
		axes[i] = i
	}
	a, ok := broadcastAccess(v.shape.Dimensions, axes, out)
	if !ok {
		return operand{}, false
	}
	o := behind(v)
	o.access, ok = a.then(o.access)
	return o, ok
}

// typed says whether a loop has the operation for these types.
func (m *member) typed() bool {
	in := func(i int) dtypes.DType { return m.n.inputs[i].shape.DType }
	for _, v := range m.n.outputs {
		if !loopType(v.shape.DType) {
			return false
		}
	}
	for i := range m.n.inputs {
		if !loopType(in(i)) {
			return false
		}
	}
	out := m.n.outputs[0].shape.DType
	switch {
	case m.form == formConvert, m.form == formSpread && out == dtypes.Float32:
		return true
	case m.form != formOp:
		return in(0) == dtypes.Float32
	case m.op == loop.And || m.op == loop.Or || m.op == loop.Xor || m.op == loop.Not:
		return out == dtypes.Bool
	case m.op == loop.Select:
		return out == dtypes.Float32 || out == dtypes.Uint8 // a byte is a number on the way, and comes back as it was
	}
	return in(0) == dtypes.Float32 // comparisons give bool, the others float32
}
