package conv

// filler lists the tiles of one phase in a block.
type filler struct {
	*run
	ph  *phase
	t   *blockTiles
	off []int // what is left of the worker's table
	pad int   // offset of zeros from where the group begins
}

// fill lists the tiles of phase ph in block b, for groups of channels or for the group of images that begins at group.
// Where blocks copy their input rows, it does that first, to local.
func (r *run) fill(t *blockTiles, ph *phase, b int, local []float32, group int) {
	t.tiles, t.px = t.tiles[:0], t.px[:0]
	f := &filler{run: r, ph: ph, t: t, off: t.off, pad: r.zero}
	if r.shape.BatchGroups > 1 {
		f.pad -= group
	}
	if r.layout.byPlace {
		f.places(b)
		return
	}
	s, used := &r.shape, 0
	row0, row1 := b*r.layout.unit, min(s.rows(), (b+1)*r.layout.unit)
	for n := row0 / s.OH; n*s.OH < row1; n++ {
		j := ph.h.within(max(0, row0-n*s.OH), min(s.OH, row1-n*s.OH))
		base := n * s.H * ph.pitch
		if r.local {
			base = used - j.lo*ph.h.move*ph.pitch
			used += r.copyRows(local[used:], n, j)
		}
		for jh := j.lo; jh < j.hi; jh++ {
			f.row(n, jh, base)
		}
	}
	f.flush()
}

// row adds output row jh of image n, whose input begins at base.
func (f *filler) row(n, jh, base int) {
	s, h, w := &f.shape, &f.ph.h, &f.ph.w
	base += jh * h.move * f.ph.pitch
	out := (n*s.OH+h.first+jh*h.step)*s.OW + w.first
	for jw := range w.count {
		f.add(pixel{base: base, h: h.spans[jh], w: w.spans[jw], out: out})
		base += w.move * f.ph.pixel
		out += w.step
	}
}

// places adds the pixels of a block of images, place by place.
func (f *filler) places(b int) {
	s, h, w := &f.shape, &f.ph.h, &f.ph.w
	n0, n1 := b*f.layout.unit, min(s.images(), (b+1)*f.layout.unit)
	for jh := range h.count {
		for jw := range w.count {
			out := (h.first+jh*h.step)*s.OW + w.first + jw*w.step
			base := jh*h.move*f.ph.pitch + jw*w.move*f.ph.pixel
			for n := n0; n < n1; n++ {
				f.add(pixel{base: base + n*s.H*f.ph.pitch, h: h.spans[jh], w: w.spans[jw], out: out + n*s.OH*s.OW})
			}
			f.flush()
		}
	}
}

func (f *filler) add(p pixel) {
	f.t.px = append(f.t.px, p)
	if len(f.t.px) == f.mr {
		f.flush()
	}
}

// flush makes a tile of the pixels added since the last.
func (f *filler) flush() {
	if len(f.t.px) == 0 {
		return
	}
	n := len(f.t.tiles)
	f.t.tiles = f.t.tiles[:n+1]
	f.off = f.t.tiles[n].fill(&f.ph.source, f.t.px, f.off, f.mr, f.pad)
	f.t.px = f.t.px[:0]
}
