package model

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// loss is a training objective on the two views of the same photos.
type loss struct {
	name        string
	projector   head                // before the loss
	predictor   head                // behind the projector; layers is nil where there is none
	temperature float64             // its authors'; 0 where it has none
	target      bool                // compares with a moving average of the network
	takes       []string            // parameters that it alone, or not every loss, has
	remedy      string              // what to do about a collapsed encoder
	value       func(v views) *Node // a scalar
}

// head is an MLP of a loss's authors.
type head struct {
	layers func(in, width int) []layer
	width  func(dim int) int // that they use, for an encoder whose feature has dim numbers; 0: none
}

// views are what a loss compares, [N, D] each, and what it does so by.
type views struct {
	a, b                   *Node // of the projector, or of the encoder where there is none
	predictedA, predictedB *Node // of the predictor on a and b
	targetA, targetB       *Node // of the target network
	labels                 *Node // [N]: photos with the same number belong together
	cfg                    TrainConfig
}

// losses lists every objective there is; a new one is a line here.
var losses = []loss{mseLoss, vicregLoss, barlowLoss, simsiamLoss, byolLoss, ntxentLoss, supconLoss}

func lossByName(name string) (loss, error) {
	var names []string
	for _, l := range losses {
		if l.name == name {
			return l, nil
		}
		names = append(names, l.name)
	}
	return loss{}, fmt.Errorf("unknown loss %q: there are %s", name, strings.Join(names, ", "))
}

// LossesWith lists the losses that have a parameter: predictor, temperature, lambda, target_momentum, by or together.
func LossesWith(parameter string) (names []string) {
	for _, l := range losses {
		if slices.Contains(l.takes, parameter) {
			names = append(names, l.name)
		}
	}
	return names
}

// always is a width that doesn't depend on the encoder.
func always(width int) func(int) int { return func(int) int { return width } }

// mseLoss is the paper's. Where a projector is asked for, it is VICReg's.
var mseLoss = loss{
	name:      "mse",
	projector: head{expander, always(0)},
	remedy:    "mse only pulls together, which allows this; train with loss: vicreg, a lower lr or fewer epochs",
	value:     func(v views) *Node { return mse(v.a, v.b) },
}

// mse is the mean over the batch and the feature's numbers of (a − b)².
func mse(a, b *Node) *Node { return ReduceAllMean(Square(Sub(a, b))) }

// centre subtracts the batch's mean from each number of the feature.
func centre(x *Node) *Node {
	return Sub(x, BroadcastToDims(ReduceAndKeep(x, ReduceMean, 0), x.Shape().Dimensions...))
}

// offDiagonal is the sum of the squares of what is beside the diagonal of a square matrix, which holds diagonal [D].
func offDiagonal(matrix, diagonal *Node) *Node {
	return Sub(ReduceAllSum(Square(matrix)), ReduceAllSum(Square(diagonal)))
}
