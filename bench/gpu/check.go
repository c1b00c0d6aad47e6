package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"fashionpipe/formats"
	"fashionpipe/internal/judge"
	"fashionpipe/model"
)

// limited is the beginning of an image table.
type limited struct {
	model.Images
	n int
}

func (l limited) Len() int { return min(l.n, l.Images.Len()) }

// checker compares a backend with another on drawn photos.
type checker struct {
	options
	tested, beside *model.Backend
	train, test    model.Images
	failed         bool
}

// check compares the first losses of a training, features, and the recall@1 that trainings end with. It is an error if any is
// further apart than it may be.
func check(ctx context.Context, o options) error {
	c := checker{options: o}
	var err error
	if c.beside, err = model.Open(o.beside, model.F32); err != nil {
		return err
	}
	if c.tested, err = o.open(); err != nil {
		return err
	}
	for name, into := range map[string]*model.Images{"small": &c.train, "small_test": &c.test} {
		im, err := formats.OpenImages(filepath.Join(o.data, name))
		if err != nil {
			return err
		}
		defer func() { _ = im.Close() }()
		*into = limited{im, o.photos}
	}
	for _, one := range []func(context.Context) error{c.checkLosses, c.checkFeatures, c.checkRecall} {
		if err := one(ctx); err != nil {
			return err
		}
	}
	if c.failed {
		return errors.New("results differ by more than they may")
	}
	return nil
}

// verdict notes how far something is apart, and whether that is within its limit.
func (c *checker) verdict(name string, got, limit float64) error {
	ok := got <= limit // NaN is not
	c.failed = c.failed || !ok
	text := map[bool]string{true: "ok", false: "FAILED"}[ok]
	name = fmt.Sprintf("%s, %s", name, c.precision)
	fmt.Printf("%s: %.2g apart (limit %.2g) %s\n", name, got, limit, text)
	r := record{What: "check", Name: name, OK: ok, Limit: limit, Precision: c.precision}
	if !math.IsNaN(got) {
		r.Got = &got
	}
	return c.emit(r)
}

// compared is how many steps' losses are compared: rounding differs from the first on, and each step multiplies what it did.
const compared = 5

// checkLosses trains on both, twice on the one under test, whose bytes are noted.
func (c *checker) checkLosses(ctx context.Context) error {
	cfg := model.TrainConfig{Arch: "resnet18", Width: c.width, Loss: "mse", Batch: 32, LR: 1e-4, Optimizer: "sgd", Momentum: 0.9,
		Schedule: "constant", Seed: 1}
	im := limited{c.train, 256}
	cfg.Epochs = (compared-1)/(im.Len()/cfg.Batch) + 1
	want, _, err := losses(ctx, c.beside, im, cfg)
	if err != nil {
		return err
	}
	got, digest, err := losses(ctx, c.tested, im, cfg)
	if err != nil {
		return err
	}
	_, again, err := losses(ctx, c.tested, im, cfg)
	if err != nil {
		return err
	}
	for _, d := range []string{digest, again} {
		if err := c.emit(record{What: "bytes", Precision: c.precision, Digest: d}); err != nil {
			return err
		}
	}
	apart := 0.0
	for i := range compared {
		fmt.Fprintf(os.Stderr, "step %d: loss %.7g on %s, %.7g on the one under test\n", i+1, want[i], c.options.beside, got[i])
		apart = math.Max(apart, math.Abs(got[i]-want[i])/want[i]) // math.Max keeps NaN
	}
	return c.verdict(fmt.Sprintf("losses of %d steps", compared), apart, c.losses)
}

// losses trains, and gives the loss of each step and the digest of the weights.
func losses(ctx context.Context, b *model.Backend, im model.Images, cfg model.TrainConfig) (all []float64, digest string, err error) {
	r, err := model.Train(ctx, b, im, cfg, model.Hooks{})
	if err != nil {
		return nil, "", err
	}
	for _, row := range r.History[1:] { // the first is of before
		all = append(all, row.Loss)
	}
	var file bytes.Buffer
	err = formats.WriteSafetensors(&file, r.Weights, nil)
	return all, fmt.Sprintf("%x", sha256.Sum256(file.Bytes())), err
}

// checkFeatures compares features of random networks by the norm of all differences over the norm of all.
func (c *checker) checkFeatures(ctx context.Context) error {
	for _, n := range []struct{ arch, layer string }{{"resnet18", ""}, {"vgg16", "fc2"}} {
		e, err := model.RandomEncoder(ctx, n.arch, c.width, n.layer, "", 1)
		if err != nil {
			return err
		}
		im := limited{c.test, 64}
		want, err := features(ctx, e, c.beside, im)
		if err != nil {
			return err
		}
		got, err := features(ctx, e, c.tested, im)
		if err != nil {
			return err
		}
		apart, norm := 0.0, 0.0
		for i, w := range want {
			apart += (got[i] - w) * (got[i] - w)
			norm += w * w
		}
		if err := c.verdict("features of "+n.arch, math.Sqrt(apart/norm), c.features); err != nil {
			return err
		}
	}
	return nil
}

func features(ctx context.Context, e *model.Encoder, b *model.Backend, im model.Images) (all []float64, err error) {
	err = e.Embed(ctx, b, im, model.Whole, false, func(_ int, f []float32) error {
		for _, x := range f {
			all = append(all, float64(x))
		}
		return nil
	})
	return all, err
}

// checkRecall trains by some seeds on both. The means of recall@1 may be apart by three standard errors of their difference,
// plus what one photo of the validation makes.
func (c *checker) checkRecall(ctx context.Context) error {
	if c.seeds == 0 {
		return nil
	}
	var labels []formats.Labels
	for i := range c.test.Len() {
		labels = append(labels, c.test.Labels(i))
	}
	v, err := judge.NewValidation(labels, c.test.Len(), 1)
	if err != nil {
		return err
	}
	cfg := model.TrainConfig{Arch: "resnet18", Width: max(8, c.width/2), Loss: "vicreg", Epochs: c.epochs, Batch: 64, LR: 1e-3,
		Optimizer: "adam", Schedule: "cosine", Warmup: 1, JudgeEvery: c.epochs, Augment: model.Augment{Flip: true}}
	cfg.Projector = 256
	var means, squares [2]float64
	for i, b := range []*model.Backend{c.beside, c.tested} {
		var all []float64
		for seed := range c.seeds {
			cfg.Seed = uint64(seed + 1)
			r, err := model.Train(ctx, b, c.train, cfg, model.Hooks{Validation: &model.Validation{Images: c.test, Rows: v.Rows,
				Score: func(ctx context.Context, x []float32, dim int) (float64, error) { return v.Recall(ctx, x, dim, 1) }}})
			if err != nil {
				return err
			}
			all = append(all, r.Final.Recall)
		}
		means[i], squares[i] = spread(all)
	}
	fmt.Printf("recall@1 of %d trainings each: %.4f on %s, %.4f on the one under test; chance %.4f\n", c.seeds, means[0], c.options.beside, means[1], v.Chance)
	noise := math.Sqrt((squares[0] + squares[1]) / float64(c.seeds))
	return c.verdict("recall@1", math.Abs(means[1]-means[0]), 3*noise+1/float64(v.Queries))
}

// spread gives mean and variance.
func spread(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(max(1, len(x)-1))
	}
	return mean, variance
}
