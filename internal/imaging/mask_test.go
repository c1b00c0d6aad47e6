package imaging

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// coloured is a square photo of random-looking colours.
func coloured(t *testing.T, side int) *Picture {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		img.Pix[i] = byte(i*i*7 + i*31 + i/64)
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	p, err := newRGB(img, side, side, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// drawn renders all of a square photo, pixel for pixel.
func drawn(p *Picture, side int) []byte {
	dst := make([]byte, 3*side*side)
	new(Renderer).Render(dst, p, View{image.Rect(0, 0, side, side), side, Stretch})
	return dst
}

// inside says whether a point lies in a path: whether it winds around it.
func inside(path [][2]float32, x, y float64) bool {
	winding := 0
	for i, b := range path {
		a := path[(i+len(path)-1)%len(path)]
		ay, by := float64(a[1]), float64(b[1])
		if (ay <= y) == (by <= y) {
			continue
		}
		if float64(a[0])+(y-ay)/(by-ay)*(float64(b[0])-float64(a[0])) > x {
			if ay <= y {
				winding++
			} else {
				winding--
			}
		}
	}
	return winding != 0
}

// The coverage of each pixel is the share of it inside, as 32 × 32 points tell. Convex outlines: where a pixel holds parts
// that wind both ways, the rasterizer takes their difference.
func TestCoverage(t *testing.T) {
	const side, points = 12, 32
	p := coloured(t, side)
	rapid.Check(t, func(t *rapid.T) {
		coord := rapid.Float32Range(-side, 2*side)
		outline := rapid.SliceOfN(coord, 6, 6).Draw(t, "triangle")
		path := p.placed(outline)
		got := p.coverage([][]float32{outline})
		for y := range side {
			for x := range side {
				hits := 0
				for j := range points {
					for i := range points {
						if inside(path, float64(x)+(float64(i)+0.5)/points, float64(y)+(float64(j)+0.5)/points) {
							hits++
						}
					}
				}
				a := 0.0
				if got != nil {
					a = float64(got.AlphaAt(x, y).A) / 255
				}
				if want := float64(hits) / points / points; math.Abs(a-want) > 0.04 {
					t.Fatalf("pixel %d, %d of %v: covered by %.3f, want %.3f", x, y, outline, a, want)
				}
			}
		}
	})
}

// What lies inside is as it was, whichever way the photo is stored; outside is the colour, and an edge mixes both.
func TestMaskedInEveryOrientation(t *testing.T) {
	const side = 24
	for o := Orientation(1); o <= 8; o++ {
		p := coloured(t, side)
		p.orientation = o
		before := drawn(p, side)
		m, err := p.Masked([][]float32{{3, 5, 10.5, 5, 10.5, 20, 3, 20}}, Backdrop{Colour: [3]uint8{9, 200, 33}})
		if err != nil {
			t.Fatal(err)
		}
		after := drawn(m, side)
		for y := range side {
			for x := range side {
				i := 3 * (y*side + x)
				want := []byte{9, 200, 33}
				switch in := y >= 5 && y < 20; {
				case in && x >= 3 && x < 10:
					want = before[i : i+3]
				case in && x == 10:
					want = nil
					for c, back := range []int{9, 200, 33} {
						want = append(want, byte((int(before[i+c])+back+1)/2))
					}
				}
				for c := range want {
					if math.Abs(float64(after[i+c])-float64(want[c])) > 1 || x != 10 && after[i+c] != want[c] {
						t.Fatalf("orientation %d: pixel %d, %d is %v, want %v", o, x, y, after[i:i+3], want)
					}
				}
			}
		}
		if !bytes.Equal(drawn(p, side), before) {
			t.Fatal("the picture itself was changed")
		}
	}
}

// Outlines are in pixels of the photo, at whatever scale it is decoded, and no colour of the background is left in a JPEG
// with coarse chroma.
func TestMaskedJPEG(t *testing.T) {
	const side = 160
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			c := color.RGBA{255, 0, 0, 255}
			if x >= 32 && x < 96 && y >= 64 && y < 128 {
				c = color.RGBA{0, 0, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	info, err := Probe(data.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, scale := range []int{1, 2, 4} {
		p, err := Decode(data.Bytes(), info, scale)
		if err != nil {
			t.Fatal(err)
		}
		m, err := p.Masked([][]float32{{32, 64, 96, 64, 96, 128, 32, 128}}, Backdrop{Colour: [3]uint8{0, 255, 0}})
		if err != nil {
			t.Fatal(err)
		}
		size := side / scale
		dst := make([]byte, 3*size*size)
		new(Renderer).Render(dst, m, View{image.Rect(0, 0, side, side), size, Stretch})
		red := 0
		for i := 0; i < len(dst); i += 3 {
			x, y := i/3%size*scale, i/3/size*scale
			in := x >= 32 && x < 96 && y >= 64 && y < 128
			if !in && !bytes.Equal(dst[i:i+3], []byte{0, 255, 0}) {
				t.Fatalf("scale %d: background pixel %d, %d is %v", scale, x, y, dst[i:i+3])
			}
			if in && dst[i+1] > 100 {
				t.Fatalf("scale %d: pixel %d, %d of the item is %v", scale, x, y, dst[i:i+3])
			}
			red = max(red, int(dst[i]))
		}
		if red > 160 { // chroma is stored at half size, so the item's own edge has a little
			t.Errorf("scale %d: red up to %d is left", scale, red)
		}
	}
}

// Several outlines count together, wherever they overlap and whichever way they run.
func TestOutlinesTogether(t *testing.T) {
	p := coloured(t, 10)
	seen := p.coverage([][]float32{{0, 0, 6, 0, 6, 6, 0, 6}, {4, 4, 4, 9, 9, 9, 9, 4}, {20, 20, 30, 20, 30, 30}, {1, 1}, nil})
	for y := range 10 {
		for x := range 10 {
			want := x < 6 && y < 6 || x >= 4 && x < 9 && y >= 4 && y < 9
			if got := seen.AlphaAt(x, y).A; (got == 255) != want || got != 0 && got != 255 {
				t.Errorf("pixel %d, %d is covered by %d", x, y, got)
			}
		}
	}
}

func TestBlurredBackground(t *testing.T) {
	const side = 60
	p := coloured(t, side)
	before := drawn(p, side)
	m, err := p.Masked([][]float32{{20, 20, 40, 20, 40, 40, 20, 40}}, Backdrop{Blur: true})
	if err != nil {
		t.Fatal(err)
	}
	after := drawn(m, side)
	var sum, squares, n float64
	for i := range after {
		x, y := i/3%side, i/3/side
		if x >= 20 && x < 40 && y >= 20 && y < 40 {
			if after[i] != before[i] {
				t.Fatalf("pixel %d, %d of the item changed", x, y)
			}
			continue
		}
		sum, squares, n = sum+float64(after[i]), squares+float64(after[i])*float64(after[i]), n+1
	}
	if sd := math.Sqrt(squares/n - sum/n*sum/n); sd > 15 || math.Abs(sum/n-mean3(before)) > 8 {
		t.Errorf("the background has the mean %.0f of %.0f and spread %.1f", sum/n, mean3(before), sd)
	}
	flat := &plane{samples{bytes.Repeat([]byte{77}, 16*9), 16, 13, 9}, 1, 1}
	for y := range 9 {
		for x := range 13 {
			if v := blurred(flat)[16*y+x]; v != 77 {
				t.Fatalf("blur makes %d of flat 77", v)
			}
		}
	}
}

func mean3(b []byte) float64 {
	s := 0.0
	for _, v := range b {
		s += float64(v)
	}
	return s / float64(len(b))
}

// A grey photo can have a coloured background, and one of odd size keeps every pixel.
func TestMaskedGrey(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 13, 13))
	for i := range img.Pix {
		img.Pix[i] = byte(i)
	}
	p, err := newGrey(img, 13, 13, 1)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Masked([][]float32{{0, 0, 13, 0, 13, 6, 0, 6}}, Backdrop{Colour: [3]uint8{1, 2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range drawn(m, 13) {
		want := byte(i / 3)
		if i/3/13 >= 6 {
			want = byte(i%3 + 1)
		}
		if v != want {
			t.Fatalf("byte %d is %d, want %d", i, v, want)
		}
	}
}

// Numbers that no outline of a photo has do no harm.
func TestHostileOutlines(t *testing.T) {
	p := coloured(t, 20)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, o := range [][]float32{{nan, 0, 5, 5, 0, 5}, {inf, 0, 5, 5, 0, 5}, {30, 30, 40, 30, 40, 40}, {5, 5, 5, 5, 5, 5}, {0, 0, 10, 10}, {3}, {}} {
		if _, err := p.Masked([][]float32{o}, Backdrop{}); err == nil || !strings.Contains(err.Error(), "outside the photo") {
			t.Errorf("%v: %v", o, err)
		}
	}
	const huge = math.MaxFloat32
	m, err := p.Masked([][]float32{{-huge, -huge, huge, -huge, huge, huge, -huge, huge}}, Backdrop{})
	if err != nil || !bytes.Equal(drawn(m, 20), drawn(p, 20)) {
		t.Errorf("an outline around everything: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		o := rapid.SliceOfN(rapid.Float32(), 0, 30).Draw(t, "outline")
		_, _ = p.Masked([][]float32{o}, Backdrop{})
	})
}

func TestParseBackdrop(t *testing.T) {
	for s, want := range map[string]Backdrop{"mean": {Colour: [3]uint8{124, 116, 104}}, "blur": {Blur: true}, "#00ff7F": {Colour: [3]uint8{0, 255, 127}}} {
		if got, err := ParseBackdrop(s); err != nil || got != want {
			t.Errorf("%s: %+v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "white", "#fff", "#12345g", "123456", "#1234567", "##12345"} {
		if _, err := ParseBackdrop(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}
