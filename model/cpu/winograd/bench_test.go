//go:build linux

package winograd_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"fashionpipe/model/cpu/conv"
	"fashionpipe/model/cpu/winograd"
)

// layers are the 3×3 convolutions of stride 1 of ResNet18 at 224 and 64 pixels and of VGG16 at 224: images, size, channels.
var layers = [][4]int{
	{4, 56, 64, 64}, {4, 28, 128, 128}, {4, 14, 256, 256}, {4, 7, 512, 512},
	{16, 56, 64, 64}, {16, 28, 128, 128}, {16, 14, 256, 256}, {16, 7, 512, 512},
	{64, 16, 64, 64}, {64, 8, 128, 128}, {64, 4, 256, 256}, {64, 2, 512, 512},
	{2, 224, 64, 64}, {2, 112, 64, 128}, {2, 112, 128, 128}, {2, 56, 128, 256}, {2, 56, 256, 256},
	{2, 28, 256, 512}, {2, 28, 512, 512}, {2, 14, 512, 512},
}

// BenchmarkLayers compares with direct convolution, weights as torch has them: best GFLOP/s of a core, of
// 18·Ci·Co operations for each output pixel, and how many times faster than package conv.
//
//	GOMAXPROCS=1 go test -run '^$' -bench Layers -benchtime 200ms ./model/cpu/winograd
func BenchmarkLayers(b *testing.B) {
	for _, l := range layers {
		n, size, ci, co := l[0], l[1], l[2], l[3]
		s := winograd.Shape{N: n, H: size, W: size, Ci: ci, Co: co, OH: size, OW: size, PadTop: 1, PadLeft: 1}
		back := s
		back.Ci, back.Co = co, ci
		x, y, data := noise(n*size*size*ci), noise(n*size*size*co), noise(9*ci*co)
		cw := oihw(data, ci)
		w, reversed := winograd.Weights(cw), winograd.Weights(cw.Reversed(3, 3, true, true))
		reversed.In, reversed.Out = reversed.Out, reversed.In
		c := conv.Shape{N: n, H: size, W: size, Ci: ci, KH: 3, KW: 3, Co: co, OH: size, OW: size, PadTop: 1, PadLeft: 1}
		cback := c
		cback.Ci, cback.Co = co, ci
		cores := runtime.GOMAXPROCS(0)
		f, fback, g := winograd.NewForward(s, cores), winograd.NewForward(back, cores), winograd.NewGradient(s, cores)
		scratch := make([]float32, max(f.ScratchLen(), fback.ScratchLen(), g.ScratchLen()))
		for _, m := range []struct {
			kind         string
			direct, ours func()
		}{
			{"forward", direct(c, y, x, cw), func() { f.Run(y, x, w, scratch, nil) }},
			{"input", direct(cback, x, y, conv.Weights(reversed)), func() { fback.Run(x, y, reversed, scratch, nil) }},
			{"weight", directGradient(c, cw, x, y), func() { g.Run(w, x, y, scratch) }},
		} {
			b.Run(fmt.Sprintf("%dx%dx%dx%d-%d/%s", n, size, size, ci, co, m.kind), func(b *testing.B) {
				direct, ours := time.Hour, time.Hour
				for b.Loop() {
					direct, ours = min(direct, elapsed(m.direct)), min(ours, elapsed(m.ours))
				}
				flops := 18 * float64(ci) * float64(len(y))
				b.ReportMetric(flops/float64(ours.Nanoseconds()), "GFLOP/s")
				b.ReportMetric(flops/float64(direct.Nanoseconds()), "direct")
				b.ReportMetric(float64(direct)/float64(ours), "×")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// oihw is the strides of 3×3 taps as torch has them.
func oihw(data []float32, in int) conv.Weights {
	return conv.Weights{Data: data, Out: 9 * in, In: 9, KH: 3, KW: 1}
}

// elapsed is the processor time of f, of all cores: what else runs on the machine counts less than in wall time.
func elapsed(f func()) time.Duration {
	start := processorTime()
	f()
	return processorTime() - start
}

func processorTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

func direct(s conv.Shape, y, x []float32, w conv.Weights) func() {
	f, err := conv.NewForward(s, runtime.GOMAXPROCS(0))
	if err != nil {
		panic(err)
	}
	scratch := make([]float32, f.ScratchLen())
	return func() { f.Run(y, x, w, scratch, nil) }
}

func directGradient(s conv.Shape, dw conv.Weights, x, dy []float32) func() {
	f, err := conv.NewGradient(s, runtime.GOMAXPROCS(0))
	if err != nil {
		panic(err)
	}
	scratch := make([]float32, f.ScratchLen())
	return func() { f.Run(dw, x, dy, scratch) }
}

// noise is numbers of neither sign's favour, far from denormal.
func noise(n int) []float32 {
	x := make([]float32, n)
	state := uint32(1)
	for i := range x {
		state = state*1664525 + 1013904223
		x[i] = float32(int32(state)) / (1 << 31)
	}
	return x
}
