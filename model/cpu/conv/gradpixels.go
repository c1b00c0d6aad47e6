package conv

// offsets lists where the pixels of block b lie that meet the tap: in runs, leaving out the columns that meet none where
// there are many of them.
func (t *gradTable) offsets(g *Gradient, tap *gradTap, b *pixelBlock, first, zero int) {
	t.runs = t.runs[:0]
	h := span{max(tap.h.lo, b.row0), min(tap.h.hi, b.row1)}
	if h.empty() {
		return
	}
	images, width := b.n1-b.n0, g.shape.OW
	w := tap.w
	if (width-w.size())*images < leastRun/8 {
		w = span{0, width}
	}
	at := 0
	for oh := h.lo; oh < h.hi; oh++ {
		start := at
		at = t.row(g, tap, b, oh, w, at, first, zero)
		run := pixelRun{at: ((oh-b.row0)*width + w.lo) * images, off: start, n: at - start}
		if n := len(t.runs); n > 0 && w.size() == width {
			t.runs[n-1].n += run.n
		} else {
			t.runs = append(t.runs, run)
		}
	}
}

// row lists the pixels of one output row, columns w, from off[at] on.
func (t *gradTable) row(g *Gradient, tap *gradTap, b *pixelBlock, oh int, w span, at, first, zero int) int {
	v := &g.view
	ih, columns := v.rows[tap.kh][oh], v.columns[tap.kw]
	n0, pitch := b.n0, v.image
	if g.local {
		n0, pitch = 0, g.copyHeight(b)*v.pitch
	}
	base, images := n0*pitch+(ih-first)*v.pitch, b.n1-b.n0
	off := t.off[at : at+w.size()*images]
	i := 0
	for ow := w.lo; ow < w.hi; ow++ {
		iw := columns[ow]
		if ih < 0 || iw < 0 {
			for range images {
				off[i] = zero
				i++
			}
			continue
		}
		o := base + iw*v.pixel
		for range images {
			off[i] = o
			o += pitch
			i++
		}
	}
	return at + len(off)
}

// packRows copies the part's channels of the block's dy to panels, pixels in the order row, column, image.
func (r *gradRun) packRows(dst []float32, b *pixelBlock, p part) {
	s, pixels := &r.shape, b.pixels(r.shape.OW)
	for c := 0; c < p.n; c += r.nr {
		panel, n, at := dst[c*pixels:], min(r.nr, p.n-c), 0
		for oh := b.row0; oh < b.row1; oh++ {
			for ow := range s.OW {
				for i := b.n0; i < b.n1; i++ {
					copy(panel[at:at+n], r.dy[((i*s.OH+oh)*s.OW+ow)*s.Co+p.first+c:])
					at += r.nr
				}
			}
		}
	}
}

// copyRows copies the input rows of a block with padding, and returns the number of the first.
func (r *gradRun) copyRows(dst []float32, b *pixelBlock) int {
	s := &r.shape
	first, n := b.row0*s.StrideH, r.copyHeight(b)
	for i := b.n0; i < b.n1; i++ {
		dst = dst[r.copied.rows(dst, r.x[i*s.H*s.W*s.Ci:(i+1)*s.H*s.W*s.Ci], first, n, s.H, s.W, s.Ci):]
	}
	return first
}

// copyHeight is how many input rows a block's output rows see.
func (g *Gradient) copyHeight(b *pixelBlock) int {
	last := g.taps[len(g.taps)-1].kh
	return (b.row1-1-b.row0)*g.shape.StrideH + g.view.rows[last][0] + 1
}
