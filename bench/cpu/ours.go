package main

import (
	"context"
	"errors"
	"time"

	"fashionpipe/bench/networks"
	"fashionpipe/model"
)

// errEnough ends a measurement.
var errEnough = errors.New("enough")

// config is a training whose steps the work counts.
func (w work) config() model.TrainConfig {
	return model.TrainConfig{Arch: w.arch, Width: 64, Loss: "mse", Epochs: 1, Batch: w.batch, LR: 1e-3, Optimizer: "adam",
		Schedule: "constant", Momentum: 0.9, Seed: 1}
}

// trainStep trains as the stage does and times whole steps, data included, by what training reports of its progress.
func trainStep(ctx context.Context, w work, rounds int, turn func() error) (float64, error) {
	b, err := model.Open("cpu", model.F32)
	if err != nil {
		return 0, err
	}
	const warmup = 2
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	best, steps := 0.0, 0
	var last time.Time
	_, err = model.Train(ctx, b, networks.NewNoise((rounds+warmup+1)*w.batch, w.size), w.config(), model.Hooks{
		Add: func(images int) {
			if images == 0 {
				return // nothing was done before
			}
			took := time.Since(last).Seconds()
			if steps++; steps > warmup {
				best = better(best, took)
			}
			if err := turn(); err != nil {
				cancel(err)
			} else if steps >= rounds+warmup {
				cancel(errEnough)
			}
			last = time.Now()
		},
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, err
	}
	return best, nil
}

// embed times the inference of one batch at a time, the vectors' way to the caller included.
func embed(ctx context.Context, w work, rounds int, turn func() error) (float64, error) {
	b, err := model.Open("cpu", model.F32)
	if err != nil {
		return 0, err
	}
	e, err := model.RandomEncoder(ctx, w.arch, 64, w.layer, "", 1)
	if err != nil {
		return 0, err
	}
	const warmup = 2
	best, batches := 0.0, 0
	last := time.Now()
	err = e.Embed(ctx, b, networks.NewNoise((rounds+warmup)*w.batch, w.size), model.Whole, false, func(i int, _ []float32) error {
		if (i+1)%w.batch != 0 {
			return nil
		}
		took := time.Since(last).Seconds()
		if batches++; batches > warmup {
			best = better(best, took)
		}
		if err := turn(); err != nil {
			return err
		}
		last = time.Now()
		return nil
	})
	return best, err
}
