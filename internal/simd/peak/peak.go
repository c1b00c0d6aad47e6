// Package peak measures what this machine can do at most, at the level of instructions in use, so that benchmarks can
// say which share of it they reach. A measurement takes about a tenth of a second; it takes the best of several rounds,
// since other programs can only make a round slower.
package peak

import (
	"context"
	"time"

	"fashionpipe/internal/parallel"
)

//go:generate go run ./gen

const (
	rounds = 60
	length = 2 * time.Millisecond // of a round, about
)

// FLOPS is how many float32 operations a second so many cores do when they multiply and add numbers in registers: a
// multiplication and an addition are two.
func FLOPS(cores int) float64 {
	perCall, f := multiply()
	return best(cores, float64(perCall), func(int) { f() })
}

// streamed is how many bytes each core streams: more than the share of a last level cache that it could be found in.
const streamed = 64 << 20

// Read is how many bytes a second so many cores read from memory one after the other.
func Read(cores int) float64 {
	x := buffers(cores)
	return best(cores, streamed, func(core int) { read(x[core]) })
}

// Copy is how many bytes a second so many cores copy within memory one after the other: each byte is read and written, and
// counted once.
func Copy(cores int) float64 {
	x := buffers(cores)
	return best(cores, streamed/2, func(core int) { copy(x[core][:streamed/2], x[core][streamed/2:]) })
}

// buffers are filled, so that each of their pages is there.
func buffers(cores int) [][]byte {
	x := make([][]byte, cores)
	for i := range x {
		x[i] = make([]byte, streamed)
		for j := 0; j < streamed; j += 64 {
			x[i][j] = 1
		}
	}
	return x
}

// best is the highest rate seen, of work done by each core in each call of f.
func best(cores int, work float64, f func(core int)) float64 {
	start := time.Now()
	f(0)
	calls := 1 + int(length/(time.Since(start)+1))
	rate := 0.0
	for range rounds {
		start := time.Now()
		_ = parallel.ForEach(context.Background(), cores, cores, func(_, core int) {
			for range calls {
				f(core)
			}
		})
		rate = max(rate, float64(cores*calls)*work/time.Since(start).Seconds())
	}
	return rate
}

// multiplyGo is the loop of plain Go: as many products and sums at a time as it has registers for. Each starts with
// another number, lest they be made one. It gives its result back, and is not inlined, lest nothing be computed; cores
// that run it at the same time share nothing.
//
//go:noinline
func multiplyGo(x float32) float32 {
	a, b, c, d, e, f := x, x+1, x+2, x+3, x+4, x+5
	g, h, i, j, k, l := x+6, x+7, x+8, x+9, x+10, x+11
	for range plainRounds {
		a, b, c, d, e, f = a*0.5, b*0.5, c*0.5, d*0.5, e*0.5, f*0.5
		g, h, i, j, k, l = g+0.5, h+0.5, i+0.5, j+0.5, k+0.5, l+0.5
	}
	return a*b*c*d*e*f + g*h*i*j*k*l
}

const plainRounds = 100 // short of numbers too small to be normal, which are slow

// multiplyPlain is multiply of plain Go.
func multiplyPlain() (operations int, f func()) {
	return 12 * plainRounds, func() { _ = multiplyGo(1) }
}

// readGo reads in plain Go, one number of every 16 bytes, and gives back their sum, as multiplyGo does.
//
//go:noinline
func readGo(x []byte) byte {
	var a, b, c, d byte
	for ; len(x) >= 64; x = x[64:] {
		a, b, c, d = a+x[0], b+x[16], c+x[32], d+x[48]
	}
	return a + b + c + d
}
