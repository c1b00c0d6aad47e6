package main

import (
	"context"
	"errors"
	"os"
	"time"

	"fashionpipe/bench/networks"
	"fashionpipe/model"
)

// GoMLX's Go backend takes most of a minute for what takes us a second: it is given the least there is to do, once.
// Compiling is not in the time.

// goStep times a training step of two photos, the fewest that training takes.
func goStep(ctx context.Context, w work) (seconds float64, small work, err error) {
	w.batch = 2
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, w, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	// The step before it is ours: a training that goes on from a checkpoint measures nothing before its first step.
	if _, err := oneStep(ctx, "cpu", w, dir); err != nil {
		return 0, w, err
	}
	seconds, err = oneStep(ctx, "go", w, dir)
	return seconds, w, err
}

// oneStep goes on with the training in dir for one step. It gives the time since the training was ready.
func oneStep(ctx context.Context, backend string, w work, dir string) (seconds float64, err error) {
	b, err := model.Open(backend, model.F32)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var ready time.Time
	const steps = 3 // of an epoch: after its last one it would measure
	_, err = model.Train(ctx, b, networks.NewNoise(steps*w.batch, w.size), w.config(), model.Hooks{
		Scratch: dir,
		Add: func(int) {
			if ready.IsZero() { // this tells what was done before
				ready = time.Now()
				return
			}
			seconds = time.Since(ready).Seconds()
			cancel(errEnough)
		},
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, err
	}
	return seconds, nil
}

// goEmbed times the inference of one image.
func goEmbed(ctx context.Context, w work) (seconds float64, small work, err error) {
	w.batch = 1
	b, err := model.Open("go", model.F32)
	if err != nil {
		return 0, w, err
	}
	e, err := model.RandomEncoder(ctx, w.arch, 64, w.layer, "", 1)
	if err != nil {
		return 0, w, err
	}
	im := &clocked{Noise: networks.NewNoise(1, w.size)}
	err = e.Batched(1).Embed(ctx, b, im, model.Whole, false, func(int, []float32) error {
		seconds = time.Since(im.read).Seconds()
		return nil
	})
	return seconds, w, err
}

// clocked knows when an image was last read: right before it is computed with.
type clocked struct {
	*networks.Noise
	read time.Time
}

func (c *clocked) Whole(i int) []byte {
	c.read = time.Now()
	return c.Noise.Whole(i)
}
