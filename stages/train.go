package stages

import (
	"context"
	"errors"
	"fmt"
	"math"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/giveup"
	"fashionpipe/model"
)

func trainKind() *dag.Kind {
	return &dag.Kind{
		Name: "train", Version: 2, Out: Encoder, Check: formats.CheckEncoder,
		Summary: "An encoder, trained on two views of each photo, without labels or with",
		Doc: `Trains one network, shared by both views of a photo (the whole photo and the cell of its grid), so that the two
features agree.

The networks are torchvision's without their last layer: the feature is 8 × width numbers (512 at the published width of
64), of resnet50 32 × width (2048). They start from random weights, drawn as torchvision draws them, or from given ones,
whose last layer is left out. Each view is a forward pass of its own, with its own batch statistics.

` + weightsDoc + `

The loss is one of

` + lossDoc + `

` + taskDoc + `

Augmentations change what the network sees in training, every view by chances of its own, new ones in each epoch and drawn
from the seed. None is on by default. In this order:

  flip      left and right change places in every second view.
  crop      a part of at least this share of the area, as wide as high or up to
            4:3 either way, becomes the view; torchvision's RandomResizedCrop.
  geometry  at 1: rotation by up to 10 degrees, shift by up to 10 % of the edge
            along each axis, scale 0.9 to 1.1, shear by up to 5 degrees, each
            corner pulled in by up to 5 % of the edge; at 0.5 half of that. What
            comes into sight has the colour of the nearest pixel of the edge.
            To choose them one by one, set affine (rotation, shift, scale and
            shear) and perspective (the corners) in place of geometry.
  jitter    torchvision's ColorJitter, but always in the order brightness,
            contrast, saturation, hue. At 0.4 the first three become 0.6 to 1.4
            times what they are, and colours turn by up to a tenth of the
            wheel. To choose them one by one, set brightness, contrast,
            saturation and hue in place of jitter.
  grey      as often as this, a view becomes its grey.
  blur      as often as this, a view is blurred by a Gaussian, its standard
            deviation 0.1 to 2 pixels.
  cutout    a square somewhere, of this share of the edge, gets the mean colour.

The optimiser is one of

  adam    PyTorch's Adam; weight decay is added to the gradient.
  adamw   PyTorch's AdamW; the weight itself decays, by lr × weight_decay.
  sgd     PyTorch's SGD with momentum; weight decay is added to the gradient.
  lars    LARS (You, Gitman & Ginsburg 2017) by the formula of the authors of
          Barlow Twins and VICReg: sgd, after the gradient of each weight, decay
          included, is scaled to 0.001 times the weight's norm. It wants a high
          lr; VICReg's is 0.2 × photos per step / 256.

Biases and batch normalisation don't decay, and lars doesn't scale them. The learning rate changes from step to step: over
the W steps of the first warmup epochs it rises in a line, t/W of lr at step t; then it falls along half a cosine to 0, or
stays at lr.

With accumulate: N, a step takes the mean of the gradients of N batches, so it is of batch × N photos in the memory of one
batch. What looks at a batch as a whole still sees one of the N: batch statistics, and losses that compare photos.

With ema: E, such as 0.999, the encoder is not the last weights but their average, which at each step keeps E of what it
was, and less in the first steps: 1 - t^(-2/3) at step t. Running statistics are averaged as well. This is timm's
ModelEmaV3 with warm-up. The measures of an epoch are those of the average.

In each epoch the images are shuffled; a rest smaller than a step sits the epoch out, and a warning says so where that is
more than a quarter of them. Where batch is more than there are images, each step takes all, with a warning. Of a photo with
several cells each epoch draws one by the seed. Before
the first step and after each epoch the encoder is measured on up to 512 of its images: spread, effective rank and norm
of the features, and how near the two views are compared with views of different photos. An encoder that maps everything
to nearly the same feature is kept, but the gate "collapse" fails (exit code 3 unless allowed).

With labelled images on the port validation, recall@1 is measured before training, after every validate_every epochs and
at the end: the share of photos whose nearest neighbour by cosine shows the same garment, where there are pairs, else the
same category. It is that of evaluate, on at most 2,000 whole photos, chosen by the seed, pairs together. With patience: P, training
ends when P epochs have gone by since the best one, and the encoder is that of the best epoch, be it the last or not: so
scores on those photos flatter it, and others should judge it. The
state before training is no epoch: a warning says where it was better. Another says where the images to validate on are
those of the training, so that the measure says nothing about other photos.

On XLA the photos lie on the device from the beginning where they take no more than half of its free memory; else they are
brought in chunks of up to 1 GiB in the order in which they are used, each while the device works on the one before it. A line at the start
says which. images: device or images: stream asks for one of the two. The result is the same bytes.

` + gpuDoc + ` With
resources: {gpu: N} each batch is shared equally among N GPUs, on XLA. Batch statistics and losses are those of the
whole batch, as on one GPU (and as PyTorch's SyncBatchNorm has them); sums are added up in another order, so N is in the key.

` + precisionDoc + `

Initial weights are the same with any. recall@1 on the port
validation, and all that an epoch is measured by, is computed with the same precision.

Training keeps a checkpoint; killed and run again, it goes on and ends with the same bytes. Those depend on the backend's
class, not on the number of workers.

The artifact holds weights.safetensors (torchvision's names and shapes), encoder.json (all that embedding needs: network,
sizes, normalisation) and history.parquet (losses and learning rate of every step, the measures of every epoch).`,
		Example: `encoder:
  uses: train
  in: {images: train_images}
  with: {arch: resnet18, loss: mse, epochs: 100, batch: 256}`,
		In: []dag.Port{
			{Name: "images", Type: Images, Doc: "images with cells to learn from"},
			{Name: "validation", Type: Images, Optional: true, Doc: "labelled images of the same size, to measure recall@1 on after epochs"},
		},
		New: func() dag.Stage {
			return &train{Arch: "resnet18", Width: 64, Weights: randomWeights, Loss: "mse", Epochs: 100, Batch: 256, Accumulate: 1, LR: 1e-3, Optimizer: "adam",
				Schedule: "cosine", Warmup: 0, Momentum: usualMomentum, JudgeEvery: 1, Crop: 1, Precision: string(model.F32),
				Projector: model.OwnWidth, Lambda: model.DefaultLambda, TargetMomentum: model.DefaultTargetMomentum,
				By: model.ByGarment, Together: 2, Images: model.ImagesAuto}
		},
	}
}

