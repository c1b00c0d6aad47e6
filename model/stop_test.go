package model

import (
	"context"
	"errors"
	"testing"
	"time"
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
			e, err := RandomEncoder("resnet18", 64, "", "", 1)
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
