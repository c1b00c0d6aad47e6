package winograd

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkTransforms is the transforms alone, as they run before and after the products.
func BenchmarkTransforms(b *testing.B) {
	for _, s := range []Shape{layer(1, 56, 64, 64), layer(1, 14, 256, 256)} {
		p := newPlan(s, 1)
		w := newByRows(p, make([]float32, p.workerLen()))
		x, y := normal(rand.New(rand.NewPCG(1, 0)), s.N*s.H*s.W*s.Ci, 0), make([]float32, s.N*s.OH*s.OW*s.Co)
		tiles := p.group * p.across
		measure := func(kind string, f func(tile int)) {
			b.Run(name(s)+"/"+kind, func(b *testing.B) {
				for b.Loop() {
					for i := range tiles {
						f(i)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*tiles*s.Ci)*16, "ns/tile·16ch")
			})
		}
		measure("input", func(i int) { w.input(w.v[i*w.ldv:], x, i/w.across, i%w.across) })
		measure("output", func(i int) { w.output(y, w.m[i*w.ldm:], i/w.across, i%w.across, 0, s.Co) })
	}
}
