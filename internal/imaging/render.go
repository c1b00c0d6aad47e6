package imaging

import "image"

// Renderer resizes pictures. It keeps its memory from one photo to the next, and is for one goroutine.
type Renderer struct {
	down, across    taps
	mid, turned     samples
	out             [3]samples
	stored, upright []byte
}

// Render draws a view of a picture into dst: Size × Size pixels, row by row, red, green, blue.
func (r *Renderer) Render(dst []byte, p *Picture, v View) {
	at := v.target()
	w, h := at.Dx(), at.Dy()
	src := p.toStored(v.source())
	if p.orientation == 1 && w == v.Size && h == v.Size {
		r.resize(dst, p, src, w, h)
		return
	}
	if p.orientation.Swaps() {
		w, h = h, w
	}
	r.stored, r.upright = resized(r.stored, 3*w*h), resized(r.upright, 3*w*h)
	r.resize(r.stored, p, src, w, h)
	turn(r.upright, r.stored, w, h, p.orientation)
	for i := range dst {
		dst[i] = 255
	}
	for y := range at.Dy() {
		copy(dst[3*((at.Min.Y+y)*v.Size+at.Min.X):], r.upright[3*y*at.Dx():][:3*at.Dx()])
	}
}

// resize draws the part src of a picture, as stored, into w × h RGB pixels.
func (r *Renderer) resize(dst []byte, p *Picture, src image.Rectangle, w, h int) {
	for i := range p.planes {
		r.resizePlane(&r.out[i], &p.planes[i], src, w, h)
	}
	for y := range h {
		r.rgbRow(dst[3*w*y:][:3*w], p.space, y)
	}
}

// rgbRow turns row y of the channels that were resized into RGB pixels.
func (r *Renderer) rgbRow(row []byte, s space, y int) {
	at, w := y*r.out[0].stride, len(row)/3
	if s == grey {
		greyRow(row, r.out[0].pix[at:])
		return
	}
	a, b, c := r.out[0].pix[at:][:w], r.out[1].pix[at:][:w], r.out[2].pix[at:][:w]
	switch s {
	case rgb:
		rgbRow(row, a, b, c)
	case ycc:
		jfif.row(row, a, b, c)
	case yccVideo:
		video.row(row, a, b, c)
	}
}

// resizePlane resizes one channel: first its rows, then, transposed, its columns by the same code, and back.
func (r *Renderer) resizePlane(out *samples, p *plane, src image.Rectangle, w, h int) {
	left, right := float64(src.Min.X)/p.dx, float64(src.Max.X)/p.dx
	top, bottom := float64(src.Min.Y)/p.dy, float64(src.Max.Y)/p.dy
	r.down.bilinear(top, bottom, p.height, h)
	r.across.bilinear(left, right, p.width, w)
	x0, x1 := r.across.span()
	shift := x0 - r.mid.resizeRows(&p.samples, x0, x1, &r.down)
	r.turned.transpose(&r.mid)
	r.across.shift(shift)
	r.mid.resizeRows(&r.turned, 0, h, &r.across)
	out.transpose(&r.mid)
}

// toStored finds a region of the upright photo in the photo as stored.
func (p *Picture) toStored(v image.Rectangle) image.Rectangle {
	x0, y0, x1, y1 := v.Min.X, v.Min.Y, v.Max.X, v.Max.Y
	if p.orientation.Swaps() {
		x0, y0, x1, y1 = y0, x0, y1, x1
	}
	mirrored, flipped := p.orientation.reverses()
	if mirrored {
		x0, x1 = p.width-x1, p.width-x0
	}
	if flipped {
		y0, y1 = p.height-y1, p.height-y0
	}
	return image.Rect(x0, y0, x1, y1)
}

// reverses says whether the stored columns, and the stored rows, run against the upright photo's (its rows and columns,
// where those change places).
func (o Orientation) reverses() (columns, rows bool) {
	return o == 2 || o == 3 || o == 7 || o == 8, o == 3 || o == 4 || o == 6 || o == 7
}

// turn sets w × h stored RGB pixels upright.
func turn(dst, src []byte, w, h int, o Orientation) {
	columns, rows := o.reverses()
	for y := range h {
		for x := range w {
			ux, uy := x, y
			if columns {
				ux = w - 1 - x
			}
			if rows {
				uy = h - 1 - y
			}
			to := uy*w + ux
			if o.Swaps() {
				to = ux*h + uy
			}
			copy(dst[3*to:3*to+3], src[3*(y*w+x):])
		}
	}
}