type train struct {
	Arch           string  `param:"arch" enum:"resnet18|resnet34|resnet50" doc:"the network"`
	Width          int     `param:"width" doc:"channels of the network's first block; 64 is the published network, 8 to 16 do on a CPU"`
	Weights        string  `param:"weights,exec" doc:"what the network starts from: a file, hf:org/name on the hub, or random; the content counts, not the name"`
	Loss           string  `param:"loss" enum:"mse|vicreg|barlow|simsiam|byol|ntxent|supcon" doc:"what is minimised; mse is the paper's"`
	Projector      int     `param:"projector" doc:"width of the MLP between feature and loss, in training only; 0 for none, -1 for the loss's own"`
	Predictor      int     `param:"predictor" doc:"of simsiam and byol: width of the predictor's hidden layer; 0 for the loss's own"`
	Temperature    float64 `param:"temperature" doc:"of ntxent and supcon: what cosines are divided by; 0 for the loss's own, 0.5 and 0.07"`
	Lambda         float64 `param:"lambda" doc:"of barlow: weight of the correlations between different numbers"`
	TargetMomentum float64 `param:"target_momentum" doc:"of byol: share of itself that the target keeps in the first step"`
	By             string  `param:"by" enum:"garment|category" doc:"of supcon: the label that photos which belong together share"`
	Together       int     `param:"together" doc:"of supcon: photos of a label that the order keeps side by side"`
	Category       float64 `param:"category" doc:"weight of predicting the photo's category beside the loss, such as 0.5; 0 for none"`
	Colour         float64 `param:"colour" doc:"weight of predicting the photo's colour histogram beside the loss, such as 0.5; 0 for none"`
	Epochs         int     `param:"epochs" doc:"times each image is seen"`
	Batch          int     `param:"batch" doc:"photos at once, each with both views; all of them where there are fewer"`
	Accumulate     int     `param:"accumulate" doc:"batches per step, which takes the mean of their gradients"`
	LR             float64 `param:"lr" doc:"the highest learning rate"`
	Optimizer      string  `param:"optimizer" enum:"adam|adamw|sgd|lars" doc:"how weights follow their gradients"`
	Schedule       string  `param:"schedule" enum:"cosine|constant" doc:"how the learning rate falls after the warm-up"`
	Warmup         float64 `param:"warmup" doc:"epochs over which the learning rate rises from 0"`
	WeightDecay    float64 `param:"weight_decay" doc:"pull of every weight but biases and batch normalisation towards 0"`
	Momentum       float64 `param:"momentum" doc:"of sgd and lars"`
	EMA            float64 `param:"ema" doc:"what an average of the weights, which the encoder then is, keeps of itself at a step; 0 for the weights as they are"`
	Patience       int     `param:"patience" doc:"end after this many epochs without a better recall@1, and keep the best epoch; 0 for neither"`
	JudgeEvery     int     `param:"validate_every" doc:"epochs between two validations"`
	Precision      string  `param:"precision" enum:"f32|tf32|bf16" doc:"how exactly products are computed; bf16 is for GPUs"`
	Images         string  `param:"images,exec" enum:"auto|device|stream" doc:"on XLA: where photos are, on the device or streamed to it; never changes the result"`
	Flip           bool    `param:"flip" doc:"mirror each view left to right with probability 1/2"`
	Crop           float64 `param:"crop" doc:"least share of a view's area that a chance crop keeps, such as 0.2; 1 for no crop"`
	Geometry       float64 `param:"geometry" doc:"0 to 1: strength of a weak rotation, shift, scale, shear and perspective of each view"`
	Affine         float64 `param:"affine" doc:"in place of geometry: strength of its rotation, shift, scale and shear alone"`
	Perspective    float64 `param:"perspective" doc:"in place of geometry: strength of its perspective alone"`
	Jitter         float64 `param:"jitter" doc:"0 to 1: strength of chance brightness, contrast and saturation of each view, and at a quarter of it hue"`
	Brightness     float64 `param:"brightness" doc:"in place of jitter: brightness times 1 - this to 1 + this"`
	Contrast       float64 `param:"contrast" doc:"in place of jitter: contrast times 1 - this to 1 + this"`
	Saturation     float64 `param:"saturation" doc:"in place of jitter: saturation times 1 - this to 1 + this"`
	Hue            float64 `param:"hue" doc:"in place of jitter: colours turn by up to this share of the colour wheel either way, 0.5 at most"`
	Grey           float64 `param:"grey" doc:"probability that a view loses its colours"`
	Blur           float64 `param:"blur" doc:"probability that a view is blurred"`
	Cutout         float64 `param:"cutout" doc:"edge of a square taken out of each view, as a share of the view's; 0 for none"`
}

