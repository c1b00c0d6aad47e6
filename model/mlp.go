package model

import (
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// mlp is a small fully connected network behind the feature, trained with the encoder and dropped with the loss: a
// projector, a predictor or a head. Its weights carry torch's names in an nn.Sequential of Linear, BatchNorm1d and ReLU.
// It only ever works on training batches, so batch normalisation has no running statistics here.
type mlp struct {
	name   string
	in     int
	layers []layer

	precision Precision
}

// layer is a Linear and what follows it.
type layer struct {
	out  int
	bias bool
	norm normKind
	relu bool
}

// normKind is the batch normalisation after a Linear.
type normKind int

const (
	noNorm    normKind = iota
	plainNorm          // without weight and bias: BatchNorm1d(affine=False)
	affineNorm
)

// out is how many numbers come out: with no layers, as many as went in.
func (m mlp) out() int {
	if len(m.layers) == 0 {
		return m.in
	}
	return m.layers[len(m.layers)-1].out
}

// each calls f with every layer, how many numbers enter it, and the names of its Linear and of its batch normalisation.
func (m mlp) each(f func(l layer, in int, linear, norm string)) {
	in, at := m.in, 0
	for _, l := range m.layers {
		f(l, in, fmt.Sprintf("%s.%d", m.name, at), fmt.Sprintf("%s.%d", m.name, at+1))
		in, at = l.out, at+1
		if l.norm != noNorm {
			at++
		}
		if l.relu {
			at++
		}
	}
}

// weights lists the weights, initialised as torch does.
func (m mlp) weights() (list []weight) {
	m.each(func(l layer, in int, linear, norm string) {
		list = append(list, weight{name: linear + ".weight", shape: []int{l.out, in}, init: linearInit(in)})
		if l.bias {
			list = append(list, weight{name: linear + ".bias", shape: []int{l.out}, init: linearInit(in)})
		}
		if l.norm == affineNorm {
			list = append(list,
				weight{name: norm + ".weight", shape: []int{l.out}, init: constant(1)},
				weight{name: norm + ".bias", shape: []int{l.out}, init: constant(0)})
		}
	})
	return list
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

// apply passes one view's features [N, in] through: [N, out].
func (m mlp) apply(params map[string]*Node, x *Node) *Node {
	m.each(func(l layer, _ int, linear, norm string) {
		x = m.precision.product(x, params[linear+".weight"])
		if l.bias {
			x = Add(x, alongRows(params[linear+".bias"], x))
		}
		if l.norm != noNorm {
			x = standardise(x)
		}
		if l.norm == affineNorm {
			x = Mul(x, alongRows(params[norm+".weight"], x))
			x = Add(x, alongRows(params[norm+".bias"], x))
		}
		if l.relu {
			x = relu(x)
		}
	})
	return x
}

// standardise is torch.nn.BatchNorm1d's normalisation in training: by the batch's mean and its biased variance.
func standardise(x *Node) *Node {
	c := centre(x)
	inv := Reciprocal(Sqrt(AddScalar(ReduceMean(Square(c), 0), bnEpsilon)))
	return Mul(c, alongRows(inv, x))
}

// namesOf are the names of weights, sorted.
func namesOf(weights []weight) []string {
	var names []string
	for _, w := range weights {
		names = append(names, w.name)
	}
	slices.Sort(names)
	return names
}
