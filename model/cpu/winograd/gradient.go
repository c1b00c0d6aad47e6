package winograd

import (
	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// The weight gradient is minimal filtering too, F(3×3, 4×4): per tile, the input's 6×6 pixels filtered by the 4×4 pixels of
// the output's gradient give 3×3 taps. The sum over all tiles is taken before the last transform,
//
//	dW = Aᵀ·[Σ (Bᵀ·d·B) ⊙ (G·e·Gᵀ)]·A,
//
// so that it is, for each of the 36 planes, a product S = VᵀE of V (tiles × Ci) and E (tiles × Co).

// gradientPlan is how a weight gradient is computed: all tiles of a few tile rows are transformed, then their products are
// added to S, block by block.
type gradientPlan struct {
	tiling
	group          int // tile rows transformed together
	m, n           int // rows and columns of S: Ci and Co, or the reverse if dw's channels lie that way
	block          int // rows of S in a work item, which has NR columns
	ldv, lde       int
	vs, es, ss     int // distance of the planes of V, E and of a block of S
	items, columns int // blocks of S, and of these in a row
}

// tilesTogether is how many tiles are transformed at a time at least, if there are as many.
const tilesTogether = 256

func newGradientPlan(s Shape) gradientPlan {
	p := gradientPlan{tiling: newTiling(s, tile4), m: s.Ci, n: s.Co}
	p.group = min(p.tileRows(), ceil(tilesTogether, p.across))
	tiles, mr, nr := p.group*p.across, gemm.MR(), gemm.NR()
	p.ldv, p.lde = odd(s.Ci), odd(s.Co)
	p.vs, p.es = odd(tiles*p.ldv), odd(tiles*p.lde)
	p.block = mr
	p.columns = ceil(p.n, nr)
	p.items = ceil(p.m, p.block) * p.columns
	p.ss = p.block * nr
	return p
}

func (p gradientPlan) sumsLen() int { return p.items * p.kernels.planes() * p.ss }

func (p gradientPlan) len() int {
	return p.kernels.planes()*(p.vs+p.es) + p.sumsLen() + odd(p.Ci) + odd(p.Co)
}

// WeightGradScratchLen is how long WeightGrad's scratch must be.
func WeightGradScratchLen(s Shape) int { return alignment + newGradientPlan(s).len() }

// WeightGrad computes dw, the gradient of a Forward of shape s with respect to its weights, of its input x and of the gradient
// dy of its output. dw is overwritten; one of dw.In and dw.Out must be 1. scratch must be WeightGradScratchLen(s) long.
func WeightGrad(dw Weights, x, dy []float32, s Shape, scratch []float32) {
	p := newGradientPlan(s)
	p.check(dy, x)
	g := newGradient(&p, dw, x, dy, aligned(scratch))
	for first := 0; first < p.tileRows(); first += p.group {
		last := min(first+p.group, p.tileRows())
		parallel.For(last-first, func(_, i int) { g.transform(first+i, i*p.across) })
		tiles := (last - first) * p.across
		parallel.For(p.items, func(_, i int) {
			g.multiply(i, tiles, first > 0)
			if last == p.tileRows() {
				g.restore(i)
			}
		})
	}
}

type gradient struct {
	*gradientPlan
	dw         Weights
	x, dy      []float32
	v, e, sums []float32
	zeros      []float32
	offsets    []int // of the rows of V
}

func newGradient(p *gradientPlan, dw Weights, x, dy, scratch []float32) *gradient {
	if dw.Out != 1 {
		panic("winograd: weight gradients whose output channels don't lie together")
	}
	g := &gradient{gradientPlan: p, dw: dw, x: x, dy: dy, offsets: make([]int, p.group*p.across)}
	planes := p.kernels.planes()
	g.v, scratch = scratch[:planes*p.vs], scratch[planes*p.vs:]
	g.e, scratch = scratch[:planes*p.es], scratch[planes*p.es:]
	g.sums, g.zeros = scratch[:p.sumsLen()], scratch[p.sumsLen():]
	clear(g.zeros)
	for i := range g.offsets {
		g.offsets[i] = i * p.ldv
	}
	return g
}

// transform writes V's and E's rows of a tile row, from the row tile on.
func (g *gradient) transform(row, tile int) {
	var from, grads window
	k := g.kernels
	image, top := row/g.down, row%g.down*k.size
	x, dy := g.x[image*g.H*g.W*g.Ci:], g.dy[image*g.OH*g.OW*g.Co:]
	for col := range g.across {
		from.move(x, g.H, g.W, g.Ci, top-g.PadTop, col*k.size-g.PadLeft, k.points, &g.zeros[0])
		k.forChannels(g.Ci).input(&g.v[(tile+col)*g.ldv], g.vs, &from.pixels[0], g.Ci)
		grads.move(dy, g.OH, g.OW, g.Co, top, col*k.size, k.size, &g.zeros[0])
		k.forChannels(g.Co).gradient(&g.e[(tile+col)*g.lde], g.es, &grads.pixels[0], g.Co)
	}
}

// multiply adds the products of a group's tiles to a block of S.
func (g *gradient) multiply(item, tiles int, add bool) {
	row, col := item/g.columns*g.block, item%g.columns*gemm.NR()
	s := g.sums[item*g.kernels.planes()*g.ss:]
	for plane := range g.kernels.planes() {
		v, e := g.v[plane*g.vs+row:], g.e[plane*g.es+col:]
		gemm.Outer(s[plane*g.ss:], gemm.NR(), min(g.block, g.m-row), min(gemm.NR(), g.n-col), v, g.offsets[:tiles], e, g.lde, add)
	}
}

// restore writes the taps of a block of S.
func (g *gradient) restore(item int) {
	var table [9]*float32
	row, col := item/g.columns*g.block, item%g.columns*gemm.NR()
	n := min(gemm.NR(), g.n-col)
	s := g.sums[item*g.kernels.planes()*g.ss:]
	for r := range min(g.block, g.m-row) {
		for t := range table {
			table[t] = &g.dw.Data[g.dw.Offset+t/3*g.dw.KH+t%3*g.dw.KW+(row+r)*g.dw.In+col]
		}
		g.kernels.forChannels(n).taps(&table[0], &s[r*gemm.NR()], g.ss, n)
	}
}
