package winograd

// tile transforms one tile at a time. Each worker has its own.
type tile struct {
	*plan
	zeros, beyond *float32 // stand for input pixels in the padding, and for output pixels past the edge
	from, to      window
}

// tileLen is the scratch of a tile: Ci zeros, and Co numbers that are written only.
func (p *plan) tileLen() int { return odd(p.Ci) + odd(p.Co) }

func newTile(p *plan, scratch []float32) tile {
	zeros := scratch[:odd(p.Ci)]
	clear(zeros)
	return tile{plan: p, zeros: &zeros[0], beyond: &scratch[odd(p.Ci)]}
}

// input writes V's row of the i-th tile, Bᵀ·d·B per channel, to v and on at the distance of the planes.
func (t *tile) input(v, x []float32, i int) {
	k, down, across := t.kernels, i/t.across, i%t.across
	image, top, left := down/t.down, down%t.down*k.size-t.PadTop, across*k.size-t.PadLeft
	t.from.move(x[image*t.H*t.W*t.Ci:], t.H, t.W, t.Ci, top, left, k.points, t.zeros)
	k.forChannels(t.Ci).input(&v[0], t.vs, &t.from.pixels[0], 0, t.Ci)
}

// output writes the pixels of the i-th tile, Aᵀ·m·A per channel, for n channels from first on; m are these channels of M's row.
func (t *tile) output(y, m []float32, i, first, n int) {
	k, down, across := t.kernels, i/t.across, i%t.across
	image, top, left := down/t.down, down%t.down*k.size, across*k.size
	t.to.move(y[image*t.OH*t.OW*t.Co+first:], t.OH, t.OW, t.Co, top, left, k.size, t.beyond)
	k.forChannels(n).output(&t.to.pixels[0], &m[0], t.ms, n)
}
