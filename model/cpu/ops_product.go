package cpu

import (
	"slices"

	"github.com/gomlx/compute"
)

type dotAttrs struct {
	contract, batch [2][]int // axes of the left and the right operand
	config          compute.DotGeneralConfig
}

func (a dotAttrs) clone() dotAttrs {
	for i := range 2 {
		a.contract[i], a.batch[i] = slices.Clone(a.contract[i]), slices.Clone(a.batch[i])
	}
	return a
}

// DotGeneral implements compute.Function.
func (f *function) DotGeneral(lhs compute.Value, lhsContract, lhsBatch []int, rhs compute.Value, rhsContract, rhsBatch []int, config compute.DotGeneralConfig) (compute.Value, error) {
	a := dotAttrs{[2][]int{lhsContract, rhsContract}, [2][]int{lhsBatch, rhsBatch}, config}.clone()
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		c := a.clone()
		return one(t.DotGeneral(in[0], c.contract[0], c.batch[0], in[1], c.contract[1], c.batch[1], c.config))
	}
	zeros, err := f.emptyDot(a, emit, lhs, rhs)
	if zeros != nil || err != nil {
		return zeros, err
	}
	return f.record1(compute.OpTypeDotGeneral, a, emit, lhs, rhs)
}

// emptyDot gives zeros for a product over no numbers at all, else nil: the Go backend divides by zero there.
func (f *function) emptyDot(a dotAttrs, emit emitFunc, lhs, rhs compute.Value) (compute.Value, error) {
	inputs, results, err := f.try(compute.OpTypeDotGeneral, emit, []compute.Value{lhs, rhs})
	if err != nil {
		return nil, err
	}
	empty := func(axis int) bool { return inputs[0].shape.Dimensions[axis] == 0 }
	if !slices.ContainsFunc(a.contract[0], empty) {
		return nil, nil
	}
	shape, err := f.builder.shadow.OpShape(results[0])
	if err != nil || shape.IsDynamic() {
		return nil, err
	}
	e := &formula{f: f}
	return e.along(e.number(shape.DType, 0), shape, nil), e.err
}

// convAttrs define a ConvGeneral; nil slices stand for ones (paddings: zeros), counts below 1 for 1.
type convAttrs struct {
	axes                       compute.ConvolveAxesConfig
	strides                    []int
	paddings                   [][2]int
	inputDil, kernelDil        []int
	channelGroups, batchGroups int
}

func (a convAttrs) clone() convAttrs {
	a.axes = a.axes.Clone()
	a.strides, a.paddings = slices.Clone(a.strides), slices.Clone(a.paddings)
	a.inputDil, a.kernelDil = slices.Clone(a.inputDil), slices.Clone(a.kernelDil)
	return a
}

// ConvGeneral implements compute.Function.
func (f *function) ConvGeneral(input, kernel compute.Value, axes compute.ConvolveAxesConfig, strides []int, paddings [][2]int,
	inputDilations, kernelDilations []int, channelGroupCount, batchGroupCount int) (compute.Value, error) {
	a := convAttrs{axes, strides, paddings, inputDilations, kernelDilations, channelGroupCount, batchGroupCount}.clone()
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		c := a.clone()
		return one(t.ConvGeneral(in[0], in[1], c.axes, c.strides, c.paddings, c.inputDil, c.kernelDil, c.channelGroups, c.batchGroups))
	}
	return f.record1(compute.OpTypeConvGeneral, a, emit, input, kernel)
}
