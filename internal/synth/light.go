package synth

import (
	"encoding/binary"
	"math"
)

// exposure is what camera and light do to the finished picture.
type exposure struct {
	gain     rgb     // 1: unchanged
	contrast float64 // 1: unchanged
	slope    pt      // change of brightness from edge to edge
	vignette float64 // darkening of the corners
	grain    float64 // standard deviation of the noise
	blur     int     // passes of a 1-2-1 blur
	noise    uint32  // seed
}

func newExposure(d dice, source string) exposure {
	if source == "shop" {
		k := d.in(0.94, 1.05)
		w := d.in(-0.02, 0.02)
		return exposure{gain: rgb{k + w, k, k - w}, contrast: d.in(0.97, 1.05), grain: d.in(0.5, 2), noise: d.Uint32(), blur: pick(d, 0, 0, 0, 1)}
	}
	k, w := d.in(0.72, 1.18), d.in(-0.12, 0.14)
	return exposure{
		gain: rgb{k * (1 + w), k * (1 + d.in(-0.03, 0.03)), k * (1 - w)}, contrast: d.in(0.8, 1.15),
		slope: pt{d.in(-0.25, 0.25), d.in(-0.2, 0.2)}, vignette: d.in(0, 0.35), grain: d.in(1.5, 8), blur: pick(d, 0, 0, 0, 1, 2, 4), noise: d.Uint32(),
	}
}

// develop applies an exposure to the picture.
func (c *canvas) develop(e exposure) {
	for range e.blur {
		c.soften()
	}
	var curve [3][256]uint16 // 8.4 fixed point
	for ch, g := range [3]float64{e.gain.r, e.gain.g, e.gain.b} {
		for v := range 256 {
			x := (float64(v)*g-118)*e.contrast + 118
			if x > 225 { // highlights roll off
				x = 225 + 30*(1-math.Exp((225-x)/30))
			}
			curve[ch][v] = uint16(clamp(x, 0, 255) * 16)
		}
	}
	across := make([]float64, c.w)
	for x := range across {
		across[x] = falloff(float64(x)/float64(c.w), e.slope.x, e.vignette)
	}
	grains := grainTable(e)
	for y := range c.h {
		k := falloff(float64(y)/float64(c.h), e.slope.y, e.vignette) * 256
		row := c.img.Pix[4*y*c.w : 4*(y+1)*c.w]
		g := int(hash(y, 0, e.noise) * float64(len(grains)))
		for x := range c.w {
			p := row[4*x : 4*x+3 : 4*x+3]
			f := int(across[x] * k)
			n := int(grains[(g+x)&4095])
			p[0] = clampByte((int(curve[0][p[0]])*f>>8 + n) >> 4)
			p[1] = clampByte((int(curve[1][p[1]])*f>>8 + n) >> 4)
			p[2] = clampByte((int(curve[2][p[2]])*f>>8 + n) >> 4)
		}
	}
}

func clampByte(v int) uint8 { return uint8(max(0, min(255, v))) }

func falloff(t, slope, vignette float64) float64 {
	t -= 0.5
	return math.Min(1.2, (1+slope*t)*(1-vignette*2*t*t))
}

// grainTable is one period of noise: a sum of three uniforms, near enough to normal.
func grainTable(e exposure) []int16 {
	t := make([]int16, 4096)
	for i := range t {
		n := hash(i, 1, e.noise) + hash(i, 2, e.noise) + hash(i, 3, e.noise) - 1.5
		t[i] = int16(n * 2 * e.grain * 16)
	}
	return t
}

// soften blurs the picture once by 1-2-1 in both directions, eight bytes at a time.
func (c *canvas) soften() {
	n := 4 * c.w
	c.scratch = sized(c.scratch, n*c.h)
	p, q := c.img.Pix, c.scratch
	for y := range c.h {
		blend3(q[n*y:][:n], p[n*max(y-1, 0):][:n], p[n*y:][:n], p[n*min(y+1, c.h-1):][:n])
	}
	for y := range c.h {
		in, out := q[n*y:][:n], p[n*y:][:n]
		copy(out[:4], in[:4])
		copy(out[n-4:], in[n-4:])
		blend3(out[4:n-4], in[:n-8], in[4:n-4], in[8:])
	}
}

// blend3 makes (a + 2·b + d) / 4 of the bytes of three equally long slices whose length is a multiple of four.
func blend3(out, a, b, d []uint8) {
	le, i := binary.LittleEndian, 0
	for ; i+8 <= len(out); i += 8 {
		x, y, z := le.Uint64(a[i:]), le.Uint64(b[i:]), le.Uint64(d[i:])
		m := (x & z) + ((x ^ z) >> 1 & 0x7f7f7f7f7f7f7f7f)         // mean, rounded down
		le.PutUint64(out[i:], (m|y)-((m^y)>>1&0x7f7f7f7f7f7f7f7f)) // mean, rounded up
	}
	for ; i < len(out); i++ {
		out[i] = uint8(((int(a[i])+int(d[i]))>>1 + int(b[i]) + 1) >> 1)
	}
}

// defocus blurs the picture strongly: two box blurs of a radius in pixels.
func (c *canvas) defocus(radius int) {
	if radius < 1 {
		return
	}
	c.scratch = sized(c.scratch, 4*c.w*c.h)
	for range 2 {
		for y := range c.h {
			boxLine(c.scratch[4*c.w*y:], c.img.Pix[4*c.w*y:], c.w, 4, radius)
		}
		for x := range c.w {
			boxLine(c.img.Pix[4*x:], c.scratch[4*x:], c.h, 4*c.w, radius)
		}
	}
}

// boxLine averages n pixels, step bytes apart, over 2·radius+1 neighbours, repeating the ends.
func boxLine(out, in []uint8, n, step, radius int) {
	k := 65536 / (2*radius + 1)
	var s [3]int
	at := func(i int) int { return max(0, min(n-1, i)) * step }
	for i := -radius; i <= radius; i++ {
		for ch := range s {
			s[ch] += int(in[at(i)+ch])
		}
	}
	for i := range n {
		o, a, b := i*step, at(i+radius+1), at(i-radius)
		for ch := range s {
			out[o+ch] = uint8((s[ch]*k + 32768) >> 16)
			s[ch] += int(in[a+ch]) - int(in[b+ch])
		}
		out[o+3] = 255
	}
}
