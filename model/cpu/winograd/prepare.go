package winograd

import (
	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// packRows is how many input channels of a panel of weights are transformed at a time: few enough for the taps to stay in the
// first cache and their transforms in the second.
const packRows = 16

// prepare writes U, in parallel; each worker has step numbers of scratch.
func (p *plan) prepare(u []float32, w Weights, scratch []float32, step int) {
	nr := gemm.NR()
	panels, blocks := ceil(p.Co, nr), ceil(p.Ci, packRows)
	parallel.ForMost(panels*blocks, len(scratch)/step, func(worker, i int) {
		panel, from := i/blocks, i%blocks*packRows
		p.preparePanel(u[panel*nr*p.Ci+from*nr:], p.us, &w, panel, from, min(p.Ci, from+packRows), scratch[worker*step:])
	})
}

// preparePanel writes the rows from … to of a panel of U: for each plane, at a distance of stride, [to−from][NR].
func (p *plan) preparePanel(u []float32, stride int, w *Weights, panel, from, to int, scratch []float32) {
	nr := gemm.NR()
	b := w.load(from, to, panel*nr, min(nr, p.Co-panel*nr), scratch)
	step := 1 // rows at a time
	if b.split {
		step = b.rows
	}
	table := newWindow()
	defer table.release()
	taps := table.pixels[:9]
	for r := 0; r < b.rows; r += step {
		for t := range taps {
			taps[t] = b.tap(t, r)
		}
		p.kernels.weights(&u[r*nr], stride, &taps[0], 0, step*nr)
	}
}
