package winograd

import "fashionpipe/internal/simd/gemm"

// byChannels computes an output for a panel of output channels at a time, all tiles in one go, from a V of all tiles that the
// workers share: where there are few tiles and many channels, as in the last layers of a network. Each number of U is
// used in one place; without prepared weights it is made there, and never leaves the cache.
type byChannels struct {
	tile
	v, u, m, taps []float32
}

// rowsOfU is how many rows of a panel of U are made and used at a time.
const rowsOfU = 64

// blockStride is the distance of the planes of such a block of U.
func blockStride() int { return odd(rowsOfU * gemm.NR()) }

// byChannelsLen is the scratch of a byChannels, beside the V they share.
func (p *plan) byChannelsLen() int {
	return p.kernels.planes()*(blockStride()+p.ms) + blockLen(packRows) + p.tileLen()
}

func newByChannels(p *plan, v, scratch []float32) *byChannels {
	u, m := p.kernels.planes()*blockStride(), p.kernels.planes()*p.ms
	b := &byChannels{v: v, u: scratch[:u], m: scratch[u : u+m], taps: scratch[u+m : u+m+blockLen(packRows)]}
	b.tile = newTile(p, scratch[u+m+blockLen(packRows):])
	return b
}

// panel computes the channels of a panel. prepared is U if it is there already.
func (b *byChannels) panel(y, prepared []float32, w Weights, panel int) {
	nr := gemm.NR()
	for k := 0; k < b.Ci; k += rowsOfU {
		last := min(k+rowsOfU, b.Ci)
		if prepared != nil {
			b.products(prepared[panel*nr*b.Ci+k*nr:], b.us, panel, k, last)
			continue
		}
		for from := k; from < last; from += packRows {
			b.preparePanel(b.u[(from-k)*nr:], blockStride(), &w, panel, from, min(from+packRows, last), b.taps)
		}
		b.products(b.u, blockStride(), panel, k, last)
	}
	first := panel * nr
	for i := range b.tiles() {
		b.output(y, b.m[i*b.ldm:], i/b.across, i%b.across, first, min(nr, b.Co-first))
	}
}

// products adds the input channels from … to to M; with from 0 it begins a new sum.
func (b *byChannels) products(u []float32, stride, panel, from, to int) {
	mr, nr := gemm.MR(), gemm.NR()
	for plane := range b.kernels.planes() {
		v, m := b.v[plane*b.vs+from:], b.m[plane*b.ms:]
		for i := 0; i < b.tiles(); i += mr {
			gemm.Rows(m[i*b.ldm:], b.ldm, min(mr, b.tiles()-i), min(nr, b.Co-panel*nr), v, b.offsets[i:], 1, to-from, u[plane*stride:], from > 0)
		}
	}
}
