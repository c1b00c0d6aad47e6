package winograd

import "fashionpipe/internal/simd/gemm"

// byChannels computes an output for a panel of output channels at a time, all tiles in one go, from a V of all tiles that the
// workers share: where there are few tiles and many channels, as in the last layers of a network. Each panel of U is used in
// one place: it is made there, and needn't go to memory.
type byChannels struct {
	tile
	v, u, m, taps []float32
}

// panelStride is the distance of the planes of a panel of U.
func (p *plan) panelStride() int { return odd(p.Ci * gemm.NR()) }

// byChannelsLen is the scratch of a byChannels, beside the V they share.
func (p *plan) byChannelsLen() int {
	return p.kernels.planes()*(p.panelStride()+p.ms) + blockLen(packRows) + p.tileLen()
}

func newByChannels(p *plan, v, scratch []float32) *byChannels {
	u, m, taps := p.kernels.planes()*p.panelStride(), p.kernels.planes()*p.ms, blockLen(packRows)
	b := &byChannels{v: v, u: scratch[:u], m: scratch[u : u+m], taps: scratch[u+m : u+m+taps]}
	b.tile = newTile(p, scratch[u+m+taps:])
	return b
}

// panel computes the channels of a panel.
func (b *byChannels) panel(y []float32, w *Weights, panel int) {
	stride, first := b.panelStride(), panel*gemm.NR()
	for from := 0; from < b.Ci; from += packRows {
		b.preparePanel(b.u[from*gemm.NR():], stride, w, panel, from, min(from+packRows, b.Ci), b.taps)
	}
	n := min(gemm.NR(), b.Co-first)
	b.products(stride, n)
	for i := range b.tiles() {
		b.output(y, b.m[i*b.ldm:], i, first, n)
	}
}

// products is M = VU for a panel of n channels.
func (b *byChannels) products(stride, n int) {
	mr := gemm.MR()
	for plane := range b.kernels.planes() {
		v, m := b.v[plane*b.vs:], b.m[plane*b.ms:]
		for i := 0; i < b.tiles(); i += mr {
			gemm.Rows(m[i*b.ldm:], b.ldm, min(mr, b.tiles()-i), n, v, b.offsets[i:], 1, b.Ci, b.u[plane*stride:], false)
		}
	}
}
