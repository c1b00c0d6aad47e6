package model

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"fashionpipe/internal/pjrt"
)

// TestEmbeddingEndsEarly: an error of who takes the vectors ends it, as a stop does, wherever that happens; what was ahead is left
// behind nowhere.
func TestEmbeddingEndsEarly(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	e, err := RandomEncoder(t.Context(), "resnet18", 2, "", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	e = e.Batched(3)
	im, full := newFakeImages(10, 16, 8), errors.New("disk full")
	for at := range 10 {
		taken := 0
		err := e.Embed(t.Context(), open(t, "cpu"), im, Whole, false, func(i int, _ []float32) error {
			if i != taken {
				t.Errorf("vector %d comes after %d", i, taken)
			}
			if taken++; i == at {
				return full
			}
			return nil
		})
		if !errors.Is(err, full) || taken != at+1 {
			t.Errorf("at %d: %v after %d vectors", at, err, taken)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = e.Embed(ctx, open(t, "cpu"), im, Whole, false, func(i int, _ []float32) error {
			if i == at {
				cancel()
			}
			return nil
		})
		cancel()
		if at < 9 && !errors.Is(err, context.Canceled) {
			t.Errorf("stopped at %d: %v", at, err)
		}
	}
	im.whole[7] = nil
	if err := e.Embed(t.Context(), open(t, "cpu"), im, Whole, false, func(int, []float32) error { return nil }); err == nil {
		t.Error("embedded an image without pixels")
	}
}

// TestBatchOfAGPU: a GPU gets more images at once, unless a number was asked for.
func TestBatchOfAGPU(t *testing.T) {
	gpu, processor := &Backend{name: "xla", plugin: pjrt.Plugin{Platform: "cuda"}}, &Backend{name: "cpu"}
	for _, a := range archs {
		if more, few := gpu.batch(a), processor.batch(a); more < 4*few {
			t.Errorf("%s: %d images on a GPU, %d on a processor", a.name, more, few)
		}
		e := (&Encoder{arch: a}).Batched(3)
		if gpu.batch(e.arch) != 3 || processor.batch(e.arch) != 3 {
			t.Errorf("%s: 3 images were asked for", a.name)
		}
	}
}
