package cpu

import (
	"context"
	"slices"

	"github.com/gomlx/compute/dtypes"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
	"fashionpipe/model/cpu/array"
)

// dotKernel makes the kernel of a DotGeneral of float32; other types are declined.
func dotKernel(n *node) kernel {
	a := n.attrs.(dotAttrs)
	for _, d := range []dtypes.DType{n.inputs[0].shape.DType, n.inputs[1].shape.DType, n.outputs[0].shape.DType} {
		if d != dtypes.Float32 {
			return nil
		}
	}
	if acc := a.config.AccumulatorDType; acc != dtypes.InvalidDType && acc != dtypes.Float32 {
		return nil
	}
	left, right := dotOperands(n.inputs[0].shape.Dimensions, n.inputs[1].shape.Dimensions, a)
	k := &dot{left: left, right: right, batches: 1, m: left.cross.n, n: right.cross.n, depth: left.contract.n}
	for _, b := range left.batch {
		k.batches *= b.n
	}
	if k.batches == 1 && k.m <= fewRows && k.n >= 2*k.m && right.contract.stride == 1 && right.moved == nil {
		return turnDot(k)
	}
	return k
}

// fewRows of a left operand are packed in less time than the columns they are multiplied with.
const fewRows = 128

// turnedDot computes the transposed product, of the right operand and the left one: package gemm packs what stands on
// the right, and reads rows on the left where they lie. A layer of 4096 outputs then takes half the time for 8 images.
type turnedDot struct {
	*dot
	back *array.Move
}

func turnDot(k *dot) kernel {
	turned := &dot{left: k.right, right: k.left, batches: 1, m: k.n, n: k.m, depth: k.depth}
	return &turnedDot{turned, array.Transpose(4, []int{k.n, k.m}, []int{1, 0})}
}

func (k *turnedDot) Scratch() int { return k.m*k.n + k.dot.Scratch() }

func (k *turnedDot) Run(in, out []any, scratch []float32) error {
	size := k.m * k.n
	if err := k.dot.Run([]any{in[1], in[0]}, []any{scratch[:size]}, scratch[size:]); err != nil {
		return err
	}
	k.back.Do(array.Bytes(f32(out[0])), array.Bytes(scratch[:size]))
	return nil
}

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

// dot multiplies [m, depth] by [depth, n] for each of the batches.
type dot struct {
	left, right          dotOperand
	batches, m, n, depth int
}

// inParallel says whether the batches are shared between the cores, rather than each product.
func (k *dot) inParallel() bool {
	const large = 1 << 24 // multiplications of one product that keep all cores busy well
	return k.batches >= 2 && k.m*k.n*k.depth < large
}

func (k *dot) Scratch() int {
	n := k.left.scratch() + k.right.scratch()
	if k.inParallel() {
		n += min(parallel.Workers(), k.batches) * gemm.SerialScratch(k.m, k.depth, k.n)
	}
	return n
}

func (k *dot) Run(in, out []any, scratch []float32) error {
	a, b, dst := f32(in[0]), f32(in[1]), f32(out[0])
	size := k.m * k.n
	if len(dst) == 0 {
		return nil
	}
	a, scratch = k.left.bring(a, scratch)
	b, scratch = k.right.bring(b, scratch)
	matrices := func(i int) ([]float32, gemm.Matrix, gemm.Matrix) {
		return dst[i*size : (i+1)*size],
			k.left.matrix(a, i, false), k.right.matrix(b, i, true)
	}
	if !k.inParallel() {
		for i := range k.batches {
			c, l, r := matrices(i)
			gemm.Mul(c, k.n, l, r, false)
		}
		return nil
	}
	each := gemm.SerialScratch(k.m, k.depth, k.n)
	workers := min(parallel.Workers(), k.batches)
	if each > 0 {
		workers = min(workers, len(scratch)/each)
	}
	return parallel.ForEach(context.Background(), k.batches, workers, func(w, i int) {
		c, l, r := matrices(i)
		gemm.MulSerial(c, k.n, l, r, false, scratch[w*each:(w+1)*each])
	})
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
