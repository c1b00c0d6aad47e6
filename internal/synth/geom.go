package synth

import "math"

// pt is a point: centimetres on the body, or pixels of the photo once a camera has mapped it.
type pt struct{ x, y float64 }

func (a pt) add(b pt) pt               { return pt{a.x + b.x, a.y + b.y} }
func (a pt) sub(b pt) pt               { return pt{a.x - b.x, a.y - b.y} }
func (a pt) mul(f float64) pt          { return pt{a.x * f, a.y * f} }
func (a pt) lerp(b pt, t float64) pt   { return pt{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }
func (a pt) len() float64              { return math.Sqrt(a.x*a.x + a.y*a.y) }
func (a pt) flip() pt                  { return pt{-a.x, a.y} }
func (a pt) side(s float64) pt         { return pt{a.x * s, a.y} }
func (a pt) left() pt                  { return pt{-a.y, a.x} }
func dot(a, b pt) float64              { return a.x*b.x + a.y*b.y }
func lerp(a, b, t float64) float64     { return a + (b-a)*t }
func clamp(x, lo, hi float64) float64  { return max(lo, min(hi, x)) }
func direction(degrees float64) pt     { s, c := math.Sincos(degrees * math.Pi / 180); return pt{s, c} }
func smooth(lo, hi, x float64) float64 { t := unit((x - lo) / (hi - lo)); return t * t * (3 - 2*t) }
func unit(x float64) float64 {
	if x < 0 {
		return 0
	}
	if x > 1 {
		return 1
	}
	return x
}

// path collects a flattened outline.
type path []pt

func from(p pt) path { return path{p} }

func (p path) last() pt { return p[len(p)-1] }

// line goes straight, in steps short enough for a bend of the camera.
func (p path) line(to ...pt) path {
	for _, b := range to {
		a := p.last()
		n := int(b.sub(a).len()/6) + 1
		for i := 1; i <= n; i++ {
			p = append(p, a.lerp(b, float64(i)/float64(n)))
		}
	}
	return p
}

// quad goes along a quadratic Bézier curve with control point c.
func (p path) quad(c, b pt) path {
	a := p.last()
	n := int((c.sub(a).len()+b.sub(c).len())/2.5) + 3
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		p = append(p, a.lerp(c, t).lerp(c.lerp(b, t), t))
	}
	return p
}

// cubic goes along a cubic Bézier curve with control points c and d.
func (p path) cubic(c, d, b pt) path {
	a := p.last()
	n := int((c.sub(a).len()+d.sub(c).len()+b.sub(d).len())/2.5) + 4
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		ac, cd, db := a.lerp(c, t), c.lerp(d, t), d.lerp(b, t)
		p = append(p, ac.lerp(cd, t).lerp(cd.lerp(db, t), t))
	}
	return p
}

// through goes along a Catmull-Rom spline through the points.
func (p path) through(q ...pt) path {
	k := append([]pt{p.last()}, q...)
	at := func(i int) pt { return k[max(0, min(len(k)-1, i))] }
	for i := 0; i+1 < len(k); i++ {
		a, b := at(i), at(i+1)
		p = p.cubic(a.add(b.sub(at(i-1)).mul(1.0/6)), b.sub(at(i+2).sub(a).mul(1.0/6)), b)
	}
	return p
}

// mirrored closes a right half (from the middle to the middle) with its mirror image.
func (p path) mirrored() path {
	for i := len(p) - 1; i >= 0; i-- {
		p = append(p, p[i].flip())
	}
	return p
}

func (p path) mapped(f func(pt) pt) path {
	q := make(path, len(p))
	for i, a := range p {
		q[i] = f(a)
	}
	return q
}

func (p path) reversed() path {
	q := make(path, len(p))
	for i, a := range p {
		q[len(p)-1-i] = a
	}
	return q
}

// bounds gives the corners of the smallest upright rectangle around the points.
func (p path) bounds() (lo, hi pt) {
	lo, hi = pt{math.Inf(1), math.Inf(1)}, pt{math.Inf(-1), math.Inf(-1)}
	for _, a := range p {
		lo = pt{math.Min(lo.x, a.x), math.Min(lo.y, a.y)}
		hi = pt{math.Max(hi.x, a.x), math.Max(hi.y, a.y)}
	}
	return lo, hi
}

// ellipse is a closed ellipse around c.
func ellipse(c pt, rx, ry float64) path {
	n := int(math.Max(rx, ry)) + 12
	n = min(n, 48)
	p := make(path, n)
	for i := range p {
		s, k := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		p[i] = pt{c.x + rx*k, c.y + ry*s}
	}
	return p
}

func box(x0, y0, x1, y1 float64) path {
	return path{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

// limb is a closed outline around a centre line with a half width at each of its points and a round end.
func limb(centre []pt, half []float64) path {
	var l, r path
	for i, c := range centre {
		d := centre[min(i+1, len(centre)-1)].sub(centre[max(i-1, 0)])
		n := d.mul(1 / math.Max(d.len(), 1e-9)).left().mul(half[i])
		l, r = append(l, c.add(n)), append(r, c.sub(n))
	}
	p := from(l[0]).through(l[1:]...)
	e := centre[len(centre)-1]
	d := e.sub(centre[len(centre)-2])
	d = d.mul(half[len(half)-1] / math.Max(d.len(), 1e-9))
	p = p.cubic(l[len(l)-1].add(d), r[len(r)-1].add(d), r[len(r)-1])
	return p.through(r.reversed()[1:]...)
}
