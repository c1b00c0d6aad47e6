//go:build linux

package winograd_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"fashionpipe/model/cpu/conv"
	"fashionpipe/model/cpu/winograd"
)

// BenchmarkChoice gives how many times faster than package conv a forward convolution and a weight gradient are (F× and G×),
// and what Pays and GradientPays say of them (1: pays), for few and many tiles and channels.
//
//	GOMAXPROCS=1 go test -run '^$' -bench Choice -benchtime 1x ./model/cpu/winograd
func BenchmarkChoice(b *testing.B) {
	for _, c := range [][2]int{{8, 64}, {16, 16}, {16, 64}, {64, 16}, {32, 32}, {64, 64}, {128, 128}, {256, 256}, {512, 512}} {
		for _, l := range [][2]int{{1, 2}, {1, 4}, {1, 7}, {1, 14}, {4, 28}, {64, 2}, {64, 3}, {64, 4}, {16, 5}, {16, 7}} {
			b.Run(fmt.Sprintf("%dx%dx%dx%d-%d", l[0], l[1], l[1], c[0], c[1]), func(b *testing.B) {
				for b.Loop() {
					compare(b, l[0], l[1], c[0], c[1])
				}
			})
		}
	}
}

func compare(b *testing.B, n, size, ci, co int) {
	cores := runtime.GOMAXPROCS(0)
	s := winograd.Shape{N: n, H: size, W: size, Ci: ci, Co: co, OH: size, OW: size, PadTop: 1, PadLeft: 1}
	c := conv.Shape{N: n, H: size, W: size, Ci: ci, KH: 3, KW: 3, Co: co, OH: size, OW: size, PadTop: 1, PadLeft: 1}
	x, y, w := noise(n*size*size*ci), noise(n*size*size*co), oihw(noise(9*ci*co), ci)
	f, g := winograd.NewForward(s, cores), winograd.NewGradient(s, cores)
	scratch := make([]float32, max(f.ScratchLen(), g.ScratchLen()))
	forward := ratio(direct(c, y, x, w), func() { f.Run(y, x, winograd.Weights(w), scratch, nil) })
	gradient := ratio(directGradient(c, w, x, y), func() { g.Run(winograd.Weights(w), x, y, scratch) })
	b.ReportMetric(forward, "F×")
	b.ReportMetric(gradient, "G×")
	b.ReportMetric(float64(number(winograd.Pays(s))), "F-pays")
	b.ReportMetric(float64(number(winograd.GradientPays(s))), "G-pays")
	b.ReportMetric(0, "ns/op")
}

// ratio is how many times longer slow takes than fast, best against best of 15 ms of repetitions each.
func ratio(slow, fast func()) float64 {
	best := [2]time.Duration{time.Hour, time.Hour}
	for i, f := range []func(){slow, fast} {
		for end := processorTime() + 15*time.Millisecond; processorTime() < end; {
			best[i] = min(best[i], elapsed(f))
		}
	}
	return float64(best[0]) / float64(best[1])
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
