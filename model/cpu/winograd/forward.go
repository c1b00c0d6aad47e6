package winograd

import (
	"context"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// Forward computes y, [N,OH,OW,Co], of x, [N,H,W,Ci], overwriting it. scratch must be ScratchLen(s) long; its contents don't
// matter. done, if not nil, is called in the worker for each block of pixels (counted through all images) that is
// finished for all channels: row0 ≤ pixel < row1. The blocks depend on the shape alone.
//
// The gradient with respect to x is a Forward of the output's gradient with In and Out exchanged, the taps reversed (KH
// and KW negated, Offset at the last tap) and paddings of 2 less the padding.
func Forward(y, x []float32, w Weights, s Shape, scratch []float32, done func(row0, row1 int)) {
	p := newPlan(s)
	p.check(y, x)
	scratch = aligned(scratch)
	if p.channels {
		p.forwardByChannels(y, x, nil, w, scratch, done)
		return
	}
	u, rest := scratch[:p.weightsLen()], scratch[p.weightsLen():]
	p.prepare(u, w, rest, p.workerLen())
	p.forwardByRows(y, x, u, rest, done)
}

// ForwardPrepared is Forward with weights from Prepare.
func ForwardPrepared(y, x, prepared []float32, s Shape, scratch []float32, done func(row0, row1 int)) {
	p := newPlan(s)
	p.check(y, x)
	if p.channels {
		p.forwardByChannels(y, x, aligned(prepared), Weights{}, aligned(scratch), done)
		return
	}
	p.forwardByRows(y, x, aligned(prepared), aligned(scratch), done)
}

func (p *plan) forwardByRows(y, x, u, scratch []float32, done func(row0, row1 int)) {
	step := p.workerLen()
	workers := make([]*byRows, len(scratch)/step)
	each(p.groups(), len(workers), func(i, g int) {
		if workers[i] == nil {
			workers[i] = newByRows(p, scratch[i*step:(i+1)*step])
		}
		first, last := p.groupRange(g)
		workers[i].group(y, x, u, first, last)
		if done != nil {
			done(p.pixelsBefore(first), p.pixelsBefore(last))
		}
	})
}

func (p *plan) forwardByChannels(y, x, prepared []float32, w Weights, scratch []float32, done func(row0, row1 int)) {
	n, step := p.kernels.planes()*p.vs, p.workerLen()
	v, rest := scratch[:n], scratch[n:]
	workers, offsets := make([]*byChannels, len(rest)/step), rowOffsets(p.tiles(), p.ldv)
	worker := func(i int) *byChannels {
		if workers[i] == nil {
			workers[i] = newByChannels(p, v, rest[i*step:(i+1)*step], offsets)
		}
		return workers[i]
	}
	each(p.tileRows(), len(workers), func(i, row int) {
		for col := range p.across {
			worker(i).input(v[(row*p.across+col)*p.ldv:], x, row, col)
		}
	})
	each(ceil(p.Co, gemm.NR()), len(workers), func(i, panel int) { worker(i).panel(y, prepared, w, panel) })
	if done != nil {
		parallel.For(p.groups(), func(_, g int) {
			first, last := p.groupRange(g)
			done(p.pixelsBefore(first), p.pixelsBefore(last))
		})
	}
}

// each is parallel.For with no more workers than there is scratch for.
func each(n, most int, f func(worker, i int)) {
	if most < 1 {
		panic("winograd: scratch too short")
	}
	_ = parallel.ForEach(context.Background(), n, min(most, parallel.Workers()), f)
}
