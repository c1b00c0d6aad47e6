package conv

// layout divides the output into blocks that are worked on one at a time, so that their input stays in the second-level
// cache while panel after panel passes.
type layout struct {
	blocks []pixelBlock
	pixels int // of the largest block
	// byPlace: tiles hold the same place of different images, so that all their pixels miss the same taps; it pays for
	// small images, most pixels of which lie at an edge.
	byPlace bool
	byPanel bool // work is shared out by panels of output channels, else by blocks
}

const (
	blockPixels = 168 // of a block
	leastBlocks = 24  // so that the last ones to finish don't keep the others waiting
)

// findLayout chooses blocks, by the shape only.
func (f *Forward) findLayout() {
	s, l := &f.shape, &f.layout
	pixels := s.rows() * s.OW
	if pixels == 0 {
		return
	}
	if f.local = f.copiesRows(); f.local {
		f.copied = copyAxes(&f.phases[0].source)
	}
	target := max(4*f.mr, min(blockPixels, pixels/leastBlocks))
	step := f.phases[0].h.step
	l.byPlace = !f.local && f.placesPay()
	if l.byPlace {
		group := shares(s.images(), shares(s.images(), f.mr))
		l.blocks = cut(s, max(target, group*s.OH*s.OW), group, step)
		l.blocks = rowsOf(l.blocks, max(1, target/(group*s.OW*step))*step)
	} else {
		l.blocks = cut(s, target, s.images(), step)
	}
	for i := range l.blocks {
		l.pixels = max(l.pixels, l.blocks[i].pixels(s.OW))
		if f.local {
			f.localLen = max(f.localLen, f.copyLen(&l.blocks[i]))
		}
	}
	l.byPanel = !f.local && f.panelsPay()
}

// rowsOf cuts blocks further, into ones of rows output rows.
func rowsOf(blocks []pixelBlock, rows int) (out []pixelBlock) {
	for _, b := range blocks {
		for r := b.row0; r < b.row1; r += rows {
			out = append(out, pixelBlock{b.n0, b.n1, r, min(b.row1, r+rows)})
		}
	}
	return out
}

// panelsPay tells whether sharing out panels moves less than sharing out blocks: every block reads all weights, every
// panel all pixels.
func (f *Forward) panelsPay() bool {
	s := &f.shape
	panels := f.panels * s.groups()
	weights := float64(len(f.layout.blocks)) * float64(f.pack.rows()) * float64(panels*f.nr)
	pixels := float64(panels) * float64(s.N*s.H*s.W*s.Ci)
	return panels >= 8 && pixels < weights
}

// placesPay compares the time of both ways: a tile takes as long as its rows, and a little, for each of its taps.
func (f *Forward) placesPay() bool {
	s := &f.shape
	n := s.images()
	tiles := shares(n, f.mr)
	time := float64(tiles) * (max(3, float64(n)/float64(tiles)) + 0.3)
	byRow, byPlace := 0.0, 0.0
	for i := range f.phases {
		h, w := &f.phases[i].h, &f.phases[i].w
		byRow += float64(n*h.count*w.count) * float64(len(h.start)*len(w.start)) * (1 + 0.3/float64(f.mr))
		byPlace += time * float64(meets(h)*meets(w))
	}
	return byPlace < 0.93*byRow
}

// meets counts the pairs of output and tap that meet a pixel.
func meets(a *axis) int {
	n := 0
	for _, s := range a.spans {
		n += s.size()
	}
	return n
}

// copiesRows tells whether the input is copied row by row with padding: where a pixel has few channels, and neighbouring
// taps see neighbouring pixels.
func (f *Forward) copiesRows() bool {
	s, p := &f.shape, &f.phases[0]
	return len(f.phases) == 1 && s.groups() == 1 && s.Ci > 0 && s.Ci < few && len(p.w.start) > 1 && p.w.even &&
		len(p.h.start) > 0
}
