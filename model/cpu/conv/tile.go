package conv

// maxRows bounds the rows of a tile kernel.
const maxRows = 16

// pixel is one output pixel.
type pixel struct {
	base int  // where in the input a tap that starts at row and column 0 would read
	h, w span // the taps of the phase that meet the image
	out  int  // number of the pixel in the block's part of the output
}

// tile is what the kernel needs to compute up to mr output pixels: a table of offsets per call.
type tile struct {
	rows      int
	calls     int // one call per row of the kernel where the taps used are no contiguous rows of the panel, else 1
	taps, run int // of a call
	panelRow  int // first row of the panel for the first call
	panelStep int // rows from one call to the next
	off       []int
	out       [maxRows]int // output pixels
	pitch     int          // from one output pixel to the next, 0 if uneven
}

// source is how a phase reads its input.
type source struct {
	h, w  axis
	pitch int // elements from one input row to the next
	pixel int // elements from one input pixel to the next
	in    int // elements of a pixel that are used
}

// tapEntries is how many offsets a tile of s can need per row.
func (s *source) tapEntries() int { return len(s.h.start) * len(s.w.start) }

// maxRun is the longest run of elements a tap reads.
func (s *source) maxRun() int { return max(1, len(s.w.start)) * s.in }

// merges tells whether neighbouring taps read one run of elements.
func (s *source) merges() bool { return s.w.even && s.pixel == s.in || len(s.w.start) == 1 }

// fill makes the tile of pixels px, with its offsets at the beginning of off; zero is the offset of padding.
func (t *tile) fill(s *source, px []pixel, off []int, mr, zero int) {
	var h, w span
	whole := true
	for i := range px {
		if p := &px[i]; !p.h.empty() && !p.w.empty() {
			h, w = h.cover(p.h), w.cover(p.w)
		}
	}
	for i := range px {
		whole = whole && px[i].h == h && px[i].w == w
	}
	entries := w.size()
	t.run = s.in
	if s.merges() && (whole || sameColumns(px, w)) {
		entries, t.run = min(1, entries), w.size()*s.in
	}
	t.calls, t.taps = 1, h.size()*entries
	if w.size() < len(s.w.start) {
		t.calls, t.taps = h.size(), entries
	}
	t.panelRow, t.panelStep = (h.lo*len(s.w.start)+w.lo)*s.in, len(s.w.start)*s.in
	n := t.calls * t.taps * mr
	t.off = off[:n:n]
	t.offsets(s, px, h, span{w.lo, w.lo + entries}, mr, zero, whole)
	t.place(px)
}

// sameColumns tells whether every pixel sees the columns w of the kernel, or nothing.
func sameColumns(px []pixel, w span) bool {
	for i := range px {
		if p := &px[i]; p.w != w && !p.w.empty() && !p.h.empty() {
			return false
		}
	}
	return true
}

// offsets fills the table for the kernel's rows h and, of its columns, those in w.
func (t *tile) offsets(s *source, px []pixel, h, w span, mr, zero int, whole bool) {
	at := 0
	for a := h.lo; a < h.hi; a++ {
		for b := w.lo; b < w.hi; b++ {
			tap := s.h.start[a]*s.pitch + s.w.start[b]*s.pixel
			row := t.off[at : at+mr : at+mr]
			at += mr
			for r := range px {
				row[r] = px[r].base + tap
			}
			if whole {
				continue
			}
			for r := range px {
				if p := &px[r]; a < p.h.lo || a >= p.h.hi || b < p.w.lo || b >= p.w.hi {
					row[r] = zero
				}
			}
		}
	}
}

// place notes where the tile's results belong.
func (t *tile) place(px []pixel) {
	t.rows, t.pitch = len(px), 1
	for r := range px {
		t.out[r] = px[r].out
	}
	if len(px) > 1 {
		t.pitch = px[1].out - px[0].out
	}
	for r := 2; r < len(px); r++ {
		if px[r].out-px[r-1].out != t.pitch {
			t.pitch = 0
		}
	}
}
