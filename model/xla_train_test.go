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

// TestEmbeddingOnXLA: vectors come in order, are the same bytes each time though two batches are under way at once, and are those of our
// backend within 1e-4 of their length.
func TestEmbeddingOnXLA(t *testing.T) {
	b := xlaBackend(t)
	e, err := RandomEncoder(t.Context(), "resnet18", 2, "", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	e = e.Batched(5)
	im := newFakeImages(43, 16, 16)
	embedded := func(b *Backend) (all []float32) {
		err := e.Embed(t.Context(), b, im, Whole, false, func(i int, f []float32) error {
			if i*len(f) != len(all) {
				t.Errorf("vector %d comes after %d", i, len(all)/len(f))
			}
			all = append(all, f...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	first, ours := embedded(b), embedded(open(t, "cpu"))
	if !slices.Equal(embedded(b), first) {
		t.Error("other vectors the second time")
	}
	length := 0.0
	for i := range ours {
		length += float64(ours[i]) * float64(ours[i]) / float64(im.Len())
	}
	for i := range ours {
		if math.Abs(float64(first[i]-ours[i])) > 1e-4*math.Sqrt(length) {
			t.Fatalf("number %d is %v, and %v on the backend cpu", i, first[i], ours[i])
		}
	}
}
