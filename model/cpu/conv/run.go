package conv

import (
	"fmt"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// Run computes y [N/BatchGroups, OH, OW, Co] from x [N, H, W, Ci] and w [KH, KW, Ci/Groups, Co], with scratch of ScratchLen.
// done, if not nil, is called once for each block of finished pixels row0 … row1-1 (numbered through all images), from
// the goroutine that finished it and, where possible, while they are in its cache.
func (f *Forward) Run(y, x []float32, w Weights, scratch []float32, done func(row0, row1 int)) {
	s := &f.shape
	f.check(y, x, scratch)
	if len(y) == 0 || f.pack.rows() == 0 {
		f.nothing(y, done)
		return
	}
	t := f.tables.Get().(*tables)
	defer f.tables.Put(t)
	r := &run{Forward: f, y: y, x: x, w: w, tables: t, done: done}
	r.zero = gemm.ZeroRow(x, f.zeros())
	r.split(scratch)
	blocks := f.layout.blocks
	finish := func(_, b int) { r.finish(&blocks[b]) }
	if f.layout.byPanel {
		parallel.ForMost(s.groups()*f.panels, f.workers, r.panel)
		if done != nil {
			parallel.ForMost(len(blocks), f.workers, finish)
		}
		return
	}
	packers := f.workers
	if f.panelLen()*f.panels*s.groups() < 1<<14 {
		packers = 1
	}
	parallel.ForMost(s.groups()*f.panels, packers, func(worker, i int) { r.packPanel(r.packed[i*f.panelLen():], worker, i) })
	parallel.ForMost(len(blocks), f.workers, func(worker, b int) {
		r.block(worker, &blocks[b], span{0, s.groups() * f.panels}, r.packed)
		finish(worker, b)
	})
}

// nothing does the work where no tap meets a pixel.
func (f *Forward) nothing(y []float32, done func(row0, row1 int)) {
	clear(y)
	if done != nil && f.shape.rows()*f.shape.OW > 0 {
		done(0, f.shape.rows()*f.shape.OW)
	}
}

func (f *Forward) check(y, x, scratch []float32) {
	s := &f.shape
	if len(y) != s.rows()*s.OW*s.Co || len(x) != s.N*s.H*s.W*s.Ci || len(scratch) < f.ScratchLen() {
		panic(fmt.Sprintf("convolution %+v: %d inputs, %d outputs, %d numbers of scratch where %d are needed",
			*s, len(x), len(y), len(scratch), f.ScratchLen()))
	}
}

// zeros is how long a row of zeros the tables can point to.
func (f *Forward) zeros() int {
	n := 1
	for i := range f.phases {
		n = max(n, f.phases[i].maxRun())
	}
	return n + f.shape.Ci
}

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
