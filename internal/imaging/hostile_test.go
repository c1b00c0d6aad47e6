package imaging

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// decodeAll does all that is done to a photo.
func decodeAll(data []byte, maxPixels int64) error {
	info, err := Probe(data)
	if err != nil || info.Pixels() > maxPixels {
		return err
	}
	v := View{image.Rect(0, 0, info.Width, info.Height), 8, Stretch}
	p, err := Decode(data, info, Scale(v))
	if err != nil {
		return err
	}
	new(Renderer).Render(make([]byte, 3*8*8), p, v)
	return nil
}

func TestBadFilesSayWhy(t *testing.T) {
	jpg, pngFile, webp := testdata(t, "420.jpg"), testdata(t, "rgb.png"), testdata(t, "lossy.webp")
	frame := bytes.Index(jpg, []byte{0xFF, markerSOF0})
	as := func(m byte) []byte { b := bytes.Clone(jpg); b[frame+1] = m; return b }
	twelve := bytes.Clone(jpg)
	twelve[frame+4] = 12
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "empty"},
		{"text", []byte("<html>not found</html>"), `not a photo: it starts with "<html>no"`},
		{"cut in the scan", jpg[:len(jpg)-300], "truncated"},
		{"cut before the end", jpg[:len(jpg)-2], "truncated"},
		{"cut in the header", jpg[:frame+5], "truncated"},
		{"only the start", jpg[:3], "truncated"},
		{"no image", []byte{0xFF, 0xD8, 0xFF, 0xD9}, "without an image"},
		{"arithmetic coding", as(0xC9), "SOF9"},
		{"lossless", as(0xC3), "SOF3"},
		{"12 bits", twelve, "12 bits"},
		{"cut PNG", pngFile[:len(pngFile)/2], "damaged png"},
		{"cut WebP", webp[:len(webp)/2], "unexpected EOF"},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic"), "HEIC photos are not supported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := decodeAll(c.data, 1e8); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want something with %q", err, c.want)
			}
		})
	}
}

// A few bytes that promise a huge picture are recognised before memory is taken for it.
func TestDimensionBomb(t *testing.T) {
	bomb := bytes.Clone(testdata(t, "rgb.png"))
	binary.BigEndian.PutUint32(bomb[16:], 60000)
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	fixCRC(bomb)
	jpg := bytes.Clone(testdata(t, "420.jpg"))
	frame := bytes.Index(jpg, []byte{0xFF, markerSOF0})
	copy(jpg[frame+5:], "\xFF\xFF\xFF\xFF")
	for name, data := range map[string][]byte{"png": bomb, "jpeg": jpg} {
		info, err := Probe(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if info.Pixels() < 3e9 {
			t.Errorf("%s: %d pixels seen", name, info.Pixels())
		}
	}
}

// A decoder that panics gives an error.
func TestPanicIsAnError(t *testing.T) {
	info := Info{Format: "jpeg", Width: 8, Height: 8, Orientation: 1} // no jpegFile: the decoder will trip over it
	if _, err := Decode(testdata(t, "420.jpg"), info, 1); err == nil || !strings.Contains(err.Error(), "damaged jpeg") {
		t.Errorf("got %v", err)
	}
}

// What the fast decoder gets wrong goes the slow way: a sequential file in several scans has its colours.
func TestScansOfOneComponent(t *testing.T) {
	j, err := readJPEG(testdata(t, "420.jpg"), true)
	if err != nil || !j.suitsFast() {
		t.Fatalf("an ordinary JPEG: %v", err)
	}
	for _, other := range []jpegFile{
		{frame: markerSOF0, sampling: make([][2]int, 3), firstScan: 1},
		{frame: markerSOF0, sampling: make([][2]int, 4), firstScan: 4},
		{frame: markerSOF1, sampling: make([][2]int, 3), firstScan: 3},
	} {
		if other.suitsFast() {
			t.Errorf("%+v is given to the fast decoder", other)
		}
	}
}

// Scaled decoding shows the same picture.
func TestScaledDecoding(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 203, 149))
	for y := range 149 {
		for x := range 203 {
			o := img.PixOffset(x, y)
			img.Pix[o], img.Pix[o+1], img.Pix[o+2], img.Pix[o+3] = byte(x), byte(y), byte(255-x/2-y/3), 255
		}
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	info, err := Probe(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	v := View{image.Rect(20, 16, 180, 144), 16, Stretch}
	var want []byte
	for _, scale := range []int{1, 2, 4, 8} {
		p, err := Decode(buf.Bytes(), info, scale)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 3*16*16)
		new(Renderer).Render(got, p, v)
		if scale == 1 {
			want = got
		}
		for i := range got {
			if d := int(got[i]) - int(want[i]); d > 6 || d < -6 {
				t.Fatalf("at scale %d byte %d is %d, unscaled %d", scale, i, got[i], want[i])
			}
		}
	}
}

