package conv

import (
	"fmt"
	"sync"

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
