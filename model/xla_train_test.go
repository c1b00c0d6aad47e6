package model

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
)

// TestTrainingOnXLA: a training on XLA gives the same bytes from images on the device, and when it is stopped while they come in
// chunks and goes on from packed batches; with augmentation and several cells a row. The losses of its first 10 steps are
// those of our backend, within 1e-3 of them.
func TestTrainingOnXLA(t *testing.T) {
	b := xlaBackend(t)
	if testing.Short() {
		t.Skip("compiles six programs, for a minute")
	}
	im, cfg := manyCells(newFakeImages(22, 16, 16), 3), smallConfig("vicreg")
	cfg.LR, cfg.Batch, cfg.Augment = 1e-4, 4, Augment{Flip: true, Crop: 0.5, Brightness: 0.4, Saturation: 0.4}
	device, err := Train(t.Context(), b, im, cfg, Hooks{Images: ImagesDevice})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ctx, add := stopAfter(7 * cfg.Batch)
	if _, err := Train(ctx, b, im, cfg, Hooks{Scratch: dir, Add: add, Images: ImagesStream}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	resumed, err := Train(t.Context(), b, im, cfg, Hooks{Scratch: dir, Images: imagesPacked})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(bytesOf(t, resumed), bytesOf(t, device)) {
		t.Error("other weights from a stream and packed batches than from images on the device")
	}
	ours := mustTrain(t, im, cfg, Hooks{})
	for i := 1; i <= 10; i++ {
		got, want := device.History[i].Loss, ours.History[i].Loss
		if math.Abs(got-want) > 1e-3*math.Abs(want) {
			t.Errorf("step %d loses %v on XLA, and %v on the backend cpu", i, got, want)
		}
	}
}
