package imaging

import (
	"image"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// ramp is a photo whose red is the column and whose green is the row, so that a pixel tells where it came from.
func ramp(w, h int) *Picture {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			o := img.PixOffset(x, y)
			img.Pix[o], img.Pix[o+1], img.Pix[o+2], img.Pix[o+3] = byte(x), byte(y), 7, 255
		}
	}
	p, err := newRGB(img, w, h, 1)
	if err != nil {
		panic(err)
	}
	return p
}

// at gives red and green of pixel x, y.
func at(pix []byte, size, x, y int) [2]int {
	return [2]int{int(pix[3*(y*size+x)]), int(pix[3*(y*size+x)+1])}
}

func near(a, b [2]int, by int) bool {
	return max(a[0]-b[0], b[0]-a[0], a[1]-b[1], b[1]-a[1]) <= by
}

func TestViewsShowWhatTheySay(t *testing.T) {
	p := ramp(240, 120)
	all := image.Rect(0, 0, 240, 120)
	g := Grid{3, 4}
	for _, c := range []struct {
		name         string
		view         View
		first, last  [2]int // what the corner pixels show: column, row
		padded       bool
		insideX, inY int
	}{
		{"stretch", View{all, 24, Stretch}, [2]int{5, 2}, [2]int{234, 117}, false, 0, 0},
		{"crop", View{all, 24, Crop}, [2]int{62, 2}, [2]int{177, 117}, false, 0, 0},
		{"pad", View{all, 24, Pad}, [2]int{5, 5}, [2]int{234, 114}, true, 0, 6},
		{"same size", View{image.Rect(10, 20, 34, 44), 24, Stretch}, [2]int{10, 20}, [2]int{33, 43}, false, 0, 0},
		{"cell", View{g.Cell(all, 6), 24, Stretch}, [2]int{121, 41}, [2]int{178, 78}, false, 0, 0},
		{"enlarged", View{image.Rect(100, 50, 106, 56), 24, Stretch}, [2]int{100, 50}, [2]int{105, 55}, false, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dst := make([]byte, 3*24*24)
			new(Renderer).Render(dst, p, c.view)
			if got := at(dst, 24, c.insideX, c.inY); !near(got, c.first, 2) {
				t.Errorf("upper left shows %v, want %v", got, c.first)
			}
			if got := at(dst, 24, 23-c.insideX, 23-c.inY); !near(got, c.last, 2) {
				t.Errorf("lower right shows %v, want %v", got, c.last)
			}
			if c.padded && (dst[0] != 255 || dst[2] != 255 || dst[len(dst)-1] != 255) {
				t.Error("padding isn't white")
			}
		})
	}
}

// A region's edge doesn't show what lies beyond it.
func TestNothingLeaksIntoARegion(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 90, 90))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := 30; y < 60; y++ {
		for x := 30; x < 60; x++ {
			o := img.PixOffset(x, y)
			img.Pix[o], img.Pix[o+1], img.Pix[o+2] = 40, 40, 40
		}
	}
	p, _ := newRGB(img, 90, 90, 1)
	for _, size := range []int{7, 30, 64} {
		dst := make([]byte, 3*size*size)
		new(Renderer).Render(dst, p, View{Grid{3, 3}.Cell(image.Rect(0, 0, 90, 90), 4), size, Stretch})
		for i, v := range dst {
			if v != 40 {
				t.Fatalf("at size %d byte %d is %d, want 40", size, i, v)
			}
		}
	}
}

func TestCenterCell(t *testing.T) {
	for _, c := range []struct {
		grid Grid
		want int
	}{{Grid{3, 3}, 4}, {Grid{5, 5}, 12}, {Grid{1, 1}, 0}, {Grid{2, 2}, 3}, {Grid{4, 3}, 7}, {Grid{2, 4}, 6}} {
		if got := c.grid.Center(); got != c.want {
			t.Errorf("%v: center is %d, want %d", c.grid, got, c.want)
		}
	}
}

func TestCellsTileTheRegion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := Grid{rapid.IntRange(1, 9).Draw(t, "rows"), rapid.IntRange(1, 9).Draw(t, "cols")}
		region := image.Rect(0, 0, rapid.IntRange(1, 50).Draw(t, "w"), rapid.IntRange(1, 50).Draw(t, "h")).Add(image.Pt(3, 5))
		area := 0
		for i := range g.Cells() {
			c := g.Cell(region, i)
			if !c.In(region) {
				t.Fatalf("cell %d, %v, is not in %v", i, c, region)
			}
			area += c.Dx() * c.Dy()
			for j := range i {
				if c.Overlaps(g.Cell(region, j)) {
					t.Fatalf("cells %d and %d overlap", i, j)
				}
			}
		}
		if area != region.Dx()*region.Dy() {
			t.Fatalf("cells cover %d of %d pixels", area, region.Dx()*region.Dy())
		}
	})
}

func TestParseGrid(t *testing.T) {
	for in, want := range map[string]Grid{"": {}, "none": {}, "3x3": {3, 3}, "2x10": {2, 10}} {
		if got, err := ParseGrid(in); err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"3", "3x", "x3", "0x3", "3x-1", "3x3x3", "3 x 3", " 3x3", "3x3 ", "03x3", "1000x1", "axb"} {
		if got, err := ParseGrid(in); err == nil {
			t.Errorf("%q is taken for %v", in, got)
		}
	}
}

func TestBoxRegion(t *testing.T) {
	for _, c := range []struct {
		box    [4]float64
		margin float64
		want   image.Rectangle
	}{
		{[4]float64{10, 20, 30, 60}, 0, image.Rect(10, 20, 30, 60)},
		{[4]float64{10.7, 20.2, 30.1, 60}, 0, image.Rect(10, 20, 31, 60)},
		{[4]float64{10, 20, 30, 60}, 0.1, image.Rect(8, 16, 32, 64)},
		{[4]float64{10, 20, 30, 60}, 5, image.Rect(0, 0, 100, 80)},
		{[4]float64{200, 20, 300, 60}, 0, image.Rectangle{}},
		{[4]float64{math.NaN(), 20, 30, 60}, 0, image.Rectangle{}},
		{[4]float64{0, 0, math.Inf(1), 60}, 0, image.Rectangle{}},
		{[4]float64{30, 20, 10, 60}, 0, image.Rectangle{}},
	} {
		if got := BoxRegion(c.box, c.margin, 100, 80); got != c.want {
			t.Errorf("%v with margin %v: %v, want %v", c.box, c.margin, got, c.want)
		}
	}
}

func TestScaleKeepsTheResolution(t *testing.T) {
	all := image.Rect(0, 0, 4000, 6000)
	for _, c := range []struct {
		views []View
		want  int
	}{
		{[]View{{all, 224, Stretch}}, 8},
		{[]View{{all, 224, Stretch}, {Grid{3, 3}.Cell(all, 4), 224, Stretch}}, 4},
		{[]View{{all, 1000, Stretch}}, 4},
		{[]View{{all, 1001, Stretch}}, 2},
		{[]View{{all, 3000, Stretch}}, 1},
		{[]View{{all, 1500, Pad}}, 4},
		{[]View{{image.Rect(0, 0, 400, 533), 224, Stretch}}, 1},
	} {
		if got := Scale(c.views...); got != c.want {
			t.Errorf("%v: %d, want %d", c.views, got, c.want)
		}
	}
}
