package synth

import "math"

// crease is a fold of the cloth: a ridge (or, with a negative height, a valley) along a line, in cm.
type crease struct {
	a, b          pt
	width, height float64
}

func (c *crease) at(p pt) float64 {
	d := c.b.sub(c.a)
	t := dot(p.sub(c.a), d) / dot(d, d)
	if t < 0 || t > 1 {
		return 0
	}
	q := p.sub(c.a.lerp(c.b, t))
	w := 1 - dot(q, q)/(c.width*c.width)
	if w <= 0 {
		return 0
	}
	return 0.75 * c.height * w * w * 4 * t * (1 - t)
}

// reliefStep is the distance in pixels of the points at which the form of the cloth is worked out.
const reliefStep = 4

// relief is the form of a part of a garment over c.mask: the outline is inflated like a cushion, folds are added, and
// slopes are lit. Between its points it is interpolated.
type relief struct {
	cols, rows int
	round      []float32 // blurred mask
	height     []float32 // cm
	nodes      []node
}

// node is what the shading needs at a point: the light that falls there and the place on the cloth (cm), moved a little by
// the slope.
type node struct{ light, u, v float64 }

// shape works out the relief of the part whose outline is in c.mask.
func (c *canvas) shape(cam *camera, p *part, lamp lamp) {
	r, m := &c.relief, &c.mask
	r.cols, r.rows = m.Rect.Dx()/reliefStep+2, m.Rect.Dy()/reliefStep+2
	n := r.cols * r.rows
	r.round, r.height, r.nodes = sized(r.round, n), sized(r.height, n), sized(r.nodes, n)
	for y := range r.rows {
		sy := min(y*reliefStep, m.Rect.Dy()-1)
		for x := range r.cols {
			sx := min(x*reliefStep, m.Rect.Dx()-1)
			r.round[y*r.cols+x] = float32(m.Pix[sy*m.Stride+sx]) / 255
		}
	}
	radius := max(1, int(p.puff*cam.scale/reliefStep))
	for range 2 {
		r.round = blurPlane(r.round, r.cols, r.rows, radius, r.height)
	}
	origin := pt{float64(m.Rect.Min.X) + 0.5, float64(m.Rect.Min.Y) + 0.5}
	r.rise(cam, p, origin)
	r.lit(cam, p, lamp)
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// rise adds the heights: the cushion, the creases and the drape.
func (r *relief) rise(cam *camera, p *part, origin pt) {
	for y := range r.rows {
		for x := range r.cols {
			i := y*r.cols + x
			h := 1.9 * p.puff * float64(r.round[i])
			q := cam.cm(pt{origin.x + float64(x*reliefStep), origin.y + float64(y*reliefStep)})
			for k := range p.creases {
				h += p.creases[k].at(q)
			}
			if p.drape != nil {
				h += p.drape(q)
			}
			r.height[i] = float32(h)
			r.nodes[i].u, r.nodes[i].v = q.x, q.y
		}
	}
}

// lamp is where the light comes from (in the photo; x right, y down) and how hard it is.
type lamp struct {
	from pt
	hard float64
}

// lit turns slopes into light, and places on the body into places on the cloth.
func (r *relief) lit(cam *camera, p *part, l lamp) {
	across := pt{p.along.y, -p.along.x}
	k := cam.scale / (2 * reliefStep) // per cm
	for y := range r.rows {
		y0, y1 := max(y-1, 0), min(y+1, r.rows-1)
		for x := range r.cols {
			x0, x1 := max(x-1, 0), min(x+1, r.cols-1)
			gx := k * float64(r.height[y*r.cols+x1]-r.height[y*r.cols+x0])
			gy := k * float64(r.height[y1*r.cols+x]-r.height[y0*r.cols+x])
			i := y*r.cols + x
			s := gx*l.from.x + gy*l.from.y // uphill towards the light is turned away from it
			light := 1 - l.hard*s - 0.10*math.Min(gx*gx+gy*gy, 2) - 0.16*(1-unit(2*float64(r.round[i])-1))
			q := pt{r.nodes[i].u + 0.7*clamp(gx, -1, 1), r.nodes[i].v + 0.7*clamp(gy, -1, 1)}.sub(p.origin)
			r.nodes[i] = node{clamp(light, 0.42, 1.28), dot(q, across), dot(q, p.along)}
		}
	}
}

// row interpolates the relief along row y of the mask's rectangle.
func (r *relief) row(y int, out []node) {
	j, f := y/reliefStep, float64(y%reliefStep)/reliefStep
	up, low := r.nodes[j*r.cols:(j+1)*r.cols], r.nodes[(j+1)*r.cols:(j+2)*r.cols]
	a := up[0].mix(low[0], f)
	for x := 0; x < len(out); {
		b := up[x/reliefStep+1].mix(low[x/reliefStep+1], f)
		for k := 0; k < reliefStep && x < len(out); k++ {
			out[x] = a.mix(b, float64(k)/reliefStep)
			x++
		}
		a = b
	}
}

func (n node) mix(m node, t float64) node {
	return node{n.light + (m.light-n.light)*t, n.u + (m.u-n.u)*t, n.v + (m.v-n.v)*t}
}

// blurPlane is a box blur of the given radius, with zeros around the plane; tmp is overwritten.
func blurPlane(p []float32, w, h, radius int, tmp []float32) []float32 {
	k := 1 / float32(2*radius+1)
	for y := range h {
		row, out := p[y*w:(y+1)*w], tmp[y*w:(y+1)*w]
		var s float32
		for x := -radius; x < w; x++ {
			if x+radius < w {
				s += row[x+radius]
			}
			if x-radius-1 >= 0 {
				s -= row[x-radius-1]
			}
			if x >= 0 {
				out[x] = s * k
			}
		}
	}
	for x := range w {
		var s float32
		for y := -radius; y < h; y++ {
			if y+radius < h {
				s += tmp[(y+radius)*w+x]
			}
			if y-radius-1 >= 0 {
				s -= tmp[(y-radius-1)*w+x]
			}
			if y >= 0 {
				p[y*w+x] = s * k
			}
		}
	}
	return p
}
