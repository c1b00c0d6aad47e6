package cpu

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// Batch normalisation (Ioffe and Szegedy 2015) as XLA defines it
// (https://openxla.org/xla/operation_semantics#batchnormtraining): the variance is the biased one. It is lowered to
// column sums, vectors per channel and elementwise arithmetic. Channels other than the last axis are brought there by a
// transpose, half precision is computed in float32.

// channels is an operand of batch normalisation with its channels last, in a type to compute with.
type channels struct {
	formula
	fn    *function
	dtype dtypes.DType // of the operand
	shape shapes.Shape // with channels last
	axis  int          // where they are in the operand
}

func (f *function) channels(op compute.OpType, operand compute.Value, axis int) (*channels, error) {
	shape, err := f.Shape(operand)
	if err != nil {
		return nil, err
	}
	if axis < 0 {
		axis += shape.Rank()
	}
	switch {
	case axis < 0 || axis >= shape.Rank():
		return nil, fmt.Errorf("%s: no axis %d of channels in an operand of shape %s", op, axis, shape)
	case !shape.DType.IsFloat():
		return nil, fmt.Errorf("%s: operand must be of floating point, not %s: %w", op, shape.DType, compute.ErrNotImplemented)
	case shape.IsDynamic():
		return nil, fmt.Errorf("%s: operand has axes of unknown size (%s): %w", op, shape, compute.ErrNotImplemented)
	}
	c := &channels{formula: formula{f: f}, fn: f, dtype: shape.DType, axis: axis}
	c.shape = shapes.Make(shape.DType, append(at(shape.Dimensions, allBut(shape.Rank(), axis)), shape.Dimensions[axis])...)
	if c.dtype != dtypes.Float64 {
		c.shape.DType = dtypes.Float32
	}
	return c, nil
}

// at picks from x.
func at(x, where []int) []int {
	out := make([]int, len(where))
	for i, w := range where {
		out[i] = x[w]
	}
	return out
}

func (c *channels) last() int  { return c.shape.Rank() - 1 }
func (c *channels) count() int { return c.shape.Size() / max(1, c.shape.Dimensions[c.last()]) }

// in brings an operand (an array or a vector) to the form it is computed in.
func (c *channels) in(x compute.Value, vector bool) compute.Value {
	if c.dtype != c.shape.DType {
		x = c.convert(x, c.shape.DType)
	}
	if !vector && c.axis != c.last() {
		x = c.permute(x, append(allBut(c.last()+1, c.axis), c.axis))
	}
	return x
}

// out undoes in.
func (c *channels) out(x compute.Value, vector bool) compute.Value {
	if !vector && c.axis != c.last() {
		back := make([]int, c.last()+1)
		for i, a := range append(allBut(c.last()+1, c.axis), c.axis) {
			back[a] = i
		}
		x = c.permute(x, back)
	}
	if c.dtype != c.shape.DType {
		x = c.convert(x, c.dtype)
	}
	return x
}

// wide repeats a vector per channel.
func (c *channels) wide(v compute.Value) compute.Value { return c.spread(v, c.shape, c.last()) }

// invStd is 1/√(variance + ε).
func (c *channels) invStd(variance compute.Value, epsilon float32) compute.Value {
	return c.unary(compute.Function.Rsqrt, c.add(variance, c.number(c.shape.DType, float64(epsilon))))
}

// normalise is (x − mean)·scale/√(variance + ε) + offset.
func (c *channels) normalise(x, scale, offset, mean, variance compute.Value, epsilon float32) compute.Value {
	factor := c.mul(scale, c.invStd(variance, epsilon))
	return c.add(c.mul(c.sub(x, c.wide(mean)), c.wide(factor)), c.wide(offset))
}

// moments are mean and biased variance of x [..., C]: one node, which has a kernel.
func (c *channels) moments(x compute.Value) (mean, variance compute.Value) {
	if c.err != nil {
		return nil, nil
	}
	shape, last, count := c.shape, c.last(), float64(c.count())
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		e := &formula{f: t.Function}
		n := e.number(shape.DType, count)
		mean := e.div(e.sum(in[0], allBut(last+1, last)), n)
		centred := e.sub(in[0], e.spread(mean, shape, last))
		variance := e.div(e.sum(e.mul(centred, centred), allBut(last+1, last)), n)
		return []compute.Value{mean, variance}, e.err
	}
	out, err := c.fn.record(opMoments, nil, emit, x)
	if err != nil {
		c.err = err
		return nil, nil
	}
	return out[0], out[1]
}

// BatchNormForInference implements compute.Function.
func (f *function) BatchNormForInference(operand, scale, offset, mean, variance compute.Value, epsilon float32, axis int) (compute.Value, error) {
	c, err := f.channels(compute.OpTypeBatchNormForInference, operand, axis)
	if err != nil {
		return nil, err
	}
	y := c.out(c.normalise(c.in(operand, false), c.in(scale, true), c.in(offset, true), c.in(mean, true), c.in(variance, true), epsilon), false)
	return y, c.err
}

// BatchNormForTraining implements compute.Function.
func (f *function) BatchNormForTraining(operand, scale, offset compute.Value, epsilon float32, axis int) (normalised, mean, variance compute.Value, err error) {
	c, err := f.channels(compute.OpTypeBatchNormForTraining, operand, axis)
	if err != nil {
		return nil, nil, nil, err
	}
	x := c.in(operand, false)
	mean, variance = c.moments(x)
	normalised = c.normalise(x, c.in(scale, true), c.in(offset, true), mean, variance, epsilon)
	normalised, mean, variance = c.out(normalised, false), c.out(mean, true), c.out(variance, true)
	return normalised, mean, variance, c.err
}

// BatchNormGradient implements compute.Function: with x̂ = (x − mean)/√(variance + ε) and N numbers per channel,
//
//	offset' = Σ dy,  scale' = Σ dy·x̂,  x' = scale/√(variance + ε)·(dy − offset'/N − x̂·scale'/N)
func (f *function) BatchNormGradient(operand, scale, mean, variance, gradOutput compute.Value, epsilon float32, axis int) (gradOperand, gradScale, gradOffset compute.Value, err error) {
	c, err := f.channels(compute.OpTypeBatchNormGradient, operand, axis)
	if err != nil {
		return nil, nil, nil, err
	}
	dy, inv := c.in(gradOutput, false), c.invStd(c.in(variance, true), epsilon)
	centred := c.sub(c.in(operand, false), c.wide(c.in(mean, true)))
	rows, n := allBut(c.last()+1, c.last()), c.number(c.shape.DType, float64(c.count()))
	gradOffset = c.sum(dy, rows)
	gradScale = c.mul(c.sum(c.mul(dy, centred), rows), inv)
	slope := c.div(c.mul(inv, gradScale), n)
	inner := c.sub(c.sub(dy, c.wide(c.div(gradOffset, n))), c.mul(centred, c.wide(slope)))
	gradOperand = c.mul(inner, c.wide(c.mul(c.in(scale, true), inv)))
	gradOperand, gradScale, gradOffset = c.out(gradOperand, false), c.out(gradScale, true), c.out(gradOffset, true)
	return gradOperand, gradScale, gradOffset, c.err
}
