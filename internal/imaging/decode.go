package imaging

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/gen2brain/jpegn"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// Decode decodes the photo that info was probed from. scale is 1, 2, 4 or 8: a JPEG is decoded at that fraction of its
// width and height, which is much faster; other formats ignore it. See Scale.
func Decode(data []byte, info Info, scale int) (p *Picture, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("damaged %s: %v", info.Format, r)
		}
	}()
	w, h := info.Width, info.Height
	if info.Orientation.Swaps() {
		w, h = h, w
	}
	switch info.Format {
	case "jpeg":
		p, err = decodeJPEG(data, info.jpeg, scale)
	case "webp":
		p, err = decodeWebP(data, w, h)
	case "gif":
		p, err = decodeGIF(data, w, h)
	case "png":
		p, err = decodeAny(png.Decode, data, w, h)
	case "bmp":
		p, err = decodeAny(bmp.Decode, data, w, h)
	case "tiff":
		p, err = decodeAny(tiff.Decode, data, w, h)
	default:
		return nil, errors.New("not a photo")
	}
	if err != nil {
		return nil, fmt.Errorf("damaged %s: %w", info.Format, err)
	}
	p.orientation = info.Orientation
	return p, nil
}

// decodeJPEG uses the fast decoder where it is known to be right, and the standard library's for the rest.
func decodeJPEG(data []byte, j *jpegFile, scale int) (*Picture, error) {
	if j.suitsFast() {
		img, err := jpegn.Decode(bytes.NewReader(data), &jpegn.Options{ScaleDenom: scale})
		if err == nil {
			return fromImage(img, ycc, j.width, j.height, scale)
		}
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return fromImage(img, ycc, j.width, j.height, 1)
}

// suitsFast says whether jpegn v0.5.0 decodes this file as it should. It gives black for four components with Adobe
// transform 0, reads only the first of several scans of a sequential file, and refuses extended sequential ones.
func (j *jpegFile) suitsFast() bool {
	n := len(j.sampling)
	switch j.frame {
	case markerSOF0:
		return (n == 1 || n == 3) && j.firstScan == n
	case markerSOF2:
		return n == 1 || n == 3
	}
	return false
}

func (j *jpegFile) maxSampling() (h, v int) {
	h, v = 1, 1
	for _, s := range j.sampling {
		h, v = max(h, s[0]), max(v, s[1])
	}
	return h, v
}

// fromImage takes over an image whose pixels stand for a photo of width × height, scaled down by scale.
func fromImage(img image.Image, s space, width, height, scale int) (*Picture, error) {
	if b := img.Bounds(); b.Dx() != ceilDiv(width, scale) || b.Dy() != ceilDiv(height, scale) {
		return nil, fmt.Errorf("the header says %d×%d pixels, there are %d×%d", width, height, b.Dx()*scale, b.Dy()*scale)
	}
	switch img := img.(type) {
	case *image.YCbCr:
		return newYCC(img, s, width, height, scale)
	case *image.Gray:
		return newGrey(img, width, height, scale)
	default:
		return newRGB(img, width, height, scale)
	}
}

func decodeWebP(data []byte, w, h int) (*Picture, error) {
	img, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if a, ok := img.(*image.NYCbCrA); ok {
		return overWhite(a, w, h)
	}
	return fromImage(img, yccVideo, w, h, 1)
}

// decodeGIF gives the first frame on a canvas of the size the file declares.
func decodeGIF(data []byte, w, h int) (*Picture, error) {
	img, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	canvas := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(canvas, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return newRGB(canvas, w, h, 1)
}

func decodeAny(decode func(io.Reader) (image.Image, error), data []byte, w, h int) (*Picture, error) {
	img, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return fromImage(img, ycc, w, h, 1)
}
