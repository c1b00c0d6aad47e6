package winograd

import (
	"fmt"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// The weight gradient is minimal filtering too, F(3×3, 4×4): per tile, the input's 6×6 pixels filtered by the 4×4 pixels of
// the output's gradient give 3×3 taps. The sum over all tiles is taken before the last transform,
//
//	dW = Aᵀ·[Σ (Bᵀ·d·B) ⊙ (G·e·Gᵀ)]·A,
//
// so that it is, for each of the 36 planes, a product S = VᵀE of V (tiles × Ci) and E (tiles × Co).

// Gradient computes weight gradients of one shape. All tiles of a group of tile rows are transformed, then their products are
// added to S. If there is one group only, S is made and used block by block and needn't go to memory.
type Gradient struct {
	tiling
	workers    int
	slice      int   // channels in a slice of V
	group      int   // tile rows transformed together
	tiles      int   // in these
	vs, es, ss int   // distance of the planes of V, E and S
	offsets    []int // of the tiles in a slice of V
}

// V and E lie in slices of some and of NR channels, tiles × channels each, so that tiles of gemm's read what lies together. A slice
// of V is as wide as all channels if these are few, else a multiple of every MR and of the number of lanes.
func sliceOf(ci int) int {
	if ci <= 128 {
		return ceil(ci, 16) * 16
	}
	return 48
}

// tilesTogether is how many tiles are transformed at a time at least, if there are as many.
const tilesTogether = 96

// NewGradient plans the weight gradient of a convolution of the shape for up to workers goroutines.
func NewGradient(s Shape, workers int) *Gradient {
	s.positive()
	g := &Gradient{tiling: newTiling(s, tile4), workers: max(1, workers), slice: sliceOf(s.Ci)}
	g.group = g.tileRows()
	if g.tiling.tiles()*(s.Ci+s.Co) > s.Ci*s.Co { // V and E are more than S
		g.group = min(g.group, ceil(tilesTogether, g.across))
	}
	g.tiles = g.group * g.across
	g.vs, g.es = odd(g.slices()*g.tiles*g.slice), odd(g.panels()*g.tiles*gemm.NR())
	g.ss = odd(s.Ci * g.panels() * gemm.NR())
	if g.single() {
		g.ss = odd(g.slice * gemm.NR())
	}
	g.offsets = rowOffsets(g.tiles, g.slice)
	return g
}

func (g *Gradient) single() bool { return g.group == g.tileRows() }

func (g *Gradient) slices() int { return ceil(g.Ci, g.slice) }

func (g *Gradient) panels() int { return ceil(g.Co, gemm.NR()) }

// sumsLen is the length of S, or of one worker's block of S.
func (g *Gradient) sumsLen() int { return g.kernels.planes() * g.ss }

// workerLen is the scratch of a worker.
func (g *Gradient) workerLen() int {
	if g.single() {
		return g.sumsLen() + blockLen(g.slice)
	}
	return blockLen(g.slice)
}

// ScratchLen is how many float32 Run needs as scratch.
func (g *Gradient) ScratchLen() int {
	n := alignment + g.kernels.planes()*(g.vs+g.es) + odd(max(g.Ci, g.Co)) + g.workers*g.workerLen()
	if !g.single() {
		n += g.sumsLen()
	}
	return n
}

// Run computes dw, the gradient with respect to the weights, of the input x and of the gradient dy of the output, with scratch of
// ScratchLen. It overwrites dw.
func (g *Gradient) Run(dw Weights, x, dy, scratch []float32) {
	g.check(dy, x)
	if want := g.ScratchLen(); len(scratch) < want {
		panic(fmt.Sprintf("winograd: %d numbers of scratch for the gradient of %+v: want %d", len(scratch), g.Shape, want))
	}
	r := newGradientRun(g, dw, x, dy, aligned(scratch))
	for first := 0; first < g.tileRows(); first += g.group {
		rows := min(g.group, g.tileRows()-first)
		parallel.ForMost(rows, g.workers, func(_, i int) { r.transform(first+i, i*g.across) })
		if g.single() {
			parallel.ForMost(g.slices()*g.panels(), g.workers, r.block)
			return
		}
		parallel.ForMost(g.kernels.planes(), g.workers, func(_, plane int) { r.plane(plane, rows*g.across, first > 0) })
	}
	parallel.ForMost(g.slices()*g.panels(), g.workers, r.restoreBlock)
}
