package winograd

import (
	"math/rand/v2"
	"testing"

	"fashionpipe/internal/simd/gemm"
)

// layers are the 3×3 convolutions of stride 1 of ResNet18 at 224 and 64 pixels and of VGG16 at 224.
var layers = []Shape{
	layer(4, 56, 64, 64), layer(4, 28, 128, 128), layer(4, 14, 256, 256), layer(4, 7, 512, 512),
	layer(16, 56, 64, 64), layer(16, 28, 128, 128), layer(16, 14, 256, 256), layer(16, 7, 512, 512),
	layer(64, 16, 64, 64), layer(64, 8, 128, 128), layer(64, 4, 256, 256), layer(64, 2, 512, 512),
	layer(2, 224, 64, 64), layer(2, 112, 64, 128), layer(2, 112, 128, 128), layer(2, 56, 128, 256), layer(2, 56, 256, 256),
	layer(2, 28, 256, 512), layer(2, 28, 512, 512), layer(2, 14, 512, 512),
}

// BenchmarkLayers gives GFLOP/s as if computed directly: 18·Ci·Co for each output pixel, padding included.
//
//	GOMAXPROCS=1 go test -run ^$ -bench Layers -benchtime 200ms ./model/cpu/winograd
func BenchmarkLayers(b *testing.B) {
	for _, s := range layers {
		r := rand.New(rand.NewPCG(1, 0))
		x, data, y := normal(r, s.N*s.H*s.W*s.Ci, 0), normal(r, 9*s.Ci*s.Co, 0), make([]float32, s.N*s.OH*s.OW*s.Co)
		w := hwio(data, s.Ci, s.Co)
		flops := 18 * float64(s.Ci) * float64(len(y))
		measure := func(kind string, f func()) {
			b.Run(name(s)+"/"+kind, func(b *testing.B) {
				for b.Loop() {
					f()
				}
				b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
		scratch, prepared := make([]float32, ScratchLen(s)), make([]float32, PreparedLen(s))
		Prepare(prepared, w, s)
		measure("forward", func() { Forward(y, x, w, s, scratch, nil) })
		measure("prepared", func() { ForwardPrepared(y, x, prepared, s, scratch, nil) })
		back := s
		back.Ci, back.Co = s.Co, s.Ci
		scratch = make([]float32, ScratchLen(back))
		measure("input", func() { Forward(x, y, w.reversed(), back, scratch, nil) })
		scratch = make([]float32, WeightGradScratchLen(s))
		measure("weight", func() { WeightGrad(w, x, y, s, scratch) })
	}
}

// BenchmarkProduct is gemm's product with as many operations as a layer has: about what a direct convolution can reach.
func BenchmarkProduct(b *testing.B) {
	for _, s := range []Shape{layer(4, 56, 64, 64), layer(4, 14, 256, 256), layer(16, 7, 512, 512)} {
		b.Run(name(s), func(b *testing.B) {
			m, k := s.N*s.OH*s.OW, 9*s.Ci
			r := rand.New(rand.NewPCG(1, 0))
			x, w := gemm.Matrix{Data: normal(r, m*k, 0), Rows: m, Cols: k, RowStride: k, ColStride: 1}, gemm.Matrix{Data: normal(r, k*s.Co, 0), Rows: k, Cols: s.Co, RowStride: s.Co, ColStride: 1}
			y := make([]float32, m*s.Co)
			for b.Loop() {
				gemm.Mul(y, s.Co, x, w, false)
			}
			b.ReportMetric(2*float64(m*k*s.Co)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}

// BenchmarkTransforms is the transforms alone, as they run before and after the products.
func BenchmarkTransforms(b *testing.B) {
	for _, s := range []Shape{layer(1, 56, 64, 64), layer(1, 14, 256, 256)} {
		p := newPlan(s)
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
