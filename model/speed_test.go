package model

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkTrain is one training step on 32 photos (64 images through the network, forward and backward).
func BenchmarkTrain(b *testing.B) {
	for _, width := range []int{8, 16, 32} {
		for _, size := range []int{32, 48, 64} {
			b.Run(fmt.Sprintf("width=%d/size=%d", width, size), func(b *testing.B) {
				im := newFakeImages(32, size, size)
				cfg := smallConfig("mse")
				cfg.Width, cfg.Batch, cfg.Epochs = width, 32, 1000000
				t, err := newTrainer(b.Context(), open(b, "cpu"), im, cfg, Hooks{})
				if err != nil {
					b.Fatal(err)
				}
				defer t.close()
				for b.Loop() {
					t.steps = 1 << 40 // no end of an epoch, so nothing is measured
					if err := t.one(context.Background(), sent(b, t), 1000); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(32*b.N)/b.Elapsed().Seconds(), "photos/s")
			})
		}
	}
}

// sent is a training's first batch.
func sent(t testing.TB, of *trainer) *batch {
	b := of.batches.make(0)
	if err := of.step.send(b); err != nil {
		t.Fatal(err)
	}
	return b
}

// BenchmarkEmbed embeds 64 images.
func BenchmarkEmbed(b *testing.B) {
	for _, arch := range []string{"resnet18", "vgg16"} {
		for _, width := range []int{8, 16, 64} {
			for _, size := range []int{32, 48, 64} {
				b.Run(fmt.Sprintf("%s/width=%d/size=%d", arch, width, size), func(b *testing.B) {
					im := newFakeImages(64, size, size)
					e, err := RandomEncoder(b.Context(), arch, width, "", "", 1)
					if err != nil {
						b.Fatal(err)
					}
					for b.Loop() {
						err := e.Embed(context.Background(), open(b, "cpu"), im, Whole, false, func(int, []float32) error { return nil })
						if err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(64*b.N)/b.Elapsed().Seconds(), "photos/s")
				})
			}
		}
	}
}

// BenchmarkHost is a step of a network so small that what the host does for a step is most of it: on XLA, from images on the device.
func BenchmarkHost(b *testing.B) {
	cfg := smallConfig("mse")
	cfg.Width, cfg.Batch, cfg.Epochs = 1, 2, 1000000
	t, err := newTrainer(b.Context(), xlaBackend(b), newFakeImages(2, 8, 8), cfg, Hooks{})
	if err != nil {
		b.Fatal(err)
	}
	defer t.close()
	t.steps = 1 << 40 // no end of an epoch, so nothing is measured
	for b.Loop() {
		if err := t.one(context.Background(), sent(b, t), 1000); err != nil {
			b.Fatal(err)
		}
	}
}
