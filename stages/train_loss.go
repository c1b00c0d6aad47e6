package stages

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/model"
)

const lossDoc = `  mse      mean squared error between the two features, as in the paper. Nothing
           pushes features of different photos apart, so a constant feature is a
           solution: the encoder can collapse, and the run says so.
  vicreg   25·mse + 25·variance + 1·covariance, which keeps them apart (Bardes,
           Ponce & LeCun 2022).
  barlow   Barlow Twins: correlations between the numbers of the two views are
           to be 1 with themselves and 0 with others, the latter times lambda
           (Zbontar et al. 2021).
  simsiam  each view predicts the other, through which nothing is learnt (Chen &
           He 2021). The predictor's rate follows the schedule like all others.
  byol     each view predicts what a moving average of the network, the target,
           makes of the other (Grill et al. 2020). The target keeps
           target_momentum of itself in the first step, and all of it in the
           last, by a cosine; 0.99 is for up to 300 epochs, 0.996 for 1000. The
           encoder is the network, not the target.
  ntxent   SimCLR: a view is to be liker to the other view of its photo than to
           all other views of the batch, by cosine over temperature (Chen et al.
           2020). 0.5 was best on CIFAR; 0.1, as on ImageNet, is in use too.
  supcon   the same with all views of photos that have the same label in place
           of the one (Khosla et al. 2020). Only this loss needs labels.

Each is the formula of its paper; values and gradients are held to those of its authors' code in PyTorch. Where codes
differ: barlow's lambda is the paper's 0.005 (the code's 0.0051); byol is the sum of both directions, as in the paper
(lightly takes their mean, and cosines alone); supcon is not multiplied by temperature/0.07, as its authors' code does.

Between feature and loss there may be a projector, an MLP that is trained along and dropped at the end: the encoder gives
the feature that entered it. By default (projector: -1) it is that of the loss's authors; a smaller width is for smaller
networks and CPUs, where theirs would take most of the time (barlow's ten times the network's); 0 is none. In their order:

  mse      none. With projector: P it is vicreg's.
  vicreg   none. With projector: P, Linear(P) with bias, batch normalisation
           and ReLU, the same again, Linear(P) without bias; its authors use
           P = 8192.
  barlow   P = 8192: as vicreg's, without biases.
  simsiam  P = 2048: as barlow's, and a batch normalisation at the end. Its
           predictor has a hidden layer of 512 (predictor), normalised, with
           ReLU.
  byol     P = 4096, hidden, normalised, with ReLU; 256 numbers come out. Its
           predictor is the same again, 4096 (predictor) wide.
  ntxent,  P = the feature's, hidden, with ReLU; 128 numbers come out. No batch
  supcon   normalisation.

For supcon, photos belong together that show the same garment (by: garment, DeepFashion2's pair and style) or have the
same category (by: category, or the class folder). A photo without that label has its own other view alone. For a batch
to hold photos that belong together, its order keeps up to ` + "`together`" + ` of a label side by side: each epoch, the
photos of each label are cut into groups of so many by chance, and these are shuffled; each photo comes once.`

// validateLoss checks the parameters of the loss.
func (s *train) validateLoss() error {
	bad := func(param, format string, args ...any) error {
		return &dag.ParamError{Param: param, Msg: fmt.Sprintf(format, args...)}
	}
	d := trainKind().New().(*train)
	for _, p := range []struct {
		name string
		set  bool
	}{
		{"predictor", s.Predictor != d.Predictor}, {"temperature", s.Temperature != d.Temperature}, {"lambda", s.Lambda != d.Lambda},
		{"target_momentum", s.TargetMomentum != d.TargetMomentum}, {"by", s.By != d.By}, {"together", s.Together != d.Together},
	} {
		if with := model.LossesWith(p.name); p.set && !slices.Contains(with, s.Loss) {
			return bad(p.name, "goes with the loss %s, not with %s: leave it out", strings.Join(with, " or "), s.Loss)
		}
	}
	switch {
	case s.Projector < model.OwnWidth:
		return bad("projector", "must be -1 (the loss's own), 0 (none) or more, not %d", s.Projector)
	case s.Predictor < 0:
		return bad("predictor", "must be 0 (the loss's own) or more, not %d", s.Predictor)
	case s.Temperature < 0:
		return bad("temperature", "must be 0 (the loss's own) or more, not %v", s.Temperature)
	case s.Lambda < 0:
		return bad("lambda", "must be 0 or more, not %v", s.Lambda)
	case s.TargetMomentum < 0 || s.TargetMomentum > 1:
		return bad("target_momentum", "must be from 0 to 1, not %v", s.TargetMomentum)
	case !(s.Category >= 0) || math.IsInf(s.Category, 0):
		return bad("category", "must be 0 (none) or more, not %v", s.Category)
	case !(s.Colour >= 0) || math.IsInf(s.Colour, 0):
		return bad("colour", "must be 0 (none) or more, not %v", s.Colour)
	case s.Together < 1:
		return bad("together", "must be at least 1 (any order), not %d", s.Together)
	}
	return nil
}

// lossConfig is how the parameters set the loss.
func (s *train) lossConfig() model.LossConfig {
	return model.LossConfig{
		Projector: s.Projector, Predictor: s.Predictor, Temperature: s.Temperature, Lambda: s.Lambda,
		TargetMomentum: s.TargetMomentum, By: s.By, Together: s.Together, Category: s.Category, Colour: s.Colour,
	}
}
