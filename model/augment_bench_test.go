//go:build unix

package model

import (
	"context"
	"fmt"
	"syscall"
	"testing"
)

// BenchmarkAugmentedStep takes training steps of ResNet18 in turns with one that is augmented, and tells how much more
// processor time that takes: other work on the machine changes this little.
func BenchmarkAugmentedStep(b *testing.B) {
	for _, size := range []struct{ n, edge int }{{64, 64}, {16, 224}} {
		for _, c := range []struct {
			name string
			a    Augment
		}{
			{"flip", Augment{Flip: true}}, {"jitter", Augment{}.Jitter(0.4)}, {"geometry", Augment{}.Geometry(1)}, {"both", Augment{}.Geometry(1).Jitter(0.4)},
			{"blur", Augment{Blur: 0.5}}, {"all", everyAugmentation},
		} {
			b.Run(fmt.Sprintf("%d×%d/%s", size.n, size.edge, c.name), func(b *testing.B) {
				cfg := smallConfig("mse")
				cfg.Width, cfg.Batch = 64, size.n
				plain := stepOf(b, size.edge, cfg)
				cfg.Augment = c.a
				augmented := stepOf(b, size.edge, cfg)
				var without, with float64
				for b.Loop() {
					without += plain()
					with += augmented()
				}
				b.ReportMetric(without/float64(b.N), "plain-s")
				b.ReportMetric(100*(with/without-1), "%-more")
			})
		}
	}
}

// stepOf gives a function that trains one step and tells the processor time it took, in seconds.
func stepOf(b *testing.B, edge int, cfg TrainConfig) func() float64 {
	cfg.Epochs = 1000000
	im := newFakeImages(cfg.Batch, edge, edge)
	im.labels = sameGarment
	t, err := newTrainer(b.Context(), open(b, "cpu"), im, cfg, Hooks{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(t.close)
	t.steps = 1 << 40 // no end of an epoch, so nothing is measured
	step := func() float64 {
		before := processorTime(b)
		if err := t.one(context.Background(), sent(b, t), 1000); err != nil {
			b.Fatal(err)
		}
		return processorTime(b) - before
	}
	step() // the first one also gets its memory
	return step
}

// processorTime is what this process has used, in seconds.
func processorTime(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
