package imaging

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
)

// Picture is a decoded photo, as its file stores it, in planes.
type Picture struct {
	width, height int // of the photo as stored, at full size
	orientation   Orientation
	space         space
	planes        []plane // one where space is grey, else three
}

// space says what the planes of a picture hold.
type space int

const (
	grey     space = iota
	rgb            // red, green, blue
	ycc            // JFIF: luma and chroma over the full range of a byte
	yccVideo       // BT.601: luma in 16–235, chroma in 16–240, as WebP stores it
)

// plane is one channel of a photo.
type plane struct {
	samples
	dx, dy float64 // pixels of the photo per sample
}

// newPlane takes over the samples of a channel with one sample for dx × dy pixels of a photo, copying them if rows
// aren't whole words.
func newPlane(pix []byte, stride, width, height, dx, dy int) (plane, error) {
	if width <= 0 || height <= 0 || width > stride || (height-1)*stride+width > len(pix) {
		return plane{}, fmt.Errorf("%d bytes can't hold %d×%d samples", len(pix), width, height)
	}
	p := plane{samples{pix, stride, width, height}, float64(dx), float64(dy)}
	if stride%8 == 0 && len(pix) >= height*stride {
		return p, nil
	}
	p.stride = roundUp8(width)
	p.pix = make([]byte, p.stride*height)
	for y := range height {
		copy(p.pix[y*p.stride:][:width], pix[y*stride:])
	}
	return p, nil
}

// newYCC takes over the planes of an image that stands for a photo of the given size, maybe scaled down.
func newYCC(img *image.YCbCr, s space, width, height, scale int) (*Picture, error) {
	hx, hy := ratio(img.SubsampleRatio)
	p := &Picture{width: width, height: height, orientation: 1, space: s}
	for i, pix := range [][]byte{img.Y, img.Cb, img.Cr} {
		stride, dx, dy := img.YStride, 1, 1
		if i > 0 {
			stride, dx, dy = img.CStride, hx, hy
		}
		c, err := newPlane(pix, stride, ceilDiv(ceilDiv(width, dx), scale), ceilDiv(ceilDiv(height, dy), scale), dx*scale, dy*scale)
		if err != nil {
			return nil, err
		}
		p.planes = append(p.planes, c)
	}
	return p, nil
}

// newGrey takes over the plane of a grey image that stands for a photo of the given size.
func newGrey(img *image.Gray, width, height, scale int) (*Picture, error) {
	c, err := newPlane(img.Pix, img.Stride, ceilDiv(width, scale), ceilDiv(height, scale), scale, scale)
	return &Picture{width: width, height: height, orientation: 1, space: grey, planes: []plane{c}}, err
}

// newRGB copies any image into planes, over a white background where it is transparent.
func newRGB(img image.Image, width, height, scale int) (*Picture, error) {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	p := &Picture{width: width, height: height, orientation: 1, space: rgb}
	for range 3 {
		stride := roundUp8(w)
		p.planes = append(p.planes, plane{samples{make([]byte, stride*h), stride, w, h}, float64(scale), float64(scale)})
	}
	const rows = 64 // a strip at a time, so that the photo is not held once more
	strip := image.NewRGBA(image.Rect(0, 0, w, min(rows, h)))
	for y := 0; y < h; y += rows {
		draw.Draw(strip, strip.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(strip, strip.Bounds(), img, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
		for i := range min(rows, h-y) {
			p.setRow(y+i, strip.Pix[i*strip.Stride:])
		}
	}
	return p, nil
}

// setRow fills row y of the three planes from RGBA pixels.
func (p *Picture) setRow(y int, rgba []byte) {
	for c := range p.planes {
		dst := &p.planes[c]
		row := dst.pix[y*dst.stride:][:dst.width]
		for x := range row {
			row[x] = rgba[4*x+c]
		}
	}
}

// ratio gives how many luma samples one chroma sample stands for, across and down.
func ratio(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	default:
		return 1, 1
	}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
