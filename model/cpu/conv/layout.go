package conv

// layout divides the output into blocks that are worked on one at a time, so that their input stays in the second-level
// cache while panel after panel passes.
type layout struct {
	blocks int
	unit   int // output rows of a block, or images where byPlace
	// byPlace: tiles hold the same place of different images, so that all their pixels miss the same taps; it pays for
	// small images, most pixels of which lie at an edge.
	byPlace bool
}

const (
	blockPixels = 168 // of a block; a multiple of 12 and 6
	leastBlocks = 24  // so that the last ones to finish don't keep the others waiting
)

// findLayout chooses blocks, by the shape only.
func (f *Forward) findLayout() {
	s := &f.shape
	if s.rows()*s.OW == 0 {
		return
	}
	f.local = f.copiesRows()
	if f.local {
		f.copied = copyAxes(&f.phases[0].source)
	}
	f.layout.byPlace = !f.local && f.placesPay()
	f.layout.unit = f.unit()
	units := s.rows()
	if f.layout.byPlace {
		units = s.images()
	}
	f.layout.blocks = (units + f.layout.unit - 1) / f.layout.unit
	f.byPanel = !f.local && f.panelsPay()
	if f.local {
		f.localLen = f.copyLen()
	}
}

// unit is how many rows or images make a block.
func (f *Forward) unit() int {
	s := &f.shape
	target := max(4*f.mr, min(blockPixels, s.rows()*s.OW/leastBlocks))
	if f.layout.byPlace {
		return f.mr * max(1, target/(f.mr*s.OH*s.OW))
	}
	best, bestWaste := 1, 1.0
	period := f.phases[0].h.step
	for rows := period; rows == period || rows*s.OW <= target*3/2; rows += period {
		waste := f.waste(rows)
		if rows*s.OW < target/2 {
			waste += 1 // far too small: only if there is nothing else
		}
		if waste <= bestWaste || rows == period {
			best, bestWaste = rows, waste
		}
	}
	return min(best, s.rows())
}

// waste is the share of tile rows left empty in a block of the given output rows.
func (f *Forward) waste(rows int) float64 {
	used, all := 0, 0
	for i := range f.phases {
		n := (rows / f.phases[i].h.step) * f.phases[i].w.count
		used, all = used+n, all+(n+f.mr-1)/f.mr*f.mr
	}
	if all == 0 {
		return 0
	}
	return 1 - float64(used)/float64(all)
}

// panelsPay tells whether sharing out panels moves less than sharing out blocks: every block reads all weights, every
// panel all pixels.
func (f *Forward) panelsPay() bool {
	s := &f.shape
	panels := f.panels * s.groups()
	weights := float64(f.layout.blocks) * float64(f.pack.rows()) * float64(panels*f.nr)
	pixels := float64(panels) * float64(s.N*s.H*s.W*s.Ci)
	return panels >= 8 && pixels < weights
}

// placesPay compares the rows of tiles times taps of both ways.
func (f *Forward) placesPay() bool {
	s := &f.shape
	n := s.images()
	pad := func(n int) float64 { return float64((n + f.mr - 1) / f.mr * f.mr) }
	byRow, byPlace := 0.0, 0.0
	for i := range f.phases {
		h, w := &f.phases[i].h, &f.phases[i].w
		byRow += pad(n*h.count*w.count) * float64(len(h.start)*len(w.start))
		byPlace += pad(n) * float64(meets(h)*meets(w))
	}
	return byPlace < 0.95*byRow
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
	s := &f.shape
	return len(f.phases) == 1 && s.groups() == 1 && s.Ci > 0 && s.Ci < few && len(f.phases[0].w.start) > 1 && f.phases[0].w.even &&
		len(f.phases[0].h.start) > 0
}
