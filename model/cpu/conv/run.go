package conv

import "fashionpipe/internal/simd/gemm"

// run is one execution of a Forward.
type run struct {
	*Forward
	y, x   []float32
	w      Weights
	tables *tables
	done   func(row0, row1 int)
	zero   int       // offset of zeros from x
	packed []float32 // all panels, where work is shared out by blocks
	own    []float32 // the workers' scratch, one behind the other
}

// tables holds the tiles of the block each worker is at, by phase.
type tables struct{ workers [][]blockTiles }

func (f *Forward) newTables() *tables {
	t := &tables{workers: make([][]blockTiles, f.workers)}
	for i := range t.workers {
		for k := range f.phases {
			tiles := f.maxTiles(&f.phases[k])
			off := make([]int, tiles*f.mr*f.phases[k].tapEntries())
			t.workers[i] = append(t.workers[i], blockTiles{tiles: make([]tile, 0, tiles), off: off, px: make([]pixel, 0, f.mr)})
		}
	}
	return t
}

// maxTiles bounds the tiles of a phase in a block.
func (f *Forward) maxTiles(ph *phase) int {
	most := 0
	for _, b := range f.layout.blocks {
		images, places := b.n1-b.n0, shares(b.row1-b.row0, ph.h.step)*ph.w.count
		n := shares(images*places, f.mr)
		if f.layout.byPlace {
			n = shares(images, f.mr) * places
		}
		most = max(most, n)
	}
	return most
}

// split divides the scratch.
func (r *run) split(scratch []float32) {
	n := r.workers * r.workerLen()
	r.own, r.packed = scratch[:n], scratch[n:]
}

// scratch gives a worker its tile, packing space, copied rows and panel.
func (r *run) scratch(worker int) (tile, pack, local, panel []float32) {
	own := r.own[worker*r.workerLen() : (worker+1)*r.workerLen()]
	cut := func(n int) []float32 {
		part := own[:n:n]
		own = own[n:]
		return part
	}
	return cut(r.mr * r.nr), cut(r.pack.scratch()), cut(r.localLen), own
}

// packPanel packs the i-th panel, counted through the groups.
func (r *run) packPanel(dst []float32, worker, i int) {
	_, tmp, _, _ := r.scratch(worker)
	o, n := r.columns(i)
	r.pack.pack(dst[:r.panelLen()], &r.w, o, n, tmp)
}

// columns gives the first output channel of the i-th panel, and how many it has.
func (f *Forward) columns(i int) (first, n int) {
	g, p := i/f.panels, i%f.panels
	return g*f.shape.out() + p*f.nr, min(f.nr, f.shape.out()-p*f.nr)
}

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
