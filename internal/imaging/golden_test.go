package imaging

import (
	"encoding/json"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// golden is what Pillow makes of a photo: see testdata/golden.py.
type golden struct {
	Width, Height int
	Region        [4]int
	Whole, Cell   []byte // RGB, 24×20 and 24×24
}

func readGolden(t *testing.T) map[string]golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]golden
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// tolerance gives the largest difference allowed, and the mean one, in levels. Resizing alone is within 1. JPEGs add the
// rounding of another inverse DCT; and where chroma is stored at half size, Pillow enlarges it with its own filter before
// it resizes, which differs at edges of colour.
func tolerance(name string) (largest int, mean float64) {
	switch name {
	case "420.jpg", "422.jpg", "progressive.jpg", "lossy.webp", "alpha.webp", "exif8.webp":
		return 32, 1.6
	}
	if strings.HasPrefix(name, "orientation") {
		return 3, 0.6
	}
	return 1, 0.35
}

func TestPixelsEqualPillows(t *testing.T) {
	for name, want := range readGolden(t) {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			info, err := Probe(data)
			if err != nil {
				t.Fatal(err)
			}
			if info.Width != want.Width || info.Height != want.Height {
				t.Fatalf("upright size %d×%d, want %d×%d", info.Width, info.Height, want.Width, want.Height)
			}
			p, err := Decode(data, info, 1)
			if err != nil {
				t.Fatal(err)
			}
			var r Renderer
			whole := make([]byte, 3*24*20)
			r.draw(whole, p, image.Rect(0, 0, info.Width, info.Height), 24, 20)
			compare(t, name+" whole", whole, want.Whole)
			cell := make([]byte, 3*24*24)
			q := want.Region
			r.Render(cell, p, View{image.Rect(q[0], q[1], q[2], q[3]), 24, Stretch})
			compare(t, name+" cell", cell, want.Cell)
		})
	}
}

// draw is Render for a rectangle that need not be square.
func (r *Renderer) draw(dst []byte, p *Picture, region image.Rectangle, w, h int) {
	sw, sh := w, h
	if p.orientation.Swaps() {
		sw, sh = h, w
	}
	stored := make([]byte, len(dst))
	r.resize(stored, p, p.toStored(region), sw, sh)
	turn(dst, stored, sw, sh, p.orientation)
}

func compare(t *testing.T, name string, got, want []byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d bytes, want %d", name, len(got), len(want))
	}
	most, sum := 0, 0
	for i := range got {
		d := int(got[i]) - int(want[i])
		most, sum = max(most, d, -d), sum+max(d, -d)
	}
	mean := float64(sum) / float64(len(got))
	t.Logf("%s: largest difference %d, mean %.2f", name, most, mean)
	file, _, _ := strings.Cut(name, " ")
	if l, m := tolerance(file); most > l || mean > m {
		t.Errorf("%s: largest difference %d (allowed %d), mean %.2f (allowed %.2f)", name, most, l, mean, m)
	}
}
