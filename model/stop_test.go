package model

import (
	"context"
	"errors"
	"testing"
	"time"

	"fashionpipe/internal/pace"
)

// TestStopsInTheMiddleOfAStep stops work of which one step takes several seconds, and wants it to end soon.
func TestStopsInTheMiddleOfAStep(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute of steps")
	}
	im := newFakeImages(128, 128, 128)
	b := open(t, "cpu")
	for name, work := range map[string]func(context.Context) error{
		"training": func(ctx context.Context) error {
			cfg := smallConfig("vicreg")
			cfg.Width, cfg.Batch, cfg.Epochs = 64, 128, 100
			_, err := Train(ctx, b, im, cfg, Hooks{Scratch: t.TempDir()})
			return err
		},
		"embedding": func(ctx context.Context) error {
			e, err := RandomEncoder(ctx, "resnet18", 64, "", "", 1)
			if err != nil {
				return err
			}
			for {
				if err := e.Embed(ctx, b, im, Whole, false, func(int, []float32) error { return nil }); err != nil {
					return err
				}
			}
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		var asked time.Time
		time.AfterFunc(4*time.Second, func() { asked = time.Now(); cancel() })
		err := work(ctx)
		if took := time.Since(asked); !errors.Is(err, context.Canceled) || took > 10*time.Second {
			t.Errorf("%s: %v, %v after it was told to stop", name, err, took)
		} else {
			t.Logf("%s: %v", name, took)
		}
	}
}

// TestStopsWhileItBegins stops a training while it draws weights, builds its graph and compiles it, and the drawing of a
// large network's weights, and wants each to end soon.
func TestStopsWhileItBegins(t *testing.T) {
	im := newFakeImages(64, 96, 96)
	b := open(t, "cpu")
	works := map[string]func(context.Context) error{
		"training": func(ctx context.Context) error {
			cfg := smallConfig("vicreg")
			cfg.Width, cfg.Batch, cfg.Epochs = 64, 64, 100
			_, err := Train(ctx, b, im, cfg, Hooks{Scratch: t.TempDir()})
			return err
		},
		"drawing": func(ctx context.Context) error {
			_, err := RandomEncoder(ctx, "vgg16", 64, "", "", 1)
			return err
		},
	}
	for name, work := range works {
		for after := 10 * time.Millisecond; after < time.Second; after *= 3 {
			ctx, cancel := context.WithCancel(t.Context())
			asked := make(chan *pace.Watch, 1)
			time.AfterFunc(after, func() { asked <- pace.Start(); cancel() })
			err := work(ctx)
			took, slow := (<-asked).Check(2 * time.Second)
			if !errors.Is(err, context.Canceled) || slow != nil {
				t.Errorf("%s, told to stop after %v: %v, %v", name, after, err, slow)
			}
			t.Logf("%s, told to stop after %v: %s", name, after, took)
		}
	}
}
