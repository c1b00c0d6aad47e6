package conv

import "fashionpipe/internal/simd/gemm"

// panel computes one panel of output channels of all blocks.
func (r *run) panel(worker, i int) {
	_, _, _, panel := r.scratch(worker)
	r.packPanel(panel, worker, i)
	for b := range r.layout.blocks {
		r.block(worker, &r.layout.blocks[b], span{i, i + 1}, panel)
	}
}

// block computes the output channels of the panels which of one block; panels begins with the first of them.
func (r *run) block(worker int, b *pixelBlock, which span, panels []float32) {
	tmp, _, local, _ := r.scratch(worker)
	for k := range r.phases {
		ph, t := &r.phases[k], &r.tables.workers[worker][k]
		for i := which.lo; i < which.hi; i++ {
			at := r.shape.groupOffset(i / r.panels)
			if i == which.lo || r.shape.BatchGroups > 1 && i%r.panels == 0 {
				r.fill(t, ph, b, local, at)
			}
			a := local
			if !r.local {
				a = r.x[at+t.base:]
			}
			panel := panels[(i-which.lo)*r.panelLen()+ph.panelRow*r.nr:]
			first, n := r.columns(i)
			y := r.y[t.out*r.shape.Co+first:]
			for j := range t.tiles {
				r.compute(&t.tiles[j], y, a, panel, n, tmp)
			}
		}
	}
}

// compute runs the kernel on one tile and n output channels, with which y begins.
func (r *run) compute(t *tile, y, a, panel []float32, n int, tmp []float32) {
	co := r.shape.Co
	dst, ld := tmp, r.nr
	if t.pitch > 0 {
		dst, ld = y[t.out[0]*co:], t.pitch*co
	}
	size := t.taps * r.mr
	for c := range t.calls {
		b := panel[(t.panelRow+c*t.panelStep)*r.nr:]
		gemm.Rows(dst, ld, t.rows, n, a, t.off[c*size:(c+1)*size], t.taps, t.run, b, c > 0)
	}
	none := t.calls*t.taps*t.run == 0
	if t.pitch > 0 && !none {
		return
	}
	for row := range t.rows {
		to := y[t.out[row]*co:][:n]
		if none {
			clear(to)
		} else {
			copy(to, tmp[row*r.nr:])
		}
	}
}

// finish tells the caller that a block is complete.
func (r *run) finish(b *pixelBlock) {
	if r.done == nil {
		return
	}
	s := &r.shape
	if b.row1-b.row0 == s.OH {
		r.done(b.n0*s.OH*s.OW, b.n1*s.OH*s.OW)
		return
	}
	for n := b.n0; n < b.n1; n++ {
		r.done((n*s.OH+b.row0)*s.OW, (n*s.OH+b.row1)*s.OW)
	}
}
