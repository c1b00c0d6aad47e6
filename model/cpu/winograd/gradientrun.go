package winograd

import "fashionpipe/internal/simd/gemm"

// gradientRun is one computation of a Gradient.
type gradientRun struct {
	*Gradient
	dw                         Weights
	x, dy                      []float32
	v, e, sums, zeros, scratch []float32
}

func newGradientRun(g *Gradient, dw Weights, x, dy, scratch []float32) *gradientRun {
	r := &gradientRun{Gradient: g, dw: dw, x: x, dy: dy}
	next := func(n int) (part []float32) {
		part, scratch = scratch[:n], scratch[n:]
		return part
	}
	r.v, r.e, r.sums = next(g.kernels.planes()*g.vs), next(g.kernels.planes()*g.es), next(g.sumsLen())
	r.zeros, r.scratch = next(odd(max(g.Ci, g.Co))), next(g.workers*blockLen(g.rows))
	clear(r.zeros)
	return r
}

// transform writes V's and E's rows of the tiles of a tile row, from the row tile on.
func (r *gradientRun) transform(row, tile int) {
	var from, grads window
	k := r.kernels
	image, top := row/r.down, row%r.down*k.size
	x, dy := r.x[image*r.H*r.W*r.Ci:], r.dy[image*r.OH*r.OW*r.Co:]
	for col := range r.across {
		from.move(x, r.H, r.W, r.Ci, top-r.PadTop, col*k.size-r.PadLeft, k.points, &r.zeros[0])
		k.forChannels(r.Ci).input(&r.v[(tile+col)*r.ldv], r.vs, &from.pixels[0], r.Ci)
		grads.move(dy, r.OH, r.OW, r.Co, top, col*k.size, k.size, &r.zeros[0])
		k.forChannels(r.Co).gradient(&r.e[(tile+col)*r.lde], r.es, &grads.pixels[0], r.Co)
	}
}

// block is where a block of S begins, and how much of it there is.
func (r *gradientRun) block(i int) (s []float32, row, col, rows, cols int) {
	row, col = i/r.columns*r.rows, i%r.columns*gemm.NR()
	return r.sums[i*r.kernels.planes()*r.ss:], row, col, min(r.rows, r.Ci-row), min(gemm.NR(), r.Co-col)
}

// multiply adds the products of a group's tiles to a block of S.
func (r *gradientRun) multiply(i, tiles int, add bool) {
	s, row, col, rows, cols := r.block(i)
	for plane := range r.kernels.planes() {
		v, e := r.v[plane*r.vs+row:], r.e[plane*r.es+col:]
		gemm.Outer(s[plane*r.ss:], gemm.NR(), rows, cols, v, r.offsets[:tiles], e, r.lde, add)
	}
}

// restore writes the taps of a block of S.
func (r *gradientRun) restore(i, worker int) {
	s, row, col, rows, cols := r.block(i)
	b := r.dw.newBlock(rows, r.scratch[worker*blockLen(r.rows):])
	var taps [9]*float32
	for in := range rows {
		for t := range taps {
			taps[t] = b.tap(t, in)
		}
		r.kernels.forChannels(cols).taps(&taps[0], &s[in*gemm.NR()], r.ss, cols)
	}
	r.dw.store(&b, row, col, cols)
}