func TestSizeReadsOnlyTheHeader(t *testing.T) {
	for name, want := range map[string][2]int{"orientation6.jpg": {90, 60}, "rgb.png": {90, 60}, "exif8.webp": {90, 60}} {
		r := bytes.NewReader(testdata(t, name))
		if w, h, err := Size(r); err != nil || [2]int{w, h} != want {
			t.Errorf("%s: %d×%d, %v", name, w, h, err)
		}
	}
	// The frame header far behind, after 5 to 200 KB of other segments, and much that isn't to be read.
	data := testdata(t, "orientation6.jpg")
	for _, segments := range []int{0, 1, 10, 40} {
		long := append([]byte{}, data[:2]...)
		for range segments {
			long = append(append(long, 0xFF, 0xE2, 0x13, 0x88), make([]byte, 0x1388-2)...)
		}
		header := len(long)
		long = append(append(long, data[2:]...), make([]byte, 1<<20)...)
		r := bytes.NewReader(long)
		if w, h, err := Size(r); err != nil || w != 90 || h != 60 {
			t.Errorf("%d segments: %d×%d, %v", segments, w, h, err)
		}
		if read := len(long) - r.Len(); segments < 40 && read > header+len(data)+usualHeader {
			t.Errorf("%d segments: %d bytes were read", segments, read)
		}
	}
}

// TestSizeOfParts wants a photo that is cut off anywhere, and comes in parts, to be of the same size as at once or of none.
func TestSizeOfParts(t *testing.T) {
	for _, name := range []string{"orientation6.jpg", "progressive.jpg", "rgb.png", "exif8.webp", "exif3.tiff"} {
		data := testdata(t, name)
		for end := 0; end < len(data); end += 1 + end/8 {
			w, h, err := Size(bytes.NewReader(data[:end]))
			w1, h1, err1 := Size(iotest.OneByteReader(bytes.NewReader(data[:end])))
			if w != w1 || h != h1 || fmt.Sprint(err) != fmt.Sprint(err1) {
				t.Fatalf("%s, %d bytes: %d×%d, %v at once; %d×%d, %v in parts", name, end, w, h, err, w1, h1, err1)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"420.jpg", "progressive.jpg", "cmyk.jpg", "grey.jpg", "alpha.png", "palette.png", "alpha.webp", "lossless.webp", "frame.gif", "exif3.tiff"} {
		f.Add(testdata(f, name))
	}
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewGray16(image.Rect(0, 0, 3, 2))); err != nil {
		f.Fatal(err)
	}
	f.Add(small.Bytes())
	f.Fuzz(func(_ *testing.T, data []byte) {
		_ = decodeAll(data, 1<<20) // it must only not panic
	})
}

func FuzzOrientation(f *testing.F) {
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"))
	f.Add([]byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := readOrientation(data); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}

// fixCRC makes the checksum of a PNG's first chunk right again.
func fixCRC(b []byte) {
	n := binary.BigEndian.Uint32(b[8:])
	binary.BigEndian.PutUint32(b[16+n:], crc32.ChecksumIEEE(b[12:16+n]))
}

func TestOrientationOfBrokenBlocks(t *testing.T) {
	good := "II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"
	if o := readOrientation([]byte(good)); o != 6 {
		t.Fatalf("a sound block gives %d", o)
	}
	for name, b := range map[string]string{
		"cut":       good[:20],
		"offset":    "II*\x00\xFF\xFF\xFF\xFF" + good[8:],
		"a long":    strings.Replace(good, "\x12\x01\x03", "\x12\x01\x04", 1),
		"nine":      strings.Replace(good, "\x06\x00\x00\x00", "\x09\x00\x00\x00", 1),
		"two":       strings.Replace(good, "\x01\x00\x00\x00\x06", "\x02\x00\x00\x00\x06", 1),
		"no header": good[8:],
	} {
		if o := readOrientation([]byte(b)); o != 1 {
			t.Errorf("%s: %d, want 1", name, o)
		}
	}
}
