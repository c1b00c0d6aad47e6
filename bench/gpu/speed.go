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

// speed is the record of a measurement.
func (o options) speed(task string, ready time.Duration, windows []float64) error {
	r := record{What: "speed", Who: "pipe", Task: task, Arch: o.arch, Layer: o.layer, Batch: o.batch, Size: o.size,
		Precision: o.precision, ReadyS: ready.Seconds()}
	r.rate(windows)
	r.show()
	return o.emit(r)
}

// train measures training as the stage does it, by what it reports of its progress: a window is an epoch of noise without
// its first quarter, so that neither compilation nor what is measured of the network after an epoch is in it.
func train(ctx context.Context, o options) error {
	b, err := o.open()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	cfg := model.TrainConfig{Arch: o.arch, Width: o.width, Loss: "mse", Epochs: 1000, Batch: o.batch, LR: 1e-3, Optimizer: "adam",
		Schedule: "constant", Augment: model.Augment{Flip: true}, Seed: 1}
	steps := o.photos / o.batch
	if steps < 4 {
		return errors.New("an epoch needs four steps or more: raise -photos, or lower -batch")
	}
	var windows []float64
	var from, ready time.Time
	begin, done, measured := time.Now(), 0, 0.0
	_, err = model.Train(ctx, b, networks.NewNoise(o.photos, o.size), cfg, model.Hooks{Add: func(images int) {
		if images == 0 {
			ready = time.Now()
			return
		}
		done += images / o.batch
		switch at := done % steps; at {
		case steps / 4:
			from = time.Now()
		case 0:
			took := time.Since(from).Seconds()
			measured += took
			windows = append(windows, float64(2*o.batch*(steps-steps/4))/took)
			if measured >= o.seconds {
				cancel(errEnough)
			}
		}
	}})
	if !errors.Is(err, errEnough) {
		return errors.Join(errors.New("training ended before it was measured"), err)
	}
	return o.speed("train", ready.Sub(begin), windows)
}

// embed measures inference as the stage does it, images coming from the host's memory and vectors going there, by when it
// gives them. A window is a fifth of the time; the first two batches are in none.
func embed(ctx context.Context, o options) error {
	b, err := o.open()
	if err != nil {
		return err
	}
	begin := time.Now()
	e, err := model.RandomEncoder(ctx, o.arch, o.width, o.layer, "", 1)
	if err != nil {
		return err
	}
	var windows []float64
	var from, ready time.Time
	at := 0 // images, at from
	const many = 1 << 22
	err = e.Batched(o.batch).Embed(ctx, b, networks.NewNoise(many, o.size), model.Whole, false, func(i int, _ []float32) error {
		if (i+1)%o.batch != 0 {
			return nil
		}
		switch took := time.Since(from).Seconds(); {
		case i < o.batch:
			ready = time.Now()
		case i < 2*o.batch:
			from, at = time.Now(), i
		case took >= o.seconds/5:
			windows = append(windows, float64(i-at)/took)
			from, at = time.Now(), i
		}
		if len(windows) == 5 {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		return errors.Join(errors.New("inference ended before it was measured"), err)
	}
	return o.speed("embed", ready.Sub(begin), windows)
}