const usualMomentum = 0.9

// Precise implements Precise.
func (s *train) Precise() model.Precision { return model.Precision(s.Precision) }

func (s *train) UsesSeed() bool    { return true }
func (s *train) UsesBackend() bool { return true }

// UsesDevices implements dag.OnDevices.
func (s *train) UsesDevices(backend string) bool { return model.Shares(backend) }

// CheckShared implements Shared.
func (s *train) CheckShared(devices int) error { return model.CheckBatch(s.Batch, devices) }

// Externals gives the digest of the weights to start from.
func (s *train) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	return weights(s.Weights).externals(ctx, files)
}

// Ready implements dag.Readier.
func (s *train) Ready() error { return weights(s.Weights).ready() }

// Missing and Fetch implement dag.Fetcher.
func (s *train) Missing() (string, error) { return weights(s.Weights).missing() }

func (s *train) Fetch(ctx context.Context, report dag.Reporter) error {
	return weights(s.Weights).fetch(ctx, report)
}

// start opens the network to start from; nil for random weights.
func (s *train) start() (*model.Encoder, error) {
	w := weights(s.Weights)
	if !w.given() {
		return nil, nil
	}
	path, err := w.file()
	if err != nil {
		return nil, err
	}
	return model.FileEncoder(s.Arch, s.Width, "", "", path)
}

