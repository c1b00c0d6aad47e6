package winograd

import "fashionpipe/internal/simd/gemm"

// byRows computes an output in groups of tile rows, all channels of a group in one go; within a group it takes a chunk of tiles at
// a time, so that V and M stay in the second cache as far as they fit. Each chunk reads the whole of U.
type byRows struct {
	tile
	v, m []float32
}

// byRowsLen is the scratch of a byRows.
func (p *plan) byRowsLen() int { return p.kernels.planes()*(p.vs+p.ms) + p.tileLen() }

func newByRows(p *plan, scratch []float32) *byRows {
	v, m := p.kernels.planes()*p.vs, p.kernels.planes()*p.ms
	return &byRows{tile: newTile(p, scratch[v+m:]), v: scratch[:v], m: scratch[v : v+m]}
}

// group computes the outputs of the tile rows from first to last.
func (b *byRows) group(y, x, u []float32, first, last int) {
	for from := first * b.across; from < last*b.across; from += b.chunk {
		tiles := min(b.chunk, last*b.across-from)
		for i := range tiles {
			b.input(b.v[i*b.ldv:], x, from+i)
		}
		b.products(u, tiles)
		for i := range tiles {
			b.output(y, b.m[i*b.ldm:], from+i, 0, b.Co)
		}
	}
}

// products is M = VU, plane by plane.
func (b *byRows) products(u []float32, tiles int) {
	mr, nr := gemm.MR(), gemm.NR()
	for plane := range b.kernels.planes() {
		v, m := b.v[plane*b.vs:], b.m[plane*b.ms:]
		for j := 0; j < b.Co; j += nr {
			panel := u[plane*b.us+j*b.Ci:][:nr*b.Ci]
			for i := 0; i < tiles; i += mr {
				gemm.Rows(m[i*b.ldm+j:], b.ldm, min(mr, tiles-i), min(nr, b.Co-j), v, b.offsets[i:], 1, b.Ci, panel, false)
			}
		}
	}
}
