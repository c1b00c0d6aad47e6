package conv

import (
	"context"
	"fmt"
	"sync"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// Forward computes y = x ∗ w for one shape. With input dilation, a reversed kernel and its channels swapped it computes
// the gradient of a convolution with respect to its input.
type Forward struct {
	shape    Shape
	workers  int
	mr, nr   int
	phases   []phase
	pack     packer
	panels   int // of one group
	layout   layout
	local    bool // blocks copy their input rows with padding, so that a kernel row is one run of elements
	localLen int  // length of that copy
	copied   copied
	tables   sync.Pool
}

// phase is the part of the output that meets the same taps.
type phase struct {
	source
	panelRow int // its first row in the panels
}

// few is the number of input channels below which the taps of a kernel row are merged by copying the input.
const few = 16

// NewForward plans the convolution of the shape for up to workers goroutines.
func NewForward(s Shape, workers int) (*Forward, error) {
	s, err := s.normal()
	if err != nil {
		return nil, err
	}
	f := &Forward{shape: s, workers: max(1, workers), mr: gemm.MR(), nr: gemm.NR()}
	if f.mr > maxRows {
		return nil, fmt.Errorf("convolution: tiles of %d rows, more than %d", f.mr, maxRows)
	}
	f.panels = (s.out() + f.nr - 1) / f.nr
	f.findPhases()
	f.findLayout()
	f.tables.New = func() any { return f.newTables() }
	return f, nil
}

// findPhases lists the phases and the order of the taps in the panels.
func (f *Forward) findPhases() {
	s := &f.shape
	f.pack = packer{kh: s.KH, kw: s.KW, in: s.in(), nr: f.nr}
	for _, h := range axes(s.OH, s.H, s.KH, s.StrideH, s.PadTop, s.DilH, s.InDilH) {
		for _, w := range axes(s.OW, s.W, s.KW, s.StrideW, s.PadLeft, s.DilW, s.InDilW) {
			f.phases = append(f.phases, phase{
				source:   source{h: h, w: w, pitch: s.W * s.Ci, pixel: s.Ci, in: s.in()},
				panelRow: f.pack.rows(),
			})
			for _, kh := range h.taps {
				for _, kw := range w.taps {
					f.pack.taps = append(f.pack.taps, [2]int{kh, kw})
				}
			}
		}
	}
}

// Shape is the shape planned for.
func (f *Forward) Shape() Shape { return f.shape }

// panelLen is the length of a packed panel of all phases.
func (f *Forward) panelLen() int { return f.pack.rows() * f.nr }

// workerLen is the scratch of one worker: a tile, packing space, its panel if it packs itself, copied input rows.
func (f *Forward) workerLen() int {
	n := f.mr*f.nr + f.pack.scratch() + f.localLen
	if f.layout.byPanel {
		n += f.panelLen()
	}
	return n
}

// ScratchLen is how many float32 a run needs as scratch.
func (f *Forward) ScratchLen() int {
	n := f.workers * f.workerLen()
	if !f.layout.byPanel {
		n += f.shape.groups() * f.panels * f.panelLen()
	}
	return n
}

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
	workers := min(f.workers, parallel.Workers())
	r.split(scratch)
	blocks := f.layout.blocks
	finish := func(_, b int) { r.finish(&blocks[b]) }
	if f.layout.byPanel {
		r.each(s.groups()*f.panels, workers, r.panel)
		if done != nil {
			r.each(len(blocks), workers, finish)
		}
		return
	}
	packers := workers
	if f.panelLen()*f.panels*s.groups() < 1<<14 {
		packers = 1
	}
	r.each(s.groups()*f.panels, packers, func(worker, i int) { r.packPanel(r.packed[i*f.panelLen():], worker, i) })
	r.each(len(blocks), workers, func(worker, b int) {
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

// each is parallel.ForEach without end.
func (*Forward) each(n, workers int, do func(worker, i int)) {
	_ = parallel.ForEach(context.Background(), n, workers, do)
}
