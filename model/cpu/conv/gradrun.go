package conv

import "fashionpipe/internal/simd/gemm"

// gradRun is one execution of a Gradient.
type gradRun struct {
	*Gradient
	dw     Weights
	x, dy  []float32
	zero   int
	tables *gradTables
	own    []float32 // the workers' scratch
	sums   []float32 // of the items of all segments, if there is more than one
}

// gradTables holds what each worker needs besides.
type gradTables struct{ workers []gradTable }

type gradTable struct {
	off  []int  // where in x the pixels of a block lie for a tap
	seen []bool // taps whose sums have begun
	runs []pixelRun
}

// pixelRun is a stretch of a block's pixels that meets pixels through a tap: its place in the packed dy and in off.
type pixelRun struct{ at, off, n int }

func (g *Gradient) newTables() *gradTables {
	t := &gradTables{workers: make([]gradTable, g.workers)}
	for i := range t.workers {
		t.workers[i] = gradTable{make([]int, g.pixels), make([]bool, len(g.taps)), make([]pixelRun, 0, max(1, g.shape.OH))}
	}
	return t
}

// scratch gives a worker its parts.
func (r *gradRun) scratch(worker int) (dy, local, spread, sums []float32) {
	own := r.own[worker*r.workerLen() : (worker+1)*r.workerLen()]
	cut := func(n int) []float32 {
		part := own[:n:n]
		own = own[n:]
		return part
	}
	return cut(r.pixels * r.columns()), cut(r.localLen), cut(r.spreadLen()), own
}

// part is what an item computes: output channels first … first+n-1, of one group.
type part struct{ group, first, n int }

func (g *Gradient) part(item int) part {
	perGroup := (g.panels + g.each - 1) / g.each
	group, c := item/perGroup, item%perGroup*g.columns()
	return part{group, group*g.shape.out() + c, min(g.columns(), g.shape.out()-c)}
}

// item sums one part over one segment's blocks.
func (r *gradRun) item(worker, i int) {
	seg, p := i/r.items(), r.part(i%r.items())
	_, _, spread, own := r.scratch(worker)
	sums := HWIO(own, r.shape.KW, r.shape.in(), p.n)
	direct := r.segments == 1 && r.takesSums()
	switch {
	case direct:
		sums = r.dw
		sums.Offset += p.first
	case r.segments > 1:
		sums.Data = r.sums[i*r.sumsLen() : (i+1)*r.sumsLen()]
	}
	t := &r.tables.workers[worker]
	clear(t.seen)
	for b := len(r.blocks) * seg / r.segments; b < len(r.blocks)*(seg+1)/r.segments; b++ {
		r.block(t, worker, &r.blocks[b], p, &sums)
	}
	r.clearUnseen(t, &sums, p.n)
	if !direct && r.segments == 1 {
		r.spread(&sums, p, span{0, r.shape.in()}, spread)
	}
}

// takesSums tells whether tiles can be summed in dw itself.
func (r *gradRun) takesSums() bool {
	w := &r.dw
	return w.Out == 1 && w.In >= 0 && (!r.local || w.KW == r.shape.in()*w.In)
}

// clearUnseen sets the sums of taps that met nothing to zero.
func (r *gradRun) clearUnseen(t *gradTable, sums *Weights, n int) {
	zero := func(kh, kw, width int) {
		for i := range width {
			clear(sums.Data[sums.Offset+kh*sums.KH+kw*sums.KW+i*sums.In:][:n])
		}
	}
	for _, tap := range r.idle {
		zero(tap[0], tap[1], r.shape.in())
	}
	for i, tap := range r.taps {
		if !t.seen[i] {
			zero(tap.kh, tap.kw, tap.width)
		}
	}
}

// closeRows is the number of channels up to which dy is read where it lies: then the part of a pixel's row that a tile
// reads is no small part of it, and the rows of a block don't all fall into a few sets of the cache.
const closeRows = 128

// block adds one block's pixels to the sums.
func (r *gradRun) block(t *gradTable, worker int, b *pixelBlock, p part, sums *Weights) {
	dy, local, _, _ := r.scratch(worker)
	right, ld, step := dy, r.nr, b.pixels(r.shape.OW)
	if b.n1-b.n0 == 1 && r.shape.Co <= closeRows {
		right, ld, step = r.dy[(b.n0*r.shape.OH+b.row0)*r.shape.OW*r.shape.Co+p.first:], r.shape.Co, 1
	} else {
		r.packRows(dy, b, p)
	}
	a, first, zero := r.x[r.shape.groupOffset(p.group):], 0, r.zero-r.shape.groupOffset(p.group)
	if r.local {
		a, first = local, r.copyRows(local, b)
	}
	for i := range r.taps {
		tap := &r.taps[i]
		t.offsets(r.Gradient, tap, b, first, zero)
		if len(t.runs) == 0 {
			continue
		}
		at := sums.Offset + tap.kh*sums.KH + tap.kw*sums.KW
		for c := 0; c < p.n; c += r.nr {
			panel := right[c*step:]
			for row := 0; row < tap.width; row += r.mr {
				r.tile(sums.Data[at+row*sums.In+c:], sums.In, min(r.mr, tap.width-row), min(r.nr, p.n-c), a[row:], t, panel, ld, t.seen[i])
			}
		}
		t.seen[i] = true
	}
}

// tile adds the runs of pixels to one tile of the sums.
func (r *gradRun) tile(c []float32, ldc, rows, cols int, a []float32, t *gradTable, panel []float32, ldb int, add bool) {
	for _, run := range t.runs {
		gemm.Outer(c, ldc, rows, cols, a, t.off[run.off:run.off+run.n], panel[run.at*ldb:], ldb, add)
		add = true
	}
}
