package winograd

import "fashionpipe/internal/simd/gemm"

// The weight gradient is minimal filtering too, F(3×3, 4×4): per tile, the input's 6×6 pixels filtered by the 4×4 pixels of
// the output's gradient give 3×3 taps. The sum over all tiles is taken before the last transform,
//
//	dW = Aᵀ·[Σ (Bᵀ·d·B) ⊙ (G·e·Gᵀ)]·A,
//
// so that it is, for each of the 36 planes, a product S = VᵀE of V (tiles × Ci) and E (tiles × Co).

// Gradient computes weight gradients of one shape. All tiles of a group of tile rows are transformed, then their products are
// added to S, block by block.
type Gradient struct {
	tiling
	workers    int
	group      int // tile rows transformed together
	rows       int // of S in a block, which has NR columns
	columns    int // blocks side by side
	ldv, lde   int // distance of the rows of V and E
	vs, es, ss int // distance of the planes of V, E and of a block of S
	offsets    []int
}

// tilesTogether is how many tiles are transformed at a time at least, if there are as many.
const tilesTogether = 256

// NewGradient plans the weight gradient of a convolution of the shape for up to workers goroutines.
func NewGradient(s Shape, workers int) *Gradient {
	s.positive()
	g := &Gradient{tiling: newTiling(s, tile4), workers: max(1, workers), rows: gemm.MR(), columns: ceil(s.Co, gemm.NR())}
	g.group = min(g.tileRows(), ceil(tilesTogether, g.across))
	tiles := g.group * g.across
	g.ldv, g.lde = odd(s.Ci), odd(s.Co)
	g.vs, g.es, g.ss = odd(tiles*g.ldv), odd(tiles*g.lde), g.rows*gemm.NR()
	g.offsets = rowOffsets(tiles, g.ldv)
	return g
}

func (g *Gradient) blocks() int { return ceil(g.Ci, g.rows) * g.columns }

func (g *Gradient) sumsLen() int { return g.blocks() * g.kernels.planes() * g.ss }

// ScratchLen is how many float32 Run needs as scratch.
func (g *Gradient) ScratchLen() int {
	return alignment + g.kernels.planes()*(g.vs+g.es) + g.sumsLen() + odd(max(g.Ci, g.Co)) + g.workers*blockLen(g.rows)
}

// Run computes dw, the gradient with respect to the weights, of the input x and of the gradient dy of the output, with scratch of
// ScratchLen. It overwrites dw.
func (g *Gradient) Run(dw Weights, x, dy, scratch []float32) {
	g.check(dy, x)
	r := newGradientRun(g, dw, x, dy, aligned(scratch))
	for first := 0; first < g.tileRows(); first += g.group {
		last := min(first+g.group, g.tileRows())
		each(last-first, g.workers, func(_, i int) { r.transform(first+i, i*g.across) })
		each(g.blocks(), g.workers, func(worker, i int) {
			r.multiply(i, (last-first)*g.across, first > 0)
			if last == g.tileRows() {
				r.restore(i, worker)
			}
		})
	}
}
