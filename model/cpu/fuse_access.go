package cpu

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// access says which number of an operand belongs to number i of an iteration over all numbers in row-major order.
type access struct {
	kind accessKind
	cols int // numbers in a row, for accessRow and accessCol
}

type accessKind uint8

const (
	accessFull accessKind = iota // number i
	accessRow                    // number i mod cols: one per column
	accessCol                    // number i / cols: one per row
	accessOne                    // the only one
)

// operand is where a fused operation reads.
type operand struct {
	base *value
	access
	from *member // that computes base, if one does
}

// broadcastAccess is the access of an array of dimensions from, whose axis j lies along axis axes[j] of an array of
// dimensions to. It fails where the repetition is neither of whole rows nor of whole columns.
func broadcastAccess(from, axes, to []int) (access, bool) {
	varies := make([]bool, len(to))
	for j, a := range axes {
		if j > 0 && a <= axes[j-1] || from[j] != to[a] && from[j] != 1 {
			return access{}, false
		}
		varies[a] = from[j] == to[a]
	}
	var axis []bool // of the axes that count
	var dims []int
	for a, d := range to {
		if d != 1 {
			axis, dims = append(axis, varies[a]), append(dims, d)
		}
	}
	changes, last := 0, 1
	for i := range axis {
		if i > 0 && axis[i] != axis[i-1] {
			changes++
			last = 1
		}
		last *= dims[i]
	}
	switch {
	case changes > 1:
		return access{}, false
	case len(axis) == 0 || changes == 0 && axis[0]:
		return access{}, true
	case changes == 0:
		return access{kind: accessOne}, true
	case axis[0]:
		return access{accessCol, last}, true
	}
	return access{accessRow, last}, true
}

// then is the access of what is read by b from what is read by a.
func (a access) then(b access) (access, bool) {
	switch {
	case a.kind == accessFull:
		return b, true
	case b.kind == accessFull:
		return a, true
	case a.kind == accessOne || b.kind == accessOne:
		return access{kind: accessOne}, true
	case a.kind == accessRow && b.kind == accessRow:
		return b, true
	case a.kind == accessCol && b.kind == accessCol:
		return access{accessCol, a.cols * b.cols}, true
	}
	return access{}, false
}

// behind gives the operand behind v: reshapes are looked through, and broadcasts of float32 too where a loop can do
// them on its way.
func behind(v *value) operand {
	o := operand{base: v}
	for {
		n := o.base.node
		switch n.op {
		case compute.OpTypeReshape, compute.OpTypeIdentity:
			o.base = n.inputs[0]
			continue
		case compute.OpTypeBroadcastInDim:
			if a, ok := broadcastOf(n); ok && (o.base.shape.DType == dtypes.Float32 || isNumber(peel(n.inputs[0]))) {
				if a, ok = o.then(a); ok {
					o = operand{base: n.inputs[0], access: a}
					continue
				}
			}
		}
		return o
	}
}

// broadcastOf is how a BroadcastInDim reads its operand.
func broadcastOf(n *node) (access, bool) {
	axes := n.attrs.(broadcastAttrs).axes
	return broadcastAccess(n.inputs[0].shape.Dimensions, axes, n.outputs[0].shape.Dimensions)
}

// peel looks through reshapes.
func peel(v *value) *value {
	for v.node.op == compute.OpTypeReshape || v.node.op == compute.OpTypeIdentity {
		v = v.node.inputs[0]
	}
	return v
}

// isNumber says whether v is a constant of one number, of a type that loops know.
func isNumber(v *value) bool {
	return v.node.op == compute.OpTypeConstant && v.shape.Size() == 1 && loopType(v.shape.DType)
}

func loopType(d dtypes.DType) bool {
	return d == dtypes.Float32 || d == dtypes.Bool || d == dtypes.Uint8
}

// number is the value of a constant of one float32, if o is one.
func (o operand) number() (float32, bool) {
	if !isNumber(o.base) || o.base.shape.DType != dtypes.Float32 {
		return 0, false
	}
	v := f32(o.base.node.attrs.(*constant).buf.flat)[0]
	return v, v == v // a NaN is left in memory
}
