package synth

import "math"

// camera maps centimetres on the body to pixels of the photo: a slight bend of the body sideways, then a projective
// map (scale, rotation, shear and perspective).
type camera struct {
	bend  float64 // sideways shift in cm at 100 cm from bendY, growing with the square
	bendY float64
	m     [9]float64 // rows of the projective map
	inv   [9]float64
	scale float64 // pixels per centimetre in the middle of the view
}

// view is what a camera is made from.
type view struct {
	look    pt      // the point of the body that comes to at
	at      pt      // pixels
	scale   float64 // pixels per cm
	aspect  float64 // stretch of x against y; below 1 for a body turned sideways
	degrees float64 // rotation of the photo
	shear   float64
	tilt    pt // perspective: change of scale per 100 cm to the right and down
	bend    float64
}

func newCamera(v view) *camera {
	s, c := math.Sincos(v.degrees * math.Pi / 180)
	kx, ky := v.scale*v.aspect, v.scale
	// linear part: rotate(scale(shear))
	a, b := c*kx, c*kx*v.shear-s*ky
	d, e := s*kx, s*kx*v.shear+c*ky
	g, h := v.tilt.x/100, v.tilt.y/100
	// body coordinates are taken from the point looked at, which lands on v.at
	m := [9]float64{
		a + v.at.x*g, b + v.at.x*h, v.at.x,
		d + v.at.y*g, e + v.at.y*h, v.at.y,
		g, h, 1,
	}
	shift := [9]float64{1, 0, -v.look.x, 0, 1, -v.look.y, 0, 0, 1}
	cam := &camera{bend: v.bend, bendY: v.look.y, m: product(m, shift), scale: v.scale}
	cam.inv = inverse(cam.m)
	return cam
}

func (c *camera) lean(y float64) float64 {
	t := (y - c.bendY) / 100
	return c.bend * t * t
}

// px maps a point of the body to the photo.
func (c *camera) px(p pt) pt {
	x, y, m := p.x+c.lean(p.y), p.y, &c.m
	w := 1 / (m[6]*x + m[7]*y + m[8])
	return pt{(m[0]*x + m[1]*y + m[2]) * w, (m[3]*x + m[4]*y + m[5]) * w}
}

// cm maps a pixel back to the body.
func (c *camera) cm(p pt) pt {
	m := &c.inv
	w := 1 / (m[6]*p.x + m[7]*p.y + m[8])
	y := (m[3]*p.x + m[4]*p.y + m[5]) * w
	return pt{(m[0]*p.x+m[1]*p.y+m[2])*w - c.lean(y), y}
}

func product(a, b [9]float64) (m [9]float64) {
	for i := range 3 {
		for j := range 3 {
			m[3*i+j] = a[3*i]*b[j] + a[3*i+1]*b[3+j] + a[3*i+2]*b[6+j]
		}
	}
	return m
}

func inverse(m [9]float64) [9]float64 {
	a, b, c, d, e, f, g, h, i := m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]
	det := a*(e*i-f*h) - b*(d*i-f*g) + c*(d*h-e*g)
	k := 1 / det
	return [9]float64{
		(e*i - f*h) * k, (c*h - b*i) * k, (b*f - c*e) * k,
		(f*g - d*i) * k, (a*i - c*g) * k, (c*d - a*f) * k,
		(d*h - e*g) * k, (b*g - a*h) * k, (a*e - b*d) * k,
	}
}
