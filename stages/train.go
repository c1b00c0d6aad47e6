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
		Summary: "Trains an encoder on two views of each photo",
		Doc: `Trains one network, shared by two views of each photo (the whole photo and a cell of its grid), so that
their features agree.

The networks are torchvision's without the last layer. The feature has 8 × width dimensions (512 at the published
width of 64), with resnet50 32 × width (2048). Weights start random, with torchvision's initialisation, or from a
file, whose last layer is ignored. The two views are separate forward passes, each with its own batch statistics.

` + weightsDoc + `

The loss is one of

` + lossDoc + `

` + taskDoc + `

Augmentations change what the network sees in training. They are drawn with the seed, independently for each view and
each epoch. None is on by default. They are applied in this order:

  flip      mirrors a view left to right with probability 1/2.
  crop      torchvision's RandomResizedCrop: takes a part of at least this
            fraction of the area, with an aspect ratio of 3:4 to 4:3.
  geometry  at 1: rotation by up to 10 degrees, shift by up to 10 % of the edge
            along each axis, scale 0.9 to 1.1, shear by up to 5 degrees, each
            corner pulled in by up to 5 % of the edge; at 0.5 half of that.
            Uncovered areas take the colour of the nearest edge pixel. To set
            these separately, use affine (rotation, shift, scale and shear) and
            perspective (the corners) instead of geometry.
  jitter    torchvision's ColorJitter, but always in the order brightness,
            contrast, saturation, hue. At 0.4 the first three are multiplied by
            0.6 to 1.4, and the hue turns by up to a tenth of the colour wheel.
            To set these separately, use brightness, contrast, saturation and
            hue instead of jitter.
  grey      converts a view to grey, with this probability.
  blur      blurs a view, with this probability, by a Gaussian with a standard
            deviation of 0.1 to 2 pixels.
  cutout    fills a square at a random place with the mean colour; its edge is
            this fraction of the view's.

The optimiser is one of

  adam    PyTorch's Adam; weight decay is added to the gradient.
  adamw   PyTorch's AdamW; weight decay is decoupled, lr × weight_decay.
  sgd     PyTorch's SGD with momentum; weight decay is added to the gradient.
  lars    LARS (You, Gitman & Ginsburg 2017) as in the code of Barlow Twins and
          VICReg: sgd, after the gradient of each weight, including its decay,
          is scaled to 0.001 times the norm of the weight. Needs a high lr;
          VICReg uses 0.2 × photos per step / 256.

Biases and batch normalisation are exempt from weight decay and from the scaling of lars. The learning rate is set at
every step: it rises linearly over the W steps of the first warmup epochs, to t/W of lr at step t; then it falls to 0
along half a cosine, or stays at lr.

With accumulate: N, a step averages the gradients of N batches, for an effective batch of batch × N photos in the
memory of one. Batch statistics, and losses that compare photos, still see one batch at a time.

With ema: E, such as 0.999, the encoder is an exponential moving average of the weights with decay E, and less in the
first steps: 1 - t^(-2/3) at step t. Running statistics are averaged as well. This is timm's ModelEmaV3 with warm-up.
The measures after each epoch are those of the average.

The images are shuffled in each epoch. A remainder smaller than a step is skipped in that epoch, with a warning if it
is more than a quarter of the images. If batch exceeds the number of images, each step takes all of them, with a
warning. Of a photo with several cells, each epoch draws one with the seed. Before the first step and after each
epoch, the encoder is measured on up to 512 of its images: spread, effective rank and norm of the features, and how
similar the two views of a photo are compared with views of different photos. An encoder that maps everything to
nearly the same feature is kept, but fails the gate "collapse" (exit code 3 unless allowed).

With labelled images on the port validation, recall@1 is measured before training, after every validate_every epochs
and at the end: the fraction of photos whose nearest neighbour by cosine shows the same garment if there are pairs,
else the same category. It is computed as in evaluate, on at most 2,000 whole photos, sampled with the seed, pairs
kept together. With patience: P, training stops after P epochs without improvement, and the encoder is that of the
best epoch, which need not be the last. Its scores on those photos are therefore optimistic: evaluate it on others.
The state before training does not count as an epoch; a warning says if it was better. Another warns if the validation
images are also training images, since the measure then says nothing about other photos.

On XLA the photos are kept on the device if they take at most half of its free memory; otherwise they are streamed in
chunks of up to 1 GiB in the order of use, each while the device works on the previous one. A line at the start says
which. images: device or images: stream forces one of the two. The output is byte for byte the same.

` + gpuDoc + ` With resources: {gpu: N}, on XLA, each batch is divided equally among N GPUs. Batch statistics and
losses are those of the whole batch, as on one GPU (like PyTorch's SyncBatchNorm); sums are accumulated in another
order, so N is in the key.

` + precisionDoc + `

Initial weights are the same for each. The measures after each epoch, including recall@1 on the port validation, are
computed with the same precision.

Training writes checkpoints; if it is killed and run again, it resumes and ends with the same bytes. These depend on
the class of the backend, not on the number of workers.

The artifact holds weights.safetensors (with torchvision's names and shapes), encoder.json (all that embedding needs:
network, sizes, normalisation) and history.parquet (losses and learning rate of every step, the measures of every
epoch).`,
		Example: `encoder:
  uses: train
  in: {images: train_images}
  with: {arch: resnet18, loss: mse, epochs: 100, batch: 256}`,
		In: []dag.Port{
			{Name: "images", Type: Images, Doc: "training images, with cells"},
			{Name: "validation", Type: Images, Optional: true, Doc: "labelled images of the same size, to measure recall@1 on after each epoch"},
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
	Width          int     `param:"width" doc:"channels of the network's first block; 64 is the published network, 8 to 16 are practical on a CPU"`
	Weights        string  `param:"weights,exec" doc:"initial weights: a file, hf:org/name on the hub, or random; the key holds the content, not the name"`
	Loss           string  `param:"loss" enum:"mse|vicreg|barlow|simsiam|byol|ntxent|supcon" doc:"the loss; mse is the paper's"`
	Projector      int     `param:"projector" doc:"width of the projector, the MLP between feature and loss; 0 for none, -1 for that of the loss's authors"`
	Predictor      int     `param:"predictor" doc:"simsiam, byol: width of the predictor's hidden layer; 0 for that of the loss's authors"`
	Temperature    float64 `param:"temperature" doc:"ntxent, supcon: temperature; 0 for the default of the loss, 0.5 and 0.07"`
	Lambda         float64 `param:"lambda" doc:"barlow: weight of the off-diagonal correlations"`
	TargetMomentum float64 `param:"target_momentum" doc:"byol: momentum of the target network at the first step"`
	By             string  `param:"by" enum:"garment|category" doc:"supcon: the label that positives share"`
	Together       int     `param:"together" doc:"supcon: number of photos of a label kept side by side in each epoch"`
	Category       float64 `param:"category" doc:"weight of the head that predicts the photo's category, such as 0.5; 0 for none"`
	Colour         float64 `param:"colour" doc:"weight of the head that predicts the photo's colour histogram, such as 0.5; 0 for none"`
	Epochs         int     `param:"epochs" doc:"passes over the images"`
	Batch          int     `param:"batch" doc:"photos per batch, each with both views; all photos if there are fewer"`
	Accumulate     int     `param:"accumulate" doc:"batches per step, whose gradients are averaged"`
	LR             float64 `param:"lr" doc:"peak learning rate"`
	Optimizer      string  `param:"optimizer" enum:"adam|adamw|sgd|lars" doc:"the optimiser"`
	Schedule       string  `param:"schedule" enum:"cosine|constant" doc:"learning-rate schedule after the warm-up"`
	Warmup         float64 `param:"warmup" doc:"epochs of linear warm-up, which may be a fraction"`
	WeightDecay    float64 `param:"weight_decay" doc:"weight decay; biases and batch normalisation are exempt"`
	Momentum       float64 `param:"momentum" doc:"momentum of sgd and lars"`
	EMA            float64 `param:"ema" doc:"decay of the moving average of the weights, which becomes the encoder; 0 for none"`
	Patience       int     `param:"patience" doc:"early stopping: stop after this many epochs without a better recall@1 and keep the best; 0 for none"`
	JudgeEvery     int     `param:"validate_every" doc:"epochs between validations"`
	Precision      string  `param:"precision" enum:"f32|tf32|bf16" doc:"numeric precision; bf16 is for GPUs"`
	Images         string  `param:"images,exec" enum:"auto|device|stream" doc:"on XLA: keep the photos on the device or stream them to it; does not change the result"`
	Flip           bool    `param:"flip" doc:"mirror each view left to right with probability 1/2"`
	Crop           float64 `param:"crop" doc:"minimum fraction of a view's area kept by a random crop, such as 0.2; 1 for no crop"`
	Geometry       float64 `param:"geometry" doc:"0 to 1: strength of a mild random rotation, shift, scale, shear and perspective"`
	Affine         float64 `param:"affine" doc:"instead of geometry: strength of its rotation, shift, scale and shear only"`
	Perspective    float64 `param:"perspective" doc:"instead of geometry: strength of its perspective only"`
	Jitter         float64 `param:"jitter" doc:"0 to 1: strength of random changes of brightness, contrast and saturation, and at a quarter of it of hue"`
	Brightness     float64 `param:"brightness" doc:"instead of jitter: brightness is multiplied by 1 - this to 1 + this"`
	Contrast       float64 `param:"contrast" doc:"instead of jitter: contrast is multiplied by 1 - this to 1 + this"`
	Saturation     float64 `param:"saturation" doc:"instead of jitter: saturation is multiplied by 1 - this to 1 + this"`
	Hue            float64 `param:"hue" doc:"instead of jitter: the hue turns by up to this fraction of the colour wheel either way, at most 0.5"`
	Grey           float64 `param:"grey" doc:"probability that a view is converted to grey"`
	Blur           float64 `param:"blur" doc:"probability that a view is blurred"`
	Cutout         float64 `param:"cutout" doc:"edge of a square masked in each view, as a fraction of the view's edge; 0 for none"`
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
