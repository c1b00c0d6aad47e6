package imaging

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// Info is what the header of a photo's file says, before a pixel is decoded.
type Info struct {
	Format      string // "jpeg", "png", "webp", "gif", "bmp", "tiff"
	Width       int    // of the upright photo, in pixels
	Height      int
	Orientation Orientation

	jpeg     *jpegFile
	perPixel int64 // bytes of memory that decoding takes; 0 for a JPEG
}

// Probe reads the header of a photo's file. The format is told by its bytes; the file's name does not matter.
func Probe(data []byte) (Info, error) { return probe(data, true) }

// probe is Probe; unless whole is set, data may be only the beginning of a file.
func probe(data []byte, whole bool) (info Info, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the header can't be read: %v", r)
		}
	}()
	info = Info{Format: sniff(data), Orientation: 1}
	switch info.Format {
	case "jpeg":
		err = info.probeJPEG(data, whole)
	case "png":
		info.Orientation = pngOrientation(data)
		err = info.probeWith(png.DecodeConfig, data)
	case "webp":
		info.Orientation = webpOrientation(data)
		err = info.probeWith(webp.DecodeConfig, data)
	case "tiff":
		info.Orientation = readOrientation(data)
		err = info.probeWith(tiff.DecodeConfig, data)
	case "gif":
		err = info.probeWith(gif.DecodeConfig, data)
	case "bmp":
		err = info.probeWith(bmp.DecodeConfig, data)
	case "":
		err = notAPhoto(data)
	default:
		err = fmt.Errorf("%s photos are not supported; convert them to JPEG, PNG or WebP", info.Format)
	}
	if err != nil {
		return Info{}, err
	}
	if info.Width <= 0 || info.Height <= 0 {
		return Info{}, fmt.Errorf("the photo is %d×%d pixels", info.Width, info.Height)
	}
	if info.Orientation.Swaps() {
		info.Width, info.Height = info.Height, info.Width
	}
	return info, nil
}

func (i *Info) probeJPEG(data []byte, whole bool) error {
	j, err := readJPEG(data, whole)
	if err != nil {
		return err
	}
	i.jpeg, i.Width, i.Height, i.Orientation = j, j.width, j.height, j.orientation
	return nil
}

func (i *Info) probeWith(config configFunc, data []byte) error {
	c, err := config(bytes.NewReader(data))
	if err != nil {
		return err
	}
	i.Width, i.Height = c.Width, c.Height
	pixel := pixelBytes(c.ColorModel)
	const planes = 3 // ours
	switch i.Format {
	case "png":
		i.perPixel = pixel + planes
		if interlaced := data[28] != 0; interlaced { // the last byte of IHDR, which DecodeConfig has read
			i.perPixel += pixel // a pass, beside the image
		}
	case "tiff": // the unpacked strips, beside the image
		i.perPixel = 2*pixel + planes
	case "gif": // indices, then a canvas of RGBA
		i.perPixel = 1 + 4 + planes
	default: // transparent WebP has planes of its own and is laid over white
		i.perPixel = max(pixel, 7) + planes
	}
	return nil
}

// pixelBytes gives the bytes that a pixel takes in the image that a decoder of Go makes.
func pixelBytes(m color.Model) int64 {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.Gray16Model:
		return 2
	case color.GrayModel:
		return 1
	default:
		return 4
	}
}

// Pixels gives the number of pixels of the photo.
func (i Info) Pixels() int64 { return int64(i.Width) * int64(i.Height) }

// Memory estimates the bytes that Decode at the given scale needs while it works.
func (i Info) Memory(scale int) int64 {
	n := i.Pixels()
	if i.jpeg == nil {
		return n * i.perPixel
	}
	samples := int64(0)
	hmax, vmax := i.jpeg.maxSampling()
	for _, s := range i.jpeg.sampling {
		samples += n * int64(s[0]*s[1]) / int64(hmax*vmax)
	}
	s2 := int64(scale * scale)
	switch {
	case len(i.jpeg.sampling) == 4:
		return n * 12 // planes, CMYK and our planes, all unscaled
	case i.jpeg.frame == markerSOF2:
		return samples*4 + samples/s2 // a 32-bit coefficient per sample
	default:
		return samples / s2
	}
}

type configFunc = func(io.Reader) (image.Config, error)

func notAPhoto(data []byte) error {
	if len(data) == 0 {
		return errors.New("the file is empty")
	}
	return fmt.Errorf("not a photo: it starts with %q", data[:min(8, len(data))])
}

// sniff names the format by the first bytes of a file: "" if none is known.
func sniff(data []byte) string {
	for _, m := range []struct{ name, magic string }{
		{"jpeg", "\xFF\xD8\xFF"}, {"png", "\x89PNG\r\n\x1a\n"}, {"webp", "RIFF????WEBP"},
		{"gif", "GIF87a"}, {"gif", "GIF89a"}, {"bmp", "BM"}, {"tiff", "II*\x00"}, {"tiff", "MM\x00*"},
		{"HEIC", "????ftypheic"}, {"HEIC", "????ftypheix"}, {"HEIC", "????ftypmif1"}, {"AVIF", "????ftypavif"},
		{"JPEG XL", "\xFF\x0A"}, {"JPEG XL", "\x00\x00\x00\x0CJXL "},
	} {
		if matches(data, m.magic) {
			return m.name
		}
	}
	return ""
}

func matches(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != data[i] {
			return false
		}
	}
	return true
}
