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
           separates the features of different photos, so a constant feature is
           a solution: the encoder can collapse, and the run says so.
  vicreg   25·mse + 25·variance + 1·covariance; the last two terms prevent
           collapse (Bardes, Ponce & LeCun 2022).
  barlow   Barlow Twins: brings the cross-correlation matrix of the two views
           close to the identity; off-diagonal terms are weighted by lambda
           (Zbontar et al. 2021).
  simsiam  each view predicts the other, with a stop-gradient on the target
           (Chen & He 2021). The predictor's learning rate follows the same
           schedule as all others.
  byol     each view predicts the other's output of a target network, a moving
           average of the network (Grill et al. 2020). The target's momentum
           rises from target_momentum to 1 along a cosine; 0.99 is for up to
           300 epochs, 0.996 for 1000. The encoder is the network, not the
           target.
  ntxent   SimCLR: cross-entropy that identifies the other view of the same
           photo among all other views of the batch, by cosine similarity over
           temperature (Chen et al. 2020). 0.5 was best on CIFAR; 0.1, as on
           ImageNet, is also common.
  supcon   the same with all views of photos of the same label as positives
           (Khosla et al. 2020). The only loss that needs labels.

Each loss is implemented by the formula of its paper; values and gradients are tested against its authors' PyTorch code.
Where implementations differ: barlow's lambda is the paper's 0.005 (0.0051 in the code); byol sums both directions, as in
the paper (lightly averages them, and takes the cosines only); supcon is not multiplied by temperature/0.07, which its
authors' code does.

Between feature and loss there can be a projector, an MLP that is trained with the network and discarded at the end: the
encoder's output is the feature before it. By default (projector: -1) it is the one used by the loss's authors; a smaller
width suits smaller networks and CPUs, where the authors' would take most of the time (barlow's takes ten times as much as
the network); 0 is none. The projectors of the authors:

  mse      none. With projector: P, that of vicreg.
  vicreg   none. With projector: P, Linear(P) with bias, batch normalisation
           and ReLU, the same again, Linear(P) without bias; its authors use
           P = 8192.
  barlow   P = 8192: as for vicreg, without biases.
  simsiam  P = 2048: as for barlow, with a final batch normalisation. Its
           predictor has a hidden layer of width 512 (predictor), with batch
           normalisation and ReLU.
  byol     a hidden layer of width P = 4096, with batch normalisation and ReLU;
           256 outputs. Its predictor is the same, with width 4096 (predictor).
  ntxent,  a hidden layer of the feature's width (P), with ReLU; 128 outputs. No
  supcon   batch normalisation.

For supcon, photos are positives of each other if they show the same garment (by: garment, DeepFashion2's pair and style)
or have the same category (by: category, or the class folder). A photo without that label has only its own other view as a
positive. So that batches contain positives, the photos are ordered with up to ` + "`together`" + ` photos of a label side by side: in each
epoch, the photos of each label are randomly divided into groups of that size, and the groups are shuffled. Each photo occurs
once per epoch.`

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
