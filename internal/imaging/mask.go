package imaging

import (
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"strings"

	"golang.org/x/image/vector"
)

// Backdrop is what takes the place of a photo's background.
type Backdrop struct {
	Blur   bool     // the photo itself, out of focus
	Colour [3]uint8 // red, green, blue, where Blur is false
}

// mean is ImageNet's mean colour (0.485, 0.456, 0.406): black to a network that takes its input normalised.
var mean = [3]uint8{124, 116, 104}

// ParseBackdrop reads "mean", "blur" or a colour "#rrggbb".
func ParseBackdrop(s string) (Backdrop, error) {
	switch s {
	case "mean":
		return Backdrop{Colour: mean}, nil
	case "blur":
		return Backdrop{Blur: true}, nil
	}
	digits, ok := strings.CutPrefix(s, "#")
	rgb, err := hex.DecodeString(digits)
	if !ok || err != nil || len(rgb) != 3 {
		return Backdrop{}, fmt.Errorf(`must be mean, blur, or a colour such as "#7f7f7f", not %q`, s)
	}
	return Backdrop{Colour: [3]uint8(rgb)}, nil
}

// errOutside is why there is nothing to see of a photo.
var errOutside = errors.New("its outlines lie outside the photo: there would be nothing but background")

// MaskMemory estimates the bytes that Masked needs while it works, for a photo decoded at the given scale.
func (i Info) MaskMemory(scale int) int64 {
	const perPixel = 16 // three planes, made twice, a blur of each, coverage
	return i.Pixels() / int64(scale*scale) * perPixel
}

// Masked gives a copy of a picture that shows what lies inside outlines, each x1, y1, x2, y2, … in pixels of the upright
// photo, and b elsewhere. A pixel that an edge cuts is mixed by the share of it that lies inside. An outline counts as
// filled wherever it winds around, and those of several count together. It is an error if nothing of the photo lies inside.
func (p *Picture) Masked(outlines [][]float32, b Backdrop) (*Picture, error) {
	seen := p.coverage(outlines)
	if seen == nil {
		return nil, errOutside
	}
	out := p.inRGB()
	for c := range out.planes {
		plane := &out.planes[c]
		var behind []byte
		if b.Blur {
			behind = blurred(plane)
		}
		for y := range plane.height {
			row, cover := plane.pix[y*plane.stride:][:plane.width], seen.Pix[y*seen.Stride:]
			for x, v := range row {
				back := b.Colour[c]
				if b.Blur {
					back = behind[y*plane.stride+x]
				}
				a := uint32(cover[x])
				row[x] = byte((a*uint32(v) + (255-a)*uint32(back) + 127) / 255)
			}
		}
	}
	return out, nil
}

// inRGB gives a copy of a picture with planes of red, green and blue, all as large as its first plane.
func (p *Picture) inRGB() *Picture {
	first := p.planes[0]
	w, h := first.width, first.height
	all := image.Rect(0, 0, int(first.dx)*w, int(first.dy)*h) // as stored; a sample at the edge may stand for less
	var r Renderer
	for i := range p.planes {
		r.resizePlane(&r.out[i], &p.planes[i], all, w, h)
	}
	out := &Picture{width: p.width, height: p.height, orientation: p.orientation, space: rgb}
	stride := roundUp8(w)
	for range 3 {
		out.planes = append(out.planes, plane{samples{make([]byte, stride*h), stride, w, h}, first.dx, first.dy})
	}
	row := make([]byte, 3*w)
	for y := range h {
		r.rgbRow(row, p.space, y)
		for c := range out.planes {
			dst := out.planes[c].pix[y*stride:][:w]
			for x := range dst {
				dst[x] = row[3*x+c]
			}
		}
	}
	return out
}

// coverage tells for each sample of the first plane which share of it lies inside the outlines; nil if none does.
func (p *Picture) coverage(outlines [][]float32) *image.Alpha {
	first := p.planes[0]
	total := image.NewAlpha(image.Rect(0, 0, first.width, first.height))
	var z vector.Rasterizer
	any := false
	for _, o := range outlines {
		path := clip(p.placed(o), float32(first.width), float32(first.height))
		at := bounds(path).Intersect(total.Rect)
		if at.Empty() {
			continue
		}
		z.Reset(at.Dx(), at.Dy())
		z.DrawOp = draw.Src
		for i, q := range path {
			x, y := q[0]-float32(at.Min.X), q[1]-float32(at.Min.Y)
			if i == 0 {
				z.MoveTo(x, y)
			} else {
				z.LineTo(x, y)
			}
		}
		z.ClosePath()
		one := image.NewAlpha(image.Rect(0, 0, at.Dx(), at.Dy()))
		z.Draw(one, one.Rect, image.Opaque, image.Point{})
		for y := range at.Dy() {
			dst := total.Pix[total.PixOffset(at.Min.X, at.Min.Y+y):]
			for x, a := range one.Pix[y*one.Stride:][:at.Dx()] {
				any = any || a > 0
				dst[x] = byte(min(255, int(dst[x])+int(a)))
			}
		}
	}
	if !any {
		return nil
	}
	return total
}

// placed gives the points of an outline in samples of the first plane, as the photo is stored.
func (p *Picture) placed(outline []float32) [][2]float32 {
	mirrored, flipped := p.orientation.reverses()
	path := make([][2]float32, len(outline)/2)
	for i := range path {
		x, y := outline[2*i], outline[2*i+1]
		if p.orientation.Swaps() {
			x, y = y, x
		}
		if mirrored {
			x = float32(p.width) - x
		}
		if flipped {
			y = float32(p.height) - y
		}
		path[i] = [2]float32{x / float32(p.planes[0].dx), y / float32(p.planes[0].dy)}
	}
	return path
}
