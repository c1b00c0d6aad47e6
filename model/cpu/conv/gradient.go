package conv

import (
	"fmt"
	"sync"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// Gradient computes the gradient of a convolution's weights for one shape: dw(kh, kw, i, o) is the sum over all pixels of
// the output's gradient dy(pixel, o) times the input that tap (kh, kw) sees from there, x(…, i).
//
// Pixels are cut into blocks; for each, dy is copied to panels, and tile by tile of dw its outer products with the input
// are added. Small kernels with many pixels are also cut into segments with sums of their own, which are added in order.
// All cuts depend on the shape only, so that every sum has one order.
type Gradient struct {
	shape    Shape
	workers  int
	mr, nr   int
	view     view
	taps     []gradTap
	idle     [][2]int // the taps that meet no pixel
	blocks   []pixelBlock
	pixels   int // of the largest block
	segments int
	panels   int // of one group
	each     int // panels of one item
	copied   copied
	local    bool // blocks copy their input rows with padding
	localLen int
	tables   sync.Pool
}

// view is how the taps find their pixels: output (oh, ow) of image n meets, by tap (kh, kw), element
// n·image + (rows[kh][oh] − first)·pitch + columns[kw][ow]·pixel, first being the first row of a block's copy.
type view struct {
	rows, columns       [][]int // −1: none
	image, pitch, pixel int
}

// gradTap is one row of tiles: a tap, or all of a kernel row where the input is copied.
type gradTap struct {
	kh, kw int
	width  int  // elements it reads for a pixel
	h, w   span // the outputs that meet pixels
	sparse bool // not all in these spans do (dilated input)
}

// NewGradient plans the gradient of the convolution of the shape for up to workers goroutines.
func NewGradient(s Shape, workers int) (*Gradient, error) {
	s, err := s.normal()
	if err != nil {
		return nil, err
	}
	g := &Gradient{shape: s, workers: max(1, workers), mr: gemm.MR(), nr: gemm.NR()}
	g.panels = (s.out() + g.nr - 1) / g.nr
	g.findTaps()
	g.findBlocks()
	g.findItems()
	g.tables.New = func() any { return g.newTables() }
	return g, nil
}

// rows is the number of rows of dw: of taps times input channels.
func (g *Gradient) rows() int { return g.shape.KH * g.shape.KW * g.shape.in() }

// columns is the most output channels of one item.
func (g *Gradient) columns() int { return g.each * g.nr }

// items is how many parts the panels of all groups are shared out in, for one segment.
func (g *Gradient) items() int {
	if g.each == 0 {
		return 0
	}
	return g.shape.groups() * ((g.panels + g.each - 1) / g.each)
}

// sumsLen is the length of the sums of one item.
func (g *Gradient) sumsLen() int { return g.rows() * g.columns() }

// workerLen is the scratch of one worker: packed dy, copied input rows, space to transpose, sums.
func (g *Gradient) workerLen() int {
	n := g.pixels*g.columns() + g.localLen + g.spreadLen()
	if g.segments == 1 {
		n += g.sumsLen()
	}
	return n
}

// ScratchLen is how many float32 a run needs as scratch.
func (g *Gradient) ScratchLen() int {
	n := g.workers * g.workerLen()
	if g.segments > 1 {
		n += g.segments * g.items() * g.sumsLen()
	}
	return n
}

// Run computes dw from the convolution's input x [N, H, W, Ci] and the gradient of its output dy [N/BatchGroups, OH, OW,
// Co], with scratch of ScratchLen.
func (g *Gradient) Run(dw Weights, x, dy, scratch []float32) {
	s := &g.shape
	if len(dy) != s.rows()*s.OW*s.Co || len(x) != s.N*s.H*s.W*s.Ci || len(scratch) < g.ScratchLen() {
		panic(fmt.Sprintf("weight gradient %+v: %d inputs, %d outputs, %d numbers of scratch where %d are needed",
			*s, len(x), len(dy), len(scratch), g.ScratchLen()))
	}
	if g.rows() == 0 || s.Co == 0 {
		return
	}
	t := g.tables.Get().(*gradTables)
	defer g.tables.Put(t)
	r := &gradRun{Gradient: g, dw: dw, x: x, dy: dy, tables: t}
	if len(x) > 0 {
		r.zero = gemm.ZeroRow(x, g.zeros())
	}
	n := g.workers * g.workerLen()
	r.own, r.sums = scratch[:n], scratch[n:]
	parallel.ForMost(g.segments*g.items(), g.workers, r.item)
	if g.segments > 1 {
		chunks := (s.in() + transposeChunk - 1) / transposeChunk
		parallel.ForMost(g.items()*chunks, g.workers, func(worker, i int) { r.merge(worker, i/chunks, i%chunks) })
	}
}

// zeros is how long a row of zeros the offsets can point to: what a tile reads, wherever in the pixel or group.
func (g *Gradient) zeros() int { return g.shape.Ci*max(1, g.shape.KW) + g.mr }
