//go:build unix

package model

import (
	"fmt"
	"testing"
)

// BenchmarkLossStep takes training steps of ResNet18 by vicreg in turns with those by each loss, all behind MLPs of 512, then by
// some with their authors' widths, and tells how many times vicreg's processor time a step takes.
func BenchmarkLossStep(b *testing.B) {
	config := func(name string, width int) TrainConfig {
		cfg := smallConfig(name)
		cfg.Width, cfg.Batch, cfg.Projector = 32, 64, width
		if l, _ := lossByName(name); l.predictor.layers != nil {
			cfg.Predictor = max(width, 0)
		}
		return cfg
	}
	run := func(name string, cfg TrainConfig) {
		b.Run(name, func(b *testing.B) {
			vicreg, other := stepOf(b, 64, config("vicreg", 512)), stepOf(b, 64, cfg)
			var one, another float64
			for b.Loop() {
				one += vicreg()
				another += other()
			}
			b.ReportMetric(another/one, "×vicreg")
		})
	}
	for _, l := range losses {
		run(l.name, config(l.name, 512))
	}
	heads := config("vicreg", 512)
	heads.Category, heads.Colour = 0.5, 0.5
	run("vicreg and heads", heads)
	for _, name := range []string{"barlow", "simsiam", "byol"} {
		run(fmt.Sprintf("%s of its authors", name), config(name, OwnWidth))
	}
}
