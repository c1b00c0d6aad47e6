package imaging

import (
	"bytes"
	"image"
	"testing"

	"pgregory.net/rapid"
)

func TestTransposeIsItsOwnInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		var a, b samples
		a.reset(w, h)
		for y := range h {
			for x := range w {
				a.pix[y*a.stride+x] = byte(7*x + 31*y)
			}
		}
		b.transpose(&a)
		if b.width != h || b.height != w {
			t.Fatalf("%d×%d became %d×%d", w, h, b.width, b.height)
		}
		for y := range h {
			for x := range w {
				if b.pix[x*b.stride+y] != a.pix[y*a.stride+x] {
					t.Fatalf("sample %d, %d is lost", x, y)
				}
			}
		}
	})
}

func TestWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, out := rapid.IntRange(1, 3000).Draw(t, "size"), rapid.IntRange(1, 300).Draw(t, "out")
		from := rapid.Float64Range(0, float64(size)-0.5).Draw(t, "from")
		to := rapid.Float64Range(from+0.01, float64(size)).Draw(t, "to")
		var k taps
		k.bilinear(from, to, size, out)
		for i, first := range k.first {
			if first < 0 || first+k.n > size || float64(first) < from-1 || float64(first+k.n) > to+1 {
				t.Fatalf("output %d reads %d to %d of [%v, %v) in %d", i, first, first+k.n, from, to, size)
			}
			sum := uint64(0)
			for _, w := range k.w[i*k.n:][:k.n] {
				sum += w
			}
			if sum != 256 {
				t.Fatalf("weights of output %d add up to %d", i, sum)
			}
		}
	})
}

// A picture that is one colour keeps it at every size, and nothing is read outside its planes.
func TestFlatStaysFlat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 70).Draw(t, "w"), rapid.IntRange(1, 70).Draw(t, "h")
		v := rapid.Byte().Draw(t, "level")
		img := image.NewGray(image.Rect(0, 0, w, h))
		for i := range img.Pix {
			img.Pix[i] = v
		}
		p, err := newGrey(img, w, h, 1)
		if err != nil {
			t.Fatal(err)
		}
		p.orientation = Orientation(rapid.IntRange(1, 8).Draw(t, "orientation"))
		uw, uh := w, h
		if p.orientation.Swaps() {
			uw, uh = h, w
		}
		x, y := rapid.IntRange(0, uw-1).Draw(t, "x"), rapid.IntRange(0, uh-1).Draw(t, "y")
		region := image.Rect(x, y, rapid.IntRange(x+1, uw).Draw(t, "x2"), rapid.IntRange(y+1, uh).Draw(t, "y2"))
		size := rapid.IntRange(1, 50).Draw(t, "size")
		dst := make([]byte, 3*size*size)
		new(Renderer).Render(dst, p, View{region, size, rapid.SampledFrom([]Fit{Stretch, Crop}).Draw(t, "fit")})
		if !bytes.Equal(dst, bytes.Repeat([]byte{v}, len(dst))) {
			t.Fatalf("level %d became %v", v, dst)
		}
	})
}

// A renderer that has drawn other things draws the same.
func TestRendererKeepsNothing(t *testing.T) {
	p, q := ramp(200, 100), ramp(61, 47)
	q.orientation = 6
	view := View{image.Rect(5, 5, 40, 60), 20, Pad}
	fresh, used := make([]byte, 1200), make([]byte, 1200)
	new(Renderer).Render(fresh, q, view)
	var r Renderer
	r.Render(make([]byte, 3*90*90), p, View{image.Rect(0, 0, 200, 100), 90, Stretch})
	r.Render(used, q, view)
	if !bytes.Equal(fresh, used) {
		t.Error("what a renderer drew before shows")
	}
}
