package winograd

import (
	"maps"
	"slices"

	"fashionpipe/internal/simd/gemm"
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkTransforms is the transforms alone, as they run before and after the products.
func BenchmarkTransforms(b *testing.B) {
	for _, s := range []Shape{layer(1, 56, 64, 64), layer(1, 14, 256, 256)} {
		p := rowsPlan(s)
		w := newByRows(p, make([]float32, p.workerLen()))
		x, y := normal(rand.New(rand.NewPCG(1, 0)), s.N*s.H*s.W*s.Ci, 0), make([]float32, s.N*s.OH*s.OW*s.Co)
		tiles := p.chunk
		measure := func(kind string, channels int, f func(tile int)) {
			b.Run(name(s)+"/"+kind, func(b *testing.B) {
				best := time.Hour
				for b.Loop() {
					start := time.Now()
					for i := range tiles {
						f(i)
					}
					best = min(best, time.Since(start))
				}
				b.ReportMetric(float64(best.Nanoseconds())/float64(tiles*channels)*16, "ns/tile·16ch")
			})
		}
		measure("input", s.Ci, func(i int) { w.input(w.v[i*w.ldv:], x, i) })
		measure("output", s.Co, func(i int) { w.output(y, w.m[i*w.ldm:], i, 0, s.Co) })
	}
}

// BenchmarkProducts is the products of a group alone.
func BenchmarkProducts(b *testing.B) {
	for _, s := range []Shape{layer(1, 56, 64, 64), layer(4, 28, 128, 128), layer(4, 14, 256, 256), layer(16, 14, 256, 256), layer(2, 28, 512, 512)} {
		p := rowsPlan(s)
		w := newByRows(p, make([]float32, p.workerLen()))
		u := make([]float32, p.weightsLen())
		tiles := p.chunk
		b.Run(name(s), func(b *testing.B) {
			best := time.Hour
			for b.Loop() {
				start := time.Now()
				w.products(u, tiles)
				best = min(best, time.Since(start))
			}
			b.ReportMetric(2*float64(p.kernels.planes()*tiles*s.Ci*s.Co)/float64(best.Nanoseconds()), "GFLOP/s")
			b.ReportMetric(float64(tiles), "tiles")
		})
	}
}

func rowsPlan(s Shape) *plan {
	p := newPlan(s, 1)
	p.channels = false
	p.place()
	return p
}

// BenchmarkPrepare is the transforms of weights, by the order in which they lie.
func BenchmarkPrepare(b *testing.B) {
	s := layer(16, 7, 512, 512)
	f := NewForward(s, 1)
	data, u := make([]float32, orderLen*s.Ci*s.Co), make([]float32, f.weightsLen())
	scratch := make([]float32, blockLen(packRows))
	for _, order := range slices.Sorted(maps.Keys(orders)) {
		w := orders[order](data, s.Ci, s.Co)
		b.Run(order, func(b *testing.B) {
			best := time.Hour
			for b.Loop() {
				start := time.Now()
				for from := 0; from < s.Ci; from += packRows {
					f.preparePanel(u[from*gemm.NR():], f.panelStride(), &w, 3, from, from+packRows, scratch)
				}
				best = min(best, time.Since(start))
			}
			b.ReportMetric(float64(best.Nanoseconds())/float64(s.Ci*gemm.NR()), "ns/pair")
		})
	}
}
