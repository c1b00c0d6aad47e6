package cpu

import (
	"slices"

	"github.com/gomlx/compute"

	"fashionpipe/model/cpu/loop"
)

var reductions = map[compute.OpType]loop.Reduction{
	compute.OpTypeReduceSum: loop.SumOf, compute.OpTypeReduceMax: loop.MaxOf, compute.OpTypeReduceMin: loop.MinOf,
}

// reduction makes m a sink over all axes, the first ones, or the last ones, if the node is such.
func (m *member) reduction() bool {
	what, ok := reductions[m.n.op]
	if !ok {
		return false
	}
	dims := m.n.inputs[0].shape.Dimensions
	axes := m.n.attrs.(axesAttrs).axes
	kept := make([]int, len(dims)) // the result's array, spread over the operand's
	copy(kept, dims)
	for i := range dims {
		if len(axes) == 0 || slices.Contains(axes, i) || slices.Contains(axes, i-len(dims)) {
			kept[i] = 1
		}
	}
	all := make([]int, len(dims))
	for i := range all {
		all[i] = i
	}
	a, ok := broadcastAccess(kept, all, dims)
	m.form, m.what, m.cols, m.size = formReduce, what, a.cols, m.n.inputs[0].shape.Size()
	switch a.kind {
	case accessRow:
		m.over = loop.OverRows
	case accessCol:
		m.over = loop.OverCols
	case accessOne:
		m.over = loop.OverAll
	case accessFull: // nothing is reduced
		m.form, m.op, m.over = formConvert, 0, 0
	}
	return ok && m.size > 0
}

func (m *member) moments() bool {
	shape := m.n.inputs[0].shape
	m.form, m.size, m.cols = formMoments, shape.Size(), shape.Dimensions[shape.Rank()-1]
	if m.cols == m.size { // one row
		return false
	}
	return true
}
