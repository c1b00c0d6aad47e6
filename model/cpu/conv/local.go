package conv

// copied is the geometry of input rows copied with their padding: for layers with few channels, where then one run of
// elements holds all that a kernel row sees of a pixel's surroundings.
type copied struct {
	top, left int // input row and column of the copy's first, for output row 0
	width     int // pixels in a row
}

// copyAxes gives the axes as seen in the copy, and its geometry.
func copyAxes(src *source) copied {
	c := copied{top: src.h.start[0], left: src.w.start[0], width: src.w.length(src.w.count)}
	src.h, src.w = src.h.padded(), src.w.padded()
	src.pitch = c.width * src.pixel
	return c
}

// rows copies n input rows from first on (counted from the top of the padding) of an image [h, w, ci] to dst, and returns the
// length of the copy.
func (c *copied) rows(dst, image []float32, first, n, h, w, ci int) int {
	left, right := max(0, c.left), min(w, c.left+c.width)
	for i := range n {
		row := dst[i*c.width*ci : (i+1)*c.width*ci]
		at := c.top + first + i
		if at < 0 || at >= h || left >= right {
			clear(row)
			continue
		}
		a, b := (left-c.left)*ci, (right-c.left)*ci
		clear(row[:a])
		copy(row[a:b], image[(at*w+left)*ci:(at*w+right)*ci])
		clear(row[b:])
	}
	return n * c.width * ci
}

// copyRows copies what output rows j of image n see to dst.
func (r *run) copyRows(dst []float32, n int, j span) int {
	s, h := &r.shape, &r.phases[0].h
	image := r.x[n*s.H*s.W*s.Ci : (n+1)*s.H*s.W*s.Ci]
	return r.copied.rows(dst, image, j.lo*h.move, h.length(j.size()), s.H, s.W, s.Ci)
}

// copyLen is the length of the copy of a block's input rows.
func (f *Forward) copyLen(b *pixelBlock) int {
	return (b.n1 - b.n0) * f.phases[0].h.length(b.row1-b.row0) * f.phases[0].pitch
}
