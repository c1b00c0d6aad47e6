package synth

import (
	"bytes"
	"math"
	"sort"
)

// contours gives the outlines of the pixels an item is seen at, largest first, as polygons along pixel edges, simplified to
// within a tolerance in pixels. Pieces and holes of less than least pixels are left out; a hole is joined to its outline by a
// cut of no width.
func (c *canvas) contours(item uint8, least, tolerance float64) []path {
	c.seen = sized(c.seen, c.w*c.h) // left edges already walked
	seen := c.seen
	clear(seen)
	var outer, holes []path
	for y := range c.h {
		if bytes.IndexByte(c.owner[y*c.w:(y+1)*c.w], item) < 0 {
			continue
		}
		for x := range c.w {
			i := y*c.w + x
			if c.owner[i] != item || x > 0 && c.owner[i-1] == item || seen[i] {
				continue
			}
			l := c.walk(item, x, y, seen)
			a := l.area()
			if math.Abs(a) < least {
				continue
			}
			if l = l.simplified(tolerance); len(l) < 3 {
				continue
			}
			if a > 0 {
				outer = append(outer, l)
			} else {
				holes = append(holes, l)
			}
		}
	}
	sort.SliceStable(outer, func(i, j int) bool { return outer[i].area() > outer[j].area() })
	for _, h := range holes {
		for i := len(outer) - 1; i >= 0; i-- { // the smallest that holds it
			if outer[i].holds(h[0]) {
				outer[i] = outer[i].cutTo(h)
				break
			}
		}
	}
	return outer
}

// walk follows pixel edges with the item on the right hand, from the left edge of pixel (x, y) upwards: clockwise around the
// item, anticlockwise around a hole.
func (c *canvas) walk(item uint8, x, y int, seen []bool) path {
	in := func(x, y int) bool { return x >= 0 && y >= 0 && x < c.w && y < c.h && c.owner[y*c.w+x] == item }
	px, py, dx, dy := x, y+1, 0, -1
	x0, y0 := px, py
	var p path
	for {
		if dy == -1 {
			seen[(py-1)*c.w+px] = true
		}
		px, py = px+dx, py+dy
		if px == x0 && py == y0 {
			return append(p, pt{float64(px), float64(py)})
		}
		// the two pixels ahead of this corner
		lx, ly := px+(dx+dy-1)/2, py+(dy-dx-1)/2
		rx, ry := px+(dx-dy-1)/2, py+(dy+dx-1)/2
		ndx, ndy := dx, dy
		switch {
		case !in(rx, ry):
			ndx, ndy = -dy, dx
		case in(lx, ly):
			ndx, ndy = dy, -dx
		}
		if ndx != dx || ndy != dy {
			p = append(p, pt{float64(px), float64(py)})
		}
		dx, dy = ndx, ndy
	}
}

// area is positive for a clockwise outline (on a screen).
func (p path) area() float64 {
	s := 0.0
	for i, a := range p {
		b := p[(i+1)%len(p)]
		s += a.x*b.y - b.x*a.y
	}
	return s / 2
}

// holds tells whether a point lies inside, by the even-odd rule.
func (p path) holds(q pt) bool {
	in := false
	for i, a := range p {
		b := p[(i+1)%len(p)]
		if (a.y > q.y) != (b.y > q.y) && q.x < a.x+(b.x-a.x)*(q.y-a.y)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}

// cutTo joins a hole at the corners that are nearest to each other.
func (p path) cutTo(h path) path {
	best, i0, j0 := math.Inf(1), 0, 0
	for i, a := range p {
		for j, b := range h {
			if d := a.sub(b).len(); d < best {
				best, i0, j0 = d, i, j
			}
		}
	}
	out := append(path{}, p[:i0+1]...)
	out = append(append(out, h[j0:]...), h[:j0+1]...)
	return append(out, p[i0:]...)
}

// simplified drops corners that lie within tolerance of the line without them (Douglas and Peucker), on a closed outline.
func (p path) simplified(tolerance float64) path {
	far, best := 0, -1.0
	for i, a := range p {
		if d := a.sub(p[0]).len(); d > best {
			far, best = i, d
		}
	}
	ring := append(append(path{}, p...), p[0])
	keep := make([]bool, len(ring))
	keep[0], keep[far] = true, true
	thin(ring, 0, far, tolerance, keep)
	thin(ring, far, len(ring)-1, tolerance, keep)
	var out path
	for i := range p {
		if keep[i] {
			out = append(out, p[i])
		}
	}
	return out
}

func thin(p path, a, b int, tolerance float64, keep []bool) {
	far, best := -1, tolerance
	d := p[b].sub(p[a])
	l := math.Max(d.len(), 1e-9)
	for i := a + 1; i < b; i++ {
		if h := math.Abs(dot(p[i].sub(p[a]), d.left())) / l; h > best {
			far, best = i, h
		}
	}
	if far >= 0 {
		keep[far] = true
		thin(p, a, far, tolerance, keep)
		thin(p, far, b, tolerance, keep)
	}
}
