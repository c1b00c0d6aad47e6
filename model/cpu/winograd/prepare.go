package winograd

import (
	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// packRows is how many input channels of a panel of weights are transformed at a time: few enough for the taps and their
// transforms to stay in the second cache.
const packRows = 16

func packLen() int { return 9 * packRows * gemm.NR() }

// Prepare transforms weights once for several calls of ForwardPrepared with shapes of the same channels and size of tile:
// dst, PreparedLen(s) long, takes G·g·Gᵀ for each pair of channels.
func Prepare(dst []float32, w Weights, s Shape) {
	p := newPlan(s)
	scratch := make([]float32, parallel.Workers()*packLen())
	p.prepare(aligned(dst), w, scratch, packLen())
}

// prepare writes U, in parallel; each worker has step numbers of scratch.
func (p *plan) prepare(u []float32, w Weights, scratch []float32, step int) {
	nr := gemm.NR()
	panels, blocks := ceil(p.Co, nr), ceil(p.Ci, packRows)
	each(panels*blocks, len(scratch)/step, func(worker, i int) {
		panel, from := i/blocks, i%blocks*packRows
		p.preparePanel(u[panel*nr*p.Ci+from*nr:], p.us, w, panel, from, min(p.Ci, from+packRows), scratch[worker*step:])
	})
}

// preparePanel writes the rows from … to of a panel of U: for each plane, at a distance of stride, [to−from][NR].
func (p *plan) preparePanel(u []float32, stride int, w Weights, panel, from, to int, scratch []float32) {
	nr := gemm.NR()
	first, n := panel*nr, (to-from)*nr
	var taps [9]*float32
	for t := range taps {
		packed := scratch[t*n : (t+1)*n]
		start := w.Offset + t/3*w.KH + t%3*w.KW + from*w.In + first*w.Out
		gemm.Pack(packed, w.Data[start:], to-from, min(nr, p.Co-first), w.In, w.Out)
		taps[t] = &packed[0]
	}
	p.kernels.forChannels(n).weights(&u[0], stride, &taps[0], n)
}
