package winograd

import (
	"fmt"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// Forward computes convolutions of one shape.
//
// The gradient of a convolution with respect to its input is one too: of the output's gradient, with In and Out exchanged,
// the taps reversed (KH and KW negated, Offset at the last tap), and paddings of 2 less the padding.
type Forward struct{ *plan }

// NewForward plans the convolution of the shape for up to workers goroutines.
func NewForward(s Shape, workers int) *Forward { return &Forward{newPlan(s, workers)} }

// ScratchLen is how many float32 Run needs as scratch.
func (f *Forward) ScratchLen() int {
	shared := f.weightsLen()
	if f.channels {
		shared = f.kernels.planes() * f.vs
	}
	return alignment + shared + f.workers*f.workerLen()
}

// Run computes y, [N,OH,OW,Co], of x, [N,H,W,Ci], with scratch of ScratchLen. done, if not nil, is called once for each block of
// finished pixels row0 … row1−1 (numbered through all images), from the goroutine that finished it and, where possible, while
// they are in its cache. The blocks depend on the shape alone.
func (f *Forward) Run(y, x []float32, w Weights, scratch []float32, done func(row0, row1 int)) {
	f.check(y, x)
	scratch = f.whole(scratch)
	if f.channels {
		f.runByChannels(y, x, &w, scratch, done)
		return
	}
	u, rest := scratch[:f.weightsLen()], scratch[f.weightsLen():]
	f.prepare(u, w, rest, f.workerLen())
	f.runByRows(y, x, u, rest, done)
}

// whole checks scratch, and aligns it.
func (f *Forward) whole(scratch []float32) []float32 {
	if want := f.ScratchLen(); len(scratch) < want {
		panic(fmt.Sprintf("winograd: %d numbers of scratch for %+v: want %d", len(scratch), f.Shape, want))
	}
	return aligned(scratch)
}

func (f *Forward) runByRows(y, x, u, scratch []float32, done func(row0, row1 int)) {
	step := f.workerLen()
	workers := make([]*byRows, f.workers)
	parallel.ForMost(f.groups(), f.workers, func(i, g int) {
		if workers[i] == nil {
			workers[i] = newByRows(f.plan, scratch[i*step:(i+1)*step])
		}
		first, last := f.groupRange(g)
		workers[i].group(y, x, u, first, last)
		if done != nil {
			done(f.pixelsBefore(first), f.pixelsBefore(last))
		}
	})
}

func (f *Forward) runByChannels(y, x []float32, w *Weights, scratch []float32, done func(row0, row1 int)) {
	n, step := f.kernels.planes()*f.vs, f.workerLen()
	v, rest := scratch[:n], scratch[n:]
	workers := make([]*byChannels, f.workers)
	worker := func(i int) *byChannels {
		if workers[i] == nil {
			workers[i] = newByChannels(f.plan, v, rest[i*step:(i+1)*step])
		}
		return workers[i]
	}
	parallel.ForMost(f.tileRows(), f.workers, func(i, row int) {
		for col := range f.across {
			tile := row*f.across + col
			worker(i).input(v[tile*f.ldv:], x, tile)
		}
	})
	parallel.ForMost(ceil(f.Co, gemm.NR()), f.workers, func(i, panel int) { worker(i).panel(y, w, panel) })
	if done != nil {
		parallel.ForMost(f.groups(), f.workers, func(_, g int) {
			first, last := f.groupRange(g)
			done(f.pixelsBefore(first), f.pixelsBefore(last))
		})
	}
}
