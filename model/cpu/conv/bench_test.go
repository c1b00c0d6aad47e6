//go:build linux

package conv

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"fashionpipe/internal/simd/gemm"
)

// layer is a convolution of a network on images of size pixels.
type layer struct {
	name                    string
	size, ci, co, k, stride int
}

// resnet18 lists its distinct convolutions for images of px pixels.
func resnet18(px int) []layer {
	layers := []layer{{"conv1", px, 3, 64, 7, 2}, {"layer1", px / 4, 64, 64, 3, 1}}
	for i, c := range []int{128, 256, 512} {
		name, size := fmt.Sprintf("layer%d", i+2), px/4>>i
		layers = append(layers, layer{name + "down", size, c / 2, c, 3, 2}, layer{name + "side", size, c / 2, c, 1, 2},
			layer{name, size / 2, c, c, 3, 1})
	}
	return layers
}

func vgg16() []layer {
	return []layer{
		{"3-64", 224, 3, 64, 3, 1}, {"64-64", 224, 64, 64, 3, 1}, {"64-128", 112, 64, 128, 3, 1}, {"128-128", 112, 128, 128, 3, 1},
		{"128-256", 56, 128, 256, 3, 1}, {"256-256", 56, 256, 256, 3, 1}, {"256-512", 28, 256, 512, 3, 1},
		{"512-512", 28, 512, 512, 3, 1}, {"512-512at14", 14, 512, 512, 3, 1},
	}
}

func (l layer) shape(n int) Shape {
	out := (l.size + l.stride - 1) / l.stride
	return Shape{N: n, H: l.size, W: l.size, Ci: l.ci, KH: l.k, KW: l.k, Co: l.co, OH: out, OW: out,
		StrideH: l.stride, StrideW: l.stride, PadTop: l.k / 2, PadLeft: l.k / 2}
}

func BenchmarkResNet18(b *testing.B) {
	for _, run := range []struct{ px, n int }{{224, 4}, {64, 16}} {
		for _, l := range resnet18(run.px) {
			benchLayer(b, fmt.Sprintf("%d/%s", run.px, l.name), l.shape(run.n), l.ci > 3)
		}
	}
}

func BenchmarkVGG16(b *testing.B) {
	for _, l := range vgg16() {
		benchLayer(b, l.name, l.shape(1), l.ci > 3)
	}
}

// benchLayer measures the three convolutions of a layer, with weights as torch has them.
func benchLayer(b *testing.B, name string, s Shape, input bool) {
	workers := runtime.GOMAXPROCS(0)
	x, y := make([]float32, s.N*s.H*s.W*s.Ci), make([]float32, s.N*s.OH*s.OW*s.Co)
	w := oihw(make([]float32, s.Co*s.Ci*s.KH*s.KW), s.Ci, s.KH, s.KW)
	for i, v := range [][]float32{x, y, w.Data} {
		normal(v, uint64(i))
	}
	flops := 2 * float64(len(y)) * float64(s.Ci*s.KH*s.KW)
	b.Run(name+"/forward", func(b *testing.B) {
		f, err := NewForward(s, workers)
		measure(b, err, flops, f.ScratchLen(), func(scratch []float32) { f.Run(y, x, w, scratch, nil) })
	})
	if input {
		b.Run(name+"/input", func(b *testing.B) {
			back, _ := s.inputGradient()
			f, err := NewForward(back, workers)
			v := w.swapped().Reversed(s.KH, s.KW, true, true)
			measure(b, err, flops, f.ScratchLen(), func(scratch []float32) { f.Run(x, y, v, scratch, nil) })
		})
	}
	b.Run(name+"/weights", func(b *testing.B) {
		g, err := NewGradient(s, workers)
		measure(b, err, flops, g.ScratchLen(), func(scratch []float32) { g.Run(w, x, y, scratch) })
	})
}

// measure reports the operations per second of the fastest run, and their share of what tiles reach on as many cores. On
// one core it goes by the processor's time, in which what else runs on the machine counts less.
//
//	GOMAXPROCS=1 go test -run '^$' -bench . -benchtime 200ms ./model/cpu/conv
func measure(b *testing.B, err error, flops float64, scratch int, run func(scratch []float32)) {
	if err != nil {
		b.Fatal(err)
	}
	space := make([]float32, scratch)
	run(space)
	cores, best, now := runtime.GOMAXPROCS(0), time.Hour, time.Duration(0)
	clock := processorTime
	if cores > 1 {
		first := time.Now()
		clock = func() time.Duration { return time.Since(first) }
	}
	for b.Loop() {
		now = clock()
		run(space)
		best = min(best, clock()-now)
	}
	rate := flops / float64(best.Nanoseconds())
	b.ReportMetric(rate, "GFLOP/s")
	b.ReportMetric(100*rate/(peak()*float64(cores)), "%peak")
	b.ReportMetric(0, "ns/op")
}

// processorTime is the time all cores have spent on this process.
func processorTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// peak is the highest rate, in GFLOP/s, of tiles on one core whose operands stay in the first-level cache.
var peak = sync.OnceValue(func() float64 {
	const run, calls = 192, 1000
	mr, nr := gemm.MR(), gemm.NR()
	a, panel, c, off := make([]float32, mr*run), make([]float32, nr*run), make([]float32, mr*nr), make([]int, mr)
	for r := range off {
		off[r] = r * run
	}
	best := 0.0
	for range 50 {
		start := processorTime()
		for range calls {
			gemm.Rows(c, nr, mr, nr, a, off, 1, run, panel, false)
		}
		best = max(best, float64(2*mr*nr*run*calls)/float64((processorTime()-start).Nanoseconds()))
	}
	return best
})
