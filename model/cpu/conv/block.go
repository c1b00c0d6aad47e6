package conv

// blockTiles are the tiles of one phase in the block a worker is at.
type blockTiles struct {
	tiles []tile
	off   []int
	pads  []int // indices in off of the offsets that point to zeros
	px    []pixel
	rows  int // of the blocks all of which the tables fit, if moved: rows of one image whose pixels all meet every kernel row
	base  int // what offsets count from
	out   int // what the output pixels count from
}

// filler lists the tiles of one phase in a block.
type filler struct {
	*run
	ph   *phase
	t    *blockTiles
	used int // offsets
	pad  int // offset of zeros
}

// fill lists the tiles of phase ph in block b, for all groups of channels or for the group of images that begins at
// group. Where blocks copy their input rows, it does that first, to local.
func (r *run) fill(t *blockTiles, ph *phase, b *pixelBlock, local []float32, group int) {
	j := ph.h.within(b.row0, b.row1)
	t.out, t.base = b.n0*r.shape.OH*r.shape.OW, 0
	f := &filler{run: r, ph: ph, t: t, pad: r.zero}
	if r.shape.BatchGroups > 1 {
		f.pad -= group
	}
	if b.n1-b.n0 == 1 && ph.full(j) {
		f.moved(b, j, local)
		return
	}
	f.begin()
	if r.layout.byPlace {
		f.places(b, j)
		return
	}
	at := 0
	for n := b.n0; n < b.n1; n++ {
		base := n * r.shape.H * ph.pitch
		if r.local {
			base = at - j.lo*ph.h.move*ph.pitch
			at += r.copyRows(local[at:], n, j)
		}
		for jh := j.lo; jh < j.hi; jh++ {
			f.row(n-b.n0, jh, base)
		}
	}
	f.flush()
}

// full tells whether the outputs in j meet the image by every kernel row.
func (ph *phase) full(j span) bool {
	for jh := j.lo; jh < j.hi; jh++ {
		if ph.h.spans[jh].size() < len(ph.h.start) {
			return false
		}
	}
	return !j.empty() && len(ph.h.start) > 0
}

// moved lists the tiles of rows j of one image. All blocks of as many such rows have the same table, counted from where
// they begin, but for the offsets of padding.
func (f *filler) moved(b *pixelBlock, j span, local []float32) {
	t, ph := f.t, f.ph
	if f.local {
		f.copyRows(local, b.n0, j)
	} else {
		t.base = (b.n0*f.shape.H + j.lo*ph.h.move + ph.h.start[0]) * ph.pitch
	}
	t.out += j.lo * ph.h.step * f.shape.OW
	f.pad -= t.base
	if t.rows == j.size() {
		for _, i := range t.pads {
			t.off[i] = f.pad
		}
		return
	}
	f.begin()
	base := -ph.h.start[0] * ph.pitch
	for jh := range j.size() {
		f.rowAs(j.lo, 0, jh, base)
	}
	f.flush()
	for i, off := range t.off[:f.used] {
		if off == f.pad {
			t.pads = append(t.pads, i)
		}
	}
	t.rows = j.size()
}

func (f *filler) begin() {
	f.t.tiles, f.t.pads, f.t.px, f.t.rows = f.t.tiles[:0], f.t.pads[:0], f.t.px[:0], 0
}

// row adds output row jh of the n-th image of the block; the image begins at base.
func (f *filler) row(n, jh, base int) { f.rowAs(jh, n, jh, base) }

// rowAs adds output row jh of the n-th image, which meets the taps that row like does.
func (f *filler) rowAs(like, n, jh, base int) {
	s, h, w := &f.shape, &f.ph.h, &f.ph.w
	base += jh * h.move * f.ph.pitch
	out := (n*s.OH+h.first+jh*h.step)*s.OW + w.first
	for jw := range w.count {
		f.add(pixel{base: base, h: h.spans[like], w: w.spans[jw], out: out})
		base += w.move * f.ph.pixel
		out += w.step
	}
}

// places adds the pixels of rows j of a block of images, place by place.
func (f *filler) places(b *pixelBlock, j span) {
	s, h, w := &f.shape, &f.ph.h, &f.ph.w
	for jh := j.lo; jh < j.hi; jh++ {
		for jw := range w.count {
			out := (h.first+jh*h.step)*s.OW + w.first + jw*w.step
			base := b.n0*s.H*f.ph.pitch + jh*h.move*f.ph.pitch + jw*w.move*f.ph.pixel
			for n := range b.n1 - b.n0 {
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
	t := f.t
	if len(t.px) == 0 {
		return
	}
	n := len(t.tiles)
	t.tiles = t.tiles[:n+1]
	t.tiles[n].fill(&f.ph.source, t.px, f.t.off[f.used:], f.mr, f.pad)
	f.used += len(t.tiles[n].off)
	t.px = t.px[:0]
}
