package conv

const (
	gradPixels = 256 // of a block: its dy and input stay in the caches, and a tile's sums are rarely stored
	moreRows   = 3   // times as many where input rows are copied: then fewer are copied twice
	leastItems = 16  // so that no core waits long for another
	leastRun   = 64  // pixels for which it pays to go on with the next run rather than multiply zeros
)

// findBlocks cuts the output into blocks.
func (g *Gradient) findBlocks() {
	target := gradPixels
	if g.local {
		target *= moreRows
	}
	if len(g.taps) == 0 {
		return
	}
	g.blocks = cut(&g.shape, target, target, 1)
	for i := range g.blocks {
		b := &g.blocks[i]
		g.pixels = max(g.pixels, b.pixels(g.shape.OW))
		if g.local {
			g.localLen = max(g.localLen, (b.n1-b.n0)*g.copyHeight(b)*g.view.pitch)
		}
	}
}

// findTaps lists the rows of tiles.
func (g *Gradient) findTaps() {
	s := &g.shape
	g.view = view{
		rows:    meetings(s.OH, s.H, s.KH, s.StrideH, s.PadTop, s.DilH, s.InDilH),
		columns: meetings(s.OW, s.W, s.KW, s.StrideW, s.PadLeft, s.DilW, s.InDilW),
		image:   s.H * s.W * s.Ci, pitch: s.W * s.Ci, pixel: s.Ci,
	}
	for kh := range s.KH {
		for kw := range s.KW {
			h, sparseH := extent(g.view.rows[kh])
			w, sparseW := extent(g.view.columns[kw])
			if h.empty() || w.empty() {
				g.idle = append(g.idle, [2]int{kh, kw})
				continue
			}
			g.taps = append(g.taps, gradTap{kh: kh, kw: kw, width: s.in(), h: h, w: w, sparse: sparseH || sparseW})
		}
	}
	g.mergeTaps()
}

// meetings lists for each tap the input pixel that each output meets by it, −1 for none.
func meetings(out, in, kernel, stride, pad, dil, inDil int) [][]int {
	m := make([][]int, kernel)
	for k := range m {
		m[k] = make([]int, out)
		for o := range m[k] {
			at := o*stride + k*dil - pad
			if m[k][o] = -1; at >= 0 && at%inDil == 0 && at/inDil < in {
				m[k][o] = at / inDil
			}
		}
	}
	return m
}

// extent is the span of outputs that meet a pixel, and whether some inside don't.
func extent(m []int) (s span, sparse bool) {
	n := 0
	for o, at := range m {
		if at >= 0 {
			s, n = s.cover(span{o, o + 1}), n+1
		}
	}
	return s, n < s.size()
}

// mergeTaps makes one of the taps of each kernel row where pixels have few channels and rows are copied with their padding.
func (g *Gradient) mergeTaps() {
	s := &g.shape
	if len(g.taps) == 0 || s.groups() > 1 || s.Ci >= few || s.InDilH > 1 || s.InDilW > 1 {
		return
	}
	src := source{pixel: s.Ci, in: s.Ci,
		h: axes(s.OH, s.H, s.KH, s.StrideH, s.PadTop, s.DilH, 1)[0],
		w: axes(s.OW, s.W, s.KW, s.StrideW, s.PadLeft, s.DilW, 1)[0]}
	if len(src.w.start) < 2 || !src.w.even {
		return
	}
	g.local = true
	g.copied = copyAxes(&src)
	g.view = view{rows: make([][]int, s.KH), columns: make([][]int, s.KW), pitch: src.pitch, pixel: s.Ci}
	g.taps = g.taps[:0]
	kw := src.w.taps[0]
	for t, kh := range src.h.taps {
		g.view.rows[kh] = steps(s.OH, src.h.start[t], src.h.move)
		g.taps = append(g.taps, gradTap{kh: kh, kw: kw, width: len(src.w.taps) * s.Ci, h: span{0, s.OH}, w: span{0, s.OW}})
	}
	g.view.columns[kw] = steps(s.OW, 0, src.w.move)
}

// steps is start, start+step, ….
func steps(n, start, step int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = start + i*step
	}
	return x
}

// findItems decides how the work is shared out.
func (g *Gradient) findItems() {
	g.each, g.segments = min(1, g.panels), 1
	if g.shape.in() < 128 {
		g.each = min(4, g.panels)
	}
	if items := g.items(); items > 0 && len(g.blocks) > 0 {
		g.segments = max(1, min(len(g.blocks)/4, leastItems/items))
	}
}
