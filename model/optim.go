package model

import (
	"fmt"
	"math"
	"strings"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// optimizer updates one weight from its gradient. Its state is `moments` arrays of the weight's shape, zero at first.
type optimizer struct {
	name    string
	moments int
	scalars int // numbers that change from step to step
	// hyper makes those of step t (from 1), on the host.
	hyper func(lr float64, t int) []float64
	// update gives the new weight and moments; h holds the numbers of hyper.
	update func(c TrainConfig, w, grad *Node, moments, h []*Node) (*Node, []*Node)
}

var optimizers = []optimizer{adam, sgd}

func optimizerByName(name string) (optimizer, error) {
	var names []string
	for _, o := range optimizers {
		if o.name == name {
			return o, nil
		}
		names = append(names, o.name)
	}
	return optimizer{}, fmt.Errorf("unknown optimizer %q: there are %s", name, strings.Join(names, ", "))
}

// torch.optim.Adam's defaults.
const (
	adamBeta1   = 0.9
	adamBeta2   = 0.999
	adamEpsilon = 1e-8
)

// adam is torch.optim.Adam (Kingma & Ba 2015), without AMSGrad.
var adam = optimizer{
	name:    "adam",
	moments: 2,
	scalars: 2,
	hyper: func(lr float64, t int) []float64 {
		return []float64{lr / (1 - math.Pow(adamBeta1, float64(t))), 1 / math.Sqrt(1-math.Pow(adamBeta2, float64(t)))}
	},
	update: func(_ TrainConfig, w, grad *Node, moments, h []*Node) (*Node, []*Node) {
		m := Add(MulScalar(moments[0], adamBeta1), MulScalar(grad, 1-adamBeta1))
		v := Add(MulScalar(moments[1], adamBeta2), MulScalar(Square(grad), 1-adamBeta2))
		denominator := AddScalar(Mul(Sqrt(v), h[1]), adamEpsilon)
		return Sub(w, Mul(h[0], Div(m, denominator))), []*Node{m, v}
	},
}

// sgd is torch.optim.SGD with momentum, no dampening, no Nesterov.
var sgd = optimizer{
	name:    "sgd",
	moments: 1,
	scalars: 1,
	hyper:   func(lr float64, _ int) []float64 { return []float64{lr} },
	update: func(c TrainConfig, w, grad *Node, moments, h []*Node) (*Node, []*Node) {
		m := Add(MulScalar(moments[0], c.Momentum), grad)
		return Sub(w, Mul(h[0], m)), []*Node{m}
	},
}

// decayed adds weight decay to a gradient, as torch's optimisers do.
func decayed(c TrainConfig, w, grad *Node) *Node {
	if c.WeightDecay == 0 {
		return grad
	}
	return Add(grad, MulScalar(w, c.WeightDecay))
}

// learningRate is the rate of step t (from 1) of total: a linear rise over the first warmup steps, then constant, or
// half a cosine down to 0 after the last step.
func learningRate(c TrainConfig, t, total, warmup int) float64 {
	if t <= warmup {
		return c.LR * float64(t) / float64(warmup)
	}
	if c.Schedule == "constant" || total == warmup {
		return c.LR
	}
	done := float64(t-1-warmup) / float64(total-warmup)
	return c.LR * (1 + math.Cos(math.Pi*done)) / 2
}
