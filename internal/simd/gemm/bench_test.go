package gemm

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	"fashionpipe/internal/simd/peak"
)

// The benchmarks say which share of the machine's peak they reach: operations over the time of the fastest call, since
// other programs only make a call slower, over what peak.FLOPS measures at the same level on as many cores.

var peaks sync.Map // by cores

func peakOf(cores int) float64 {
	if p, ok := peaks.Load(cores); ok {
		return p.(float64)
	}
	p := peak.FLOPS(cores)
	peaks.Store(cores, p)
	return p
}

// measure runs f, of so many operations, and reports its rate and share.
func measure(b *testing.B, operations float64, cores int, f func()) {
	p := peakOf(cores)
	fastest := math.Inf(1)
	for b.Loop() {
		start := time.Now()
		f()
		fastest = min(fastest, time.Since(start).Seconds())
	}
	b.ReportMetric(operations/fastest/1e9, "GFLOP/s")
	b.ReportMetric(100*operations/fastest/p, "%peak")
}

// BenchmarkRows multiplies tiles of an image: taps pixels of run channels for each of MR pixels in a row. All rows of an
// image of 32 columns are computed with one panel, as a convolution does.
func BenchmarkRows(b *testing.B) {
	for _, c := range []struct{ run, taps int }{{64, 9}, {128, 9}, {512, 9}, {21, 7}, {512, 1}, {16, 9}, {3, 9}, {256, 1}, {1024, 1}, {1040, 1}} {
		b.Run(fmt.Sprintf("run=%d/taps=%d", c.run, c.taps), func(b *testing.B) { benchmarkRows(b, MR(), NR(), c.run, c.taps) })
	}
	for _, rows := range []int{8, 6, 4, 2, 1} {
		if rows < MR() {
			b.Run(fmt.Sprintf("run=64/taps=9/rows=%d", rows), func(b *testing.B) { benchmarkRows(b, rows, NR(), 64, 9) })
		}
	}
	b.Run("run=64/taps=9/cols=10", func(b *testing.B) { benchmarkRows(b, MR(), NR()/2, 64, 9) })
}

func benchmarkRows(b *testing.B, rows, cols, run, taps int) {
	const tiles = 32
	pixels := tiles*MR() + taps
	a, panel := random(pixels*run), random(taps*run*NR())
	c := make([]float32, tiles*MR()*NR())
	off := make([]int, tiles*taps*MR())
	for i := range off {
		tile, tap, row := i/(taps*MR()), i/MR()%taps, i%MR()
		off[i] = (tile*MR() + row + tap) * run
	}
	measure(b, 2*float64(tiles*rows*cols*taps*run), 1, func() {
		for t := range tiles {
			Rows(c[t*MR()*NR():], NR(), rows, cols, a, off[t*taps*MR():], taps, run, panel, false)
		}
	})
}

// BenchmarkOuter multiplies tiles of k pixels, as a weight gradient does.
func BenchmarkOuter(b *testing.B) {
	const channels = 128
	for _, k := range []int{64, 512} {
		b.Run(fmt.Sprintf("k=%d", k), func(b *testing.B) {
			a, right := random(k*channels), random(k*NR())
			c := make([]float32, channels*NR())
			tiles := channels / MR()
			off := make([]int, tiles*k)
			for i := range off {
				off[i] = i%k*channels + i/k*MR()
			}
			measure(b, 2*float64(k*tiles*MR()*NR()), 1, func() {
				for t := range tiles {
					Outer(c[t*MR()*NR():], NR(), MR(), NR(), a, off[t*k:(t+1)*k], right, NR(), true)
				}
			})
		})
	}
}

func BenchmarkMul(b *testing.B) {
	for _, c := range []struct {
		name    string
		m, n, k int
		a, b    bool // transposed
	}{
		{"8", 8, 8, 8, false, false},
		{"32", 32, 32, 32, false, false},
		{"64", 64, 64, 64, false, false},
		{"128", 128, 128, 128, false, false},
		{"1000", 1000, 1000, 1000, false, false},
		{"1000AT", 1000, 1000, 1000, true, false},
		{"1000BT", 1000, 1000, 1000, false, true},
		{"1024", 1024, 1024, 1024, false, false},
		{"1024BT", 1024, 1024, 1024, false, true},
		{"10000×500×512", 10000, 500, 512, false, true},
		{"120×500×512", 120, 500, 512, false, true},
		{"1000×500×512", 1000, 500, 512, false, true},
		{"1000×500×512N", 1000, 500, 512, false, false},
		{"1000×256×512", 1000, 256, 512, false, true},
		{"1×1000×512", 1, 1000, 512, false, false},
		{"32×1000×512", 32, 1000, 512, false, false},
		{"512×1000×32AT", 512, 1000, 32, true, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			left, right := Matrix{random(c.m * c.k), c.m, c.k, c.k, 1}, Matrix{random(c.k * c.n), c.k, c.n, c.n, 1}
			if c.a {
				left.RowStride, left.ColStride = 1, c.m
			}
			if c.b {
				right.RowStride, right.ColStride = 1, c.k
			}
			dst := make([]float32, c.m*c.n)
			measure(b, 2*float64(c.m)*float64(c.n)*float64(c.k), runtime.GOMAXPROCS(0), func() { Mul(dst, c.n, left, right, false) })
		})
	}
}