func (s *train) Validate() error {
	bad := func(param, format string, args ...any) error {
		return &dag.ParamError{Param: param, Msg: fmt.Sprintf(format, args...)}
	}
	switch {
	case s.Width < 1:
		return bad("width", "must be at least 1, not %d", s.Width)
	case s.Epochs < 1:
		return bad("epochs", "must be at least 1, not %d", s.Epochs)
	case s.Batch < 2:
		return bad("batch", "must be at least 2, not %d: batch statistics need more than one photo", s.Batch)
	case s.Accumulate < 1:
		return bad("accumulate", "must be at least 1, not %d", s.Accumulate)
	case s.LR <= 0:
		return bad("lr", "must be above 0, not %v", s.LR)
	case s.Warmup < 0:
		return bad("warmup", "must be 0 or more, not %v", s.Warmup)
	case s.Warmup > float64(s.Epochs):
		return bad("warmup", "is %v epochs, and there are only %d: the learning rate would not rise to lr", s.Warmup, s.Epochs)
	case s.WeightDecay < 0:
		return bad("weight_decay", "must be 0 or more, not %v", s.WeightDecay)
	case s.Momentum < 0 || s.Momentum >= 1:
		return bad("momentum", "must be at least 0 and below 1, not %v", s.Momentum)
	case s.Momentum != usualMomentum && s.Optimizer != "sgd" && s.Optimizer != "lars":
		return bad("momentum", "goes with the optimizers sgd and lars, not with %s: leave it out", s.Optimizer)
	case s.Patience < 0:
		return bad("patience", "must be 0 (never end early) or more, not %d", s.Patience)
	case s.JudgeEvery < 1:
		return bad("validate_every", "must be at least 1, not %d", s.JudgeEvery)
	case !(s.EMA >= 0 && s.EMA < 1):
		return bad("ema", "must be at least 0 (none) and below 1, such as 0.999, not %v", s.EMA)
	}
	return errors.Join(weights(s.Weights).validate(), s.validateLoss(), s.validateAugment())
}

// Resumes implements dag.Resumer.
func (s *train) Resumes(scratch string) bool { return model.HasCheckpoint(scratch) }

func (s *train) Run(ctx context.Context, t *dag.Task) error {
	in, _ := t.In.One("images")
	images, err := formats.OpenImages(in.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = images.Close() }()
	judge, err := s.openValidation(t)
	if err != nil {
		return err
	}
	defer judge.close()
	backend, err := model.Open(t.Backend, model.Precision(s.Precision), t.Devices...)
	if err != nil {
		return err
	}
	t.Sayf("backend: %s", backend.Describe())
	s.warnOfBatch(t, images.Len())
	from, err := giveup.Do(ctx, s.start, nil)
	if err != nil {
		return err
	}
	r, err := model.Train(ctx, backend, images, model.TrainConfig{
		Arch: s.Arch, Width: s.Width, Loss: s.Loss, LossConfig: s.lossConfig(), Epochs: s.Epochs, Batch: s.Batch, Accumulate: s.Accumulate, LR: s.LR,
		Optimizer: s.Optimizer, Schedule: s.Schedule, Warmup: s.Warmup, WeightDecay: s.WeightDecay, Momentum: s.Momentum,
		EMA: s.EMA, Patience: s.Patience, JudgeEvery: s.JudgeEvery, Seed: t.Seed,
		Augment: s.augment(),
	}, model.Hooks{
		From:       from,
		Validation: judge.hook(t.Workers),
		Scratch:    t.Scratch,
		Images:     s.Images,
		Start:      func(n int) { t.Report.Start(n, "images") },
		Add:        t.Report.Add,
		Live:       t.Report.Live,
		Say:        func(text string) { t.Sayf("%s", text) },
	})
	if err != nil {
		return adviseBatch(err, min(s.Batch, images.Len()), s.Accumulate, max(1, len(t.Devices)), s.Precision)
	}
	c := r.Info.Collapse
	t.Resultf("loss", "%.4g after %d steps", r.Final.Loss, r.Info.Steps)
	if first, last := ends(r.History); last > 2*math.Abs(first)+1 {
		t.Warnf("diverged", "the loss was %.3g at the first step, and %.3g in the mean of the last epoch: lower lr (%v)", first, last, s.LR)
	}
	noteTasks(t, r)
	judge.note(t, r)
	t.Resultf("effective rank", "%.1f of %d", c.EffectiveRank, r.Info.Dim)
	if r.Info.Collapsed {
		t.Gatef("collapse", "%s", model.CollapseText(r.Info))
	} else if doubt := model.DoubtText(r.Info); doubt != "" {
		t.Warnf("features", "%s", doubt)
	}
	return formats.WriteEncoder(t.Out, r.Info, r.Weights, r.History)
}

// ends gives the loss of the first step, and its mean over the last epoch.
func ends(history []formats.HistoryRow) (first, last float64) {
	epoch, sum, n := history[len(history)-1].Epoch, 0.0, 0
	for _, h := range history {
		if h.Step == 1 {
			first = h.Loss
		}
		if h.Epoch == epoch {
			sum += h.Loss
			n++
		}
	}
	return first, sum / float64(n)
}
