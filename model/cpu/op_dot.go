package cpu

import (
	"context"

	"github.com/gomlx/compute/dtypes"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// dotKernel makes the kernel of a DotGeneral of float32 whose operands are matrices in memory as they lie: of several
// axes that are crossed or contracted together, each must follow the one before it. Others are declined.
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
	left, ok1 := newDotOperand(n.inputs[0].shape.Dimensions, a.contract[0], a.batch[0])
	right, ok2 := newDotOperand(n.inputs[1].shape.Dimensions, a.contract[1], a.batch[1])
	if !ok1 || !ok2 {
		return nil
	}
	k := &dot{left: left, right: right, batches: 1, m: left.cross.n, n: right.cross.n, depth: left.contract.n}
	for _, b := range left.batch {
		k.batches *= b.n
	}
	return k
}

// dotOperand is an operand of a DotGeneral as a matrix per batch.
type dotOperand struct {
	cross, contract loopAxis
	batch           []loopAxis // outermost first
}

// loopAxis is a row of n numbers, stride apart.
type loopAxis struct{ n, stride int }

func newDotOperand(dims, contract, batch []int) (o dotOperand, ok bool) {
	strides := make([]int, len(dims))
	for i, s := len(dims)-1, 1; i >= 0; i-- {
		strides[i] = s
		s *= dims[i]
	}
	used := make([]bool, len(dims))
	pick := func(axes []int) (out []loopAxis) {
		for _, a := range axes {
			used[a] = true
			out = append(out, loopAxis{dims[a], strides[a]})
		}
		return out
	}
	o.batch = pick(batch)
	contracted := pick(contract)
	var rest []int
	for a := range dims {
		if !used[a] {
			rest = append(rest, a)
		}
	}
	var ok1, ok2 bool
	o.contract, ok1 = merge(contracted)
	o.cross, ok2 = merge(pick(rest))
	return o, ok1 && ok2
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
	if !k.inParallel() {
		return 0
	}
	return min(parallel.Workers(), k.batches) * gemm.SerialScratch(k.m, k.depth, k.n)
}

func (k *dot) Run(in, out []any, scratch []float32) error {
	a, b, dst := f32(in[0]), f32(in[1]), f32(out[0])
	size := k.m * k.n
	if len(dst) == 0 {
		return nil
	}
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
