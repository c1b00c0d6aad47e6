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
	// hyper makes the numbers that change from step to step, of step t (from 1), on the host.
	hyper func(lr float64, t int) []float64
	// update gives the new weight and moments; h holds the numbers of hyper.
	update func(c TrainConfig, w, grad *Node, moments, h []*Node) (*Node, []*Node)
}

var optimizers = []optimizer{adam, adamW, sgd, lars}

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
	hyper:   adamHyper,
	update: func(c TrainConfig, w, grad *Node, moments, h []*Node) (*Node, []*Node) {
		return adamUpdate(w, decayed(c, w, grad), moments, h)
	},
}

// adamW is torch.optim.AdamW (Loshchilov & Hutter 2019): the weight itself decays, by the learning rate times weight decay, and
// the moments don't see it.
var adamW = optimizer{
	name:    "adamw",
	moments: 2,
	hyper:   func(lr float64, t int) []float64 { return append(adamHyper(lr, t), lr) },
	update: func(c TrainConfig, w, grad *Node, moments, h []*Node) (*Node, []*Node) {
		if d := decay(c, w); d > 0 {
			w = Sub(w, Mul(MulScalar(h[2], d), w))
		}
		return adamUpdate(w, grad, moments, h)
	},
}

func adamHyper(lr float64, t int) []float64 {
	return []float64{lr / (1 - math.Pow(adamBeta1, float64(t))), 1 / math.Sqrt(1-math.Pow(adamBeta2, float64(t)))}
}

func adamUpdate(w, grad *Node, moments, h []*Node) (*Node, []*Node) {
	m := Add(MulScalar(moments[0], adamBeta1), MulScalar(grad, 1-adamBeta1))
	v := Add(MulScalar(moments[1], adamBeta2), MulScalar(Square(grad), 1-adamBeta2))
	denominator := AddScalar(Mul(Sqrt(v), h[1]), adamEpsilon)
	return Sub(w, Mul(h[0], Div(m, denominator))), []*Node{m, v}
}

// sgd is torch.optim.SGD with momentum, no dampening, no Nesterov.
var sgd = optimizer{
	name:    "sgd",
	moments: 1,
	hyper:   func(lr float64, _ int) []float64 { return []float64{lr} },
	update: func(c TrainConfig, w, grad *Node, moments, h []*Node) (*Node, []*Node) {
		return sgdUpdate(c, w, decayed(c, w, grad), moments, h)
	},
}

func sgdUpdate(c TrainConfig, w, grad *Node, moments, h []*Node) (*Node, []*Node) {
	m := Add(MulScalar(moments[0], c.Momentum), grad)
	return Sub(w, Mul(h[0], m)), []*Node{m}
}

// larsTrust is the trust coefficient η of LARS.
const larsTrust = 0.001

// lars is LARS (You, Gitman & Ginsburg 2017) as the authors of Barlow Twins and VICReg have it in their training code
// (class LARS of main.py and main_vicreg.py): sgd, with the gradient of each weight, decay included, scaled to η times the
// norm of the weight. Biases and batch normalisation are neither scaled nor decayed. The momentum follows after the
// scaling, and the learning rate is outside of it.
var lars = optimizer{
	name:    "lars",
	moments: 1,
	hyper:   sgd.hyper,
	update: func(c TrainConfig, w, grad *Node, moments, h []*Node) (*Node, []*Node) {
		grad = decayed(c, w, grad)
		if !isVector(w) {
			grad = Mul(trust(w, grad), grad)
		}
		return sgdUpdate(c, w, grad, moments, h)
	},
}

// trust is η·‖w‖/‖grad‖, or 1 where either is 0.
func trust(w, grad *Node) *Node {
	length := func(x *Node) *Node { return Sqrt(ReduceAllSum(Square(x))) }
	of, to := length(w), length(grad)
	zero := ScalarZero(w.Graph(), w.DType())
	one := OnesLike(of)
	ratio := Div(MulScalar(of, larsTrust), Where(GreaterThan(to, zero), to, one))
	return Where(LogicalAnd(GreaterThan(of, zero), GreaterThan(to, zero)), ratio, one)
}

// isVector says whether a weight is a bias or belongs to batch normalisation.
func isVector(w *Node) bool { return w.Rank() <= 1 }

// decay is the weight decay of a weight: none for biases and batch normalisation, as timm and the authors' code of
// self-supervised methods have it.
func decay(c TrainConfig, w *Node) float64 {
	if isVector(w) {
		return 0
	}
	return c.WeightDecay
}

// decayed adds weight decay to a gradient, as torch's optimisers do.
func decayed(c TrainConfig, w, grad *Node) *Node {
	if d := decay(c, w); d > 0 {
		return Add(grad, MulScalar(w, d))
	}
	return grad
}

// learningRate is the rate of step t (from 1) of total: a linear rise over the first warmup steps, t/warmup of the highest
// at step t, then constant, or half a cosine down to 0 after the last step.
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
