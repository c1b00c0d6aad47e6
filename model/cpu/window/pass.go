package window

import (
	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// pass reduces an array [outer, n, inner] over its middle axis. The axis is cut into blocks of rows, of which each is reduced
// for itself, and what comes of them is reduced by another pass: so the cores share long axes, and the error of sums
// stays small. How it is cut depends on the dimensions only.
type pass struct {
	outer, n, inner int
	rows, blocks    int   // rows of a block, blocks of the axis
	then            *pass // over the blocks, if there are several
	chunk, chunks   int   // columns done together, and how many times that is
	fold            int   // rows taken as one wide row, where columns are few
	rowTaps         []int // where the rows begin that are reduced in one go
	foldTaps        []int // and the wide rows
}

const (
	together  = 32   // rows reduced in registers, in their order; then what came of them is joined
	wide      = 64   // numbers of a folded row, at most
	someChunk = 1024 // columns
)

func newPass(outer, n, inner int) pass {
	p := pass{outer: outer, n: n, inner: inner, chunk: max(1, min(inner, someChunk)), fold: 1}
	p.rows = max(64, min(1024, (64<<10)/max(1, inner)))
	if inner == 1 {
		p.rows = 64 << 10
	}
	if inner <= wide/2 {
		p.fold = wide / max(1, inner)
	}
	p.rowTaps, p.foldTaps = multiples(inner), multiples(inner*p.fold)
	p.chunks = (inner + p.chunk - 1) / p.chunk
	p.blocks = (n + p.rows - 1) / p.rows
	if p.blocks > 1 {
		then := newPass(outer, p.blocks, inner)
		p.then = &then
	}
	return p
}

// multiples are those of step.
func multiples(step int) []int {
	taps := make([]int, together)
	for i := range taps {
		taps[i] = i * step
	}
	return taps
}

func (p *pass) scratch() int {
	if p.then == nil {
		return 0
	}
	return p.outer*p.blocks*p.inner + p.then.scratch()
}

func (p *pass) run(op Op, dst, src, scratch []float32) {
	if p.n == 0 {
		fill(dst, op.identity())
		return
	}
	to := dst
	if p.then != nil {
		k := p.outer * p.blocks * p.inner
		to, scratch = scratch[:k], scratch[k:]
	}
	units := p.outer * p.blocks * p.chunks
	per := max(1, taskSize/(min(p.rows, p.n)*p.chunk))
	parallel.For((units+per-1)/per, func(_, i int) {
		for u := i * per; u < min(units, (i+1)*per); u++ {
			p.unit(op, to, src, u)
		}
	})
	if p.then != nil {
		p.then.run(op, dst, to, scratch)
	}
}

// unit reduces one chunk of the columns of one block.
func (p *pass) unit(op Op, to, src []float32, u int) {
	o, b, c := u, 0, 0
	if p.chunks > 1 {
		o, c = o/p.chunks, o%p.chunks*p.chunk
	}
	block := o
	if p.blocks > 1 {
		o, b = o/p.blocks, o%p.blocks
	}
	rows := min(p.rows, p.n-b*p.rows)
	from := src[(o*p.n+b*p.rows)*p.inner:][:rows*p.inner]
	dst := to[block*p.inner:][c:min(p.inner, c+p.chunk)]
	switch {
	case p.inner == 1:
		dst[0] = p.along(op, from)
	case p.fold > 1 && rows >= 2*p.fold:
		p.folded(op, dst, from)
	default:
		down(op, dst, from[c:], rows, p.inner, p.rowTaps)
	}
}

// along reduces numbers that follow each other.
func (p *pass) along(op Op, x []float32) float32 {
	switch {
	case op == Sum && len(x) >= 16:
		return vec.Sum(x)
	case op == Max && len(x) >= 16:
		return vec.Maximum(x)
	case op == Min && len(x) >= 16:
		return vec.Minimum(x)
	case len(x) >= 2*wide:
		var one [1]float32
		p.folded(op, one[:], x)
		return one[0]
	}
	acc := op.identity()
	for _, v := range x {
		acc = op.two(acc, v)
	}
	return acc
}

// down reduces rows of numbers, apart numbers from each other, to the first len(dst) columns.
func down(op Op, dst, x []float32, rows, apart int, taps []int) {
	op.taps(dst, x, taps[:min(rows, together)])
	var sums [someChunk]float32
	part := sums[:len(dst)]
	for r := together; r < rows; r += together {
		op.taps(part, x[r*apart:], taps[:min(rows-r, together)])
		op.join(dst, part)
	}
}

// folded reduces rows of few columns, many of them taken as one.
func (p *pass) folded(op Op, dst, x []float32) {
	var lanes [wide]float32
	width := p.fold * p.inner
	down(op, lanes[:width], x, len(x)/width, width, p.foldTaps)
	for i, v := range lanes[:width] {
		if i < p.inner {
			dst[i] = v
		} else {
			dst[i%p.inner] = op.two(dst[i%p.inner], v)
		}
	}
	for i, v := range x[len(x)/width*width:] {
		dst[i%p.inner] = op.two(dst[i%p.inner], v)
	}
}
