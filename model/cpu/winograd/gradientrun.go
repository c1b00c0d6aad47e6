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
	r.v, r.e = next(g.kernels.planes()*g.vs), next(g.kernels.planes()*g.es)
	if !g.single() {
		r.sums = next(g.sumsLen())
	}
	r.zeros, r.scratch = next(odd(max(g.Ci, g.Co))), next(g.workers*g.workerLen())
	clear(r.zeros)
	return r
}

// transform writes V and E of the tiles of a tile row, from the tile on.
func (r *gradientRun) transform(row, tile int) {
	from, grads := newWindow(), newWindow()
	defer from.release()
	defer grads.release()
	k, nr := r.kernels, gemm.NR()
	image, top := row/r.down, row%r.down*k.size
	x, dy := r.x[image*r.H*r.W*r.Ci:], r.dy[image*r.OH*r.OW*r.Co:]
	for col := range r.across {
		from.move(x, r.H, r.W, r.Ci, top-r.PadTop, col*k.size-r.PadLeft, k.points, &r.zeros[0])
		for i := range r.slices() {
			n := min(r.slice, r.Ci-i*r.slice)
			k.forChannels(n).input(&r.v[(i*r.tiles+tile+col)*r.slice], r.vs, &from.pixels[0], i*r.slice, n)
		}
		grads.move(dy, r.OH, r.OW, r.Co, top, col*k.size, k.size, &r.zeros[0])
		for i := range r.panels() {
			n := min(nr, r.Co-i*nr)
			k.forChannels(n).gradient(&r.e[(i*r.tiles+tile+col)*nr], r.es, &grads.pixels[0], i*nr, n)
		}
	}
}

// multiply makes or adds to a tile of gemm's of S, from row and panel on, at s.
func (r *gradientRun) multiply(s []float32, plane, row, panel, tiles int, add bool) {
	nr := gemm.NR()
	v := r.v[plane*r.vs+row/r.slice*r.tiles*r.slice+row%r.slice:]
	e := r.e[plane*r.es+panel*r.tiles*nr:]
	gemm.Outer(s, nr, min(gemm.MR(), r.Ci-row), min(nr, r.Co-panel*nr), v, r.offsets[:tiles], e, nr, add)
}

// plane makes a plane of S, or adds a group's tiles to it.
func (r *gradientRun) plane(plane, tiles int, add bool) {
	s := r.sums[plane*r.ss:]
	for panel := range r.panels() {
		for row := 0; row < r.Ci; row += gemm.MR() {
			r.multiply(s[(panel*r.Ci+row)*gemm.NR():], plane, row, panel, tiles, add)
		}
	}
}

// block makes a slice × panel block of S, of all tiles, and its taps.
func (r *gradientRun) block(worker, i int) {
	slice, panel := i/r.panels(), i%r.panels()
	s := r.scratch[worker*r.workerLen()+blockLen(r.slice):]
	rows := min(r.slice, r.Ci-slice*r.slice)
	for plane := range r.kernels.planes() {
		for row := 0; row < rows; row += gemm.MR() {
			r.multiply(s[plane*r.ss+row*gemm.NR():], plane, slice*r.slice+row, panel, r.tiles, false)
		}
	}
	r.restore(s, worker, slice, panel)
}

// restoreBlock makes the taps of a slice × panel block of S.
func (r *gradientRun) restoreBlock(worker, i int) {
	slice, panel := i/r.panels(), i%r.panels()
	r.restore(r.sums[(panel*r.Ci+slice*r.slice)*gemm.NR():], worker, slice, panel)
}

// restore makes the taps, Aᵀ·s·A, of a block of S that begins at s.
func (r *gradientRun) restore(s []float32, worker, slice, panel int) {
	nr := gemm.NR()
	rows, cols := min(r.slice, r.Ci-slice*r.slice), min(nr, r.Co-panel*nr)
	b := r.dw.newBlock(rows, r.scratch[worker*r.workerLen():])
	table := newWindow()
	defer table.release()
	taps := table.pixels[:9]
	for in := range rows {
		for t := range taps {
			taps[t] = b.tap(t, in)
		}
		r.kernels.forChannels(cols).taps(&taps[0], &s[in*nr], r.ss, cols)
	}
	r.dw.store(&b, slice*r.slice, panel*nr, cols)
}
