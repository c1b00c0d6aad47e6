package imaging_test

import (
	"bytes"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"testing"

	"fashionpipe/internal/imaging"

	"golang.org/x/image/tiff"
)

// What decoding takes is told from the header: the decoder's image, and our planes.
func TestMemory(t *testing.T) {
	at := image.Rect(0, 0, 32, 32)
	asTIFF := func(w io.Writer, m image.Image) error { return tiff.Encode(w, m, nil) }
	asJPEG := func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }
	asGIF := func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) }
	for _, c := range []struct {
		name   string
		encode func(io.Writer, image.Image) error
		img    image.Image
		scale  int
		want   float64 // bytes per pixel
	}{
		{"grey png", png.Encode, image.NewGray(at), 1, 1 + 3},
		{"png", png.Encode, image.NewNRGBA(at), 1, 4 + 3},
		{"png of 16 bits", png.Encode, image.NewNRGBA64(at), 1, 8 + 3},
		{"tiff of 16 bits", asTIFF, image.NewNRGBA64(at), 1, 8 + 8 + 3},
		{"gif", asGIF, image.NewPaletted(at, palette.WebSafe), 1, 1 + 4 + 3},
		{"grey jpeg", asJPEG, image.NewGray(at), 1, 1},
		{"jpeg 4:2:0", asJPEG, image.NewRGBA(at), 1, 1.5},
		{"jpeg 4:2:0 at a quarter", asJPEG, image.NewRGBA(at), 4, 1.5 / 16},
	} {
		var b bytes.Buffer
		if err := c.encode(&b, c.img); err != nil {
			t.Fatal(err)
		}
		info, err := imaging.Probe(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(info.Memory(c.scale)) / 1024; got != c.want {
			t.Errorf("%s: %v bytes per pixel, want %v", c.name, got, c.want)
		}
	}
}
