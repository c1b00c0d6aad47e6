package cpu

import (
	"slices"

	"fashionpipe/internal/simd/gemm"
	"fashionpipe/model/cpu/array"
)

// dotOperands finds the matrices in the operands. The order in which pairs of axes are contracted is free: taken is one
// in which both operands, else the left one, else the right one, can be read as they lie.
func dotOperands(leftDims, rightDims []int, a dotAttrs) (left, right dotOperand) {
	pairs := make([]int, len(a.contract[0]))
	for i := range pairs {
		pairs[i] = i
	}
	best := -1
	for _, side := range []int{0, 1} {
		slices.SortFunc(pairs, func(i, j int) int { return a.contract[side][i] - a.contract[side][j] })
		l := newDotOperand(leftDims, at(a.contract[0], pairs), a.batch[0])
		r := newDotOperand(rightDims, at(a.contract[1], pairs), a.batch[1])
		score := 0
		if l.moved == nil {
			score += 2
		}
		if r.moved == nil {
			score++
		}
		if score > best {
			left, right, best = l, r, score
		}
	}
	return left, right
}

// dotOperand is an operand of a DotGeneral as a matrix per batch.
type dotOperand struct {
	cross, contract loopAxis
	batch           []loopAxis  // outermost first
	moved           *array.Move // if it must be moved first, to batch, cross and contracted axes in this order
	size            int         // numbers
}

// loopAxis is a row of n numbers, stride apart.
type loopAxis struct{ n, stride int }

func newDotOperand(dims, contract, batch []int) dotOperand {
	var cross []int
	for a := range dims {
		if !slices.Contains(contract, a) && !slices.Contains(batch, a) {
			cross = append(cross, a)
		}
	}
	o := dotOperand{size: 1}
	strides := make([]int, len(dims))
	for i := len(dims) - 1; i >= 0; i-- {
		strides[i] = o.size
		o.size *= dims[i]
	}
	pick := func(axes []int) (out []loopAxis) {
		for _, a := range axes {
			out = append(out, loopAxis{dims[a], strides[a]})
		}
		return out
	}
	var ok1, ok2 bool
	o.batch = pick(batch)
	o.contract, ok1 = merge(pick(contract))
	o.cross, ok2 = merge(pick(cross))
	if ok1 && ok2 {
		return o
	}
	perm := slices.Concat(batch, cross, contract)
	axes := allBut(len(dims), -1)
	moved := newDotOperand(at(dims, perm), axes[len(dims)-len(contract):], axes[:len(batch)])
	moved.moved = array.Transpose(4, dims, perm)
	return moved
}

// merge makes nested loops one, if that walks through memory in equal steps.
func merge(axes []loopAxis) (loopAxis, bool) {
	m := loopAxis{1, 1}
	started := false
	for _, a := range axes {
		switch {
		case a.n == 1:
		case !started:
			m, started = a, true
		case m.stride == a.n*a.stride || m.n == 0 || a.n == 0:
			m = loopAxis{m.n * a.n, a.stride}
		default:
			return m, false
		}
	}
	return m, true
}

// scratch is how many numbers the operand takes when it must be moved.
func (o *dotOperand) scratch() int {
	if o.moved == nil {
		return 0
	}
	return o.size
}

// bring moves the operand to scratch if it must be moved, and gives the rest of scratch.
func (o *dotOperand) bring(data, scratch []float32) (there, rest []float32) {
	if o.moved == nil {
		return data, scratch
	}
	there, rest = scratch[:o.size], scratch[o.size:]
	o.moved.Do(array.Bytes(there), array.Bytes(data))
	return there, rest
}

// matrix is the operand's matrix of a batch: crossed axis down and contracted across, or the other way if turned.
func (o *dotOperand) matrix(data []float32, batch int, turned bool) gemm.Matrix {
	offset := 0
	for i := len(o.batch) - 1; i >= 0; i-- {
		b := o.batch[i]
		offset += batch % b.n * b.stride
		batch /= b.n
	}
	m := gemm.Matrix{Data: data[offset:], Rows: o.cross.n, Cols: o.contract.n, RowStride: o.cross.stride, ColStride: o.contract.stride}
	if turned {
		return m.T()
	}
	return m
}
