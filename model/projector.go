package model

import (
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// projectorWeights lists the weights of the projector between a feature of dim numbers and the loss: none if width is
// 0. It is VICReg's (Projector of the authors' main_vicreg.py), with torch's names in its nn.Sequential:
//
//	0 Linear(dim, width)   1 BatchNorm1d   2 ReLU
//	3 Linear(width, width) 4 BatchNorm1d   5 ReLU
//	6 Linear(width, width) without bias
//
// It only ever works on training batches, so batch normalisation has no running statistics here.
func projectorWeights(dim, width int) []weight {
	if width == 0 {
		return nil
	}
	vector := []int{width}
	return []weight{
		{name: "projector.0.weight", shape: []int{width, dim}, init: linearInit(dim)},
		{name: "projector.0.bias", shape: vector, init: linearInit(dim)},
		{name: "projector.1.weight", shape: vector, init: constant(1)},
		{name: "projector.1.bias", shape: vector, init: constant(0)},
		{name: "projector.3.weight", shape: []int{width, width}, init: linearInit(width)},
		{name: "projector.3.bias", shape: vector, init: linearInit(width)},
		{name: "projector.4.weight", shape: vector, init: constant(1)},
		{name: "projector.4.bias", shape: vector, init: constant(0)},
		{name: "projector.6.weight", shape: []int{width, width}, init: linearInit(width)},
	}
}

func projectorNames(dim, width int) []string {
	var names []string
	for _, w := range projectorWeights(dim, width) {
		names = append(names, w.name)
	}
	slices.Sort(names)
	return names
}

// linearInit is how torch.nn.Linear draws weight and bias: uniform within ±1/√in.
func linearInit(in int) func([]int, source) []float32 {
	bound := 1 / math.Sqrt(float64(in))
	return func(shape []int, r source) []float32 {
		x := make([]float32, size(shape))
		for i := range x {
			x[i] = float32(bound * (2*r.Float64() - 1))
		}
		return x
	}
}

// project passes one view's features [N, D] through the projector: [N, width].
func project(params map[string]*Node, x *Node) *Node {
	linear := func(x *Node, name string) *Node {
		return DotGeneral(x, []int{1}, nil, params["projector."+name+".weight"], []int{1}, nil)
	}
	bias := func(x *Node, name string) *Node { return Add(x, alongRows(params["projector."+name+".bias"], x)) }
	hidden := func(x *Node, lin, norm string) *Node {
		x = standardise(bias(linear(x, lin), lin))
		x = bias(Mul(x, alongRows(params["projector."+norm+".weight"], x)), norm)
		return relu(x)
	}
	return linear(hidden(hidden(x, "0", "1"), "3", "4"), "6")
}

// standardise is torch.nn.BatchNorm1d's normalisation in training: by the batch's mean and its biased variance.
func standardise(x *Node) *Node {
	c := centre(x)
	inv := Reciprocal(Sqrt(AddScalar(ReduceMean(Square(c), 0), bnEpsilon)))
	return Mul(c, alongRows(inv, x))
}

// objective is what training minimises: a loss on the features, or on what the projector makes of them.
type objective struct {
	loss      loss
	projector int // width; 0 for none
}

// value is the objective on the features [N, D] of both views. Each view goes through the projector on its own.
func (o objective) value(params map[string]*Node, a, b *Node) *Node {
	if o.projector > 0 {
		a, b = project(params, a), project(params, b)
	}
	return o.loss.value(a, b)
}
