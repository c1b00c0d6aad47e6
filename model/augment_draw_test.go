package model

import (
	"math"
	"slices"
	"testing"

	"fashionpipe/internal/rng"
)

// TestDrawDependsOnThePhotoOnly: a photo's numbers are the same in any batch; others in another epoch or view, or for another
// photo or seed; and an augmentation's are the same whichever others are on.
func TestDrawDependsOnThePhotoOnly(t *testing.T) {
	of := func(a Augment, seed uint64, epoch int, v View, rows []int, row int) []float32 {
		all := a.draw(seed, epoch, v, rows)
		var own []float32
		for k := range a.numbers() {
			own = append(own, all[k*len(rows)+slices.Index(rows, row)])
		}
		return own
	}
	a := everyAugmentation
	a.Flip, a.Grey, a.Blur = false, 0, 1 // chances of 0 and 1: what is drawn for them is no yes or no
	want := of(a, 1, 2, Whole, []int{5, 3, 8}, 3)
	if got := of(a, 1, 2, Whole, []int{3, 9}, 3); !slices.Equal(got, want) {
		t.Errorf("in another batch: %v, want %v", got, want)
	}
	for name, other := range map[string][]float32{
		"seed": of(a, 2, 2, Whole, []int{3}, 3), "epoch": of(a, 1, 3, Whole, []int{3}, 3),
		"view": of(a, 1, 2, Cell, []int{3}, 3), "photo": of(a, 1, 2, Whole, []int{4}, 4),
	} {
		for k := range want {
			if other[k] == want[k] {
				t.Errorf("number %d is %v for another %s too", k, want[k], name)
			}
		}
	}
	alone := of(Augment{Hue: a.Hue}, 1, 2, Whole, []int{3}, 3)
	if hue := (Augment{Crop: 0.3}).numbers() + 3; alone[0] != want[hue] {
		t.Errorf("hue alone is turned by %v, and by %v among others", alone[0], want[hue])
	}
}

// TestDrawnRanges: factors lie where torchvision's ColorJitter draws them, and come near both ends.
func TestDrawnRanges(t *testing.T) {
	rows := make([]int, 2000)
	for i := range rows {
		rows[i] = i
	}
	for _, c := range []struct {
		name      string
		a         Augment
		low, high float64
	}{
		{"brightness", Augment{Brightness: 0.4}, 0.6, 1.4}, {"contrast", Augment{Contrast: 0.2}, 0.8, 1.2},
		{"saturation", Augment{Saturation: 1.5}, 0, 2.5}, {"hue", Augment{Hue: 0.1}, -0.6, 0.6},
	} {
		x := c.a.draw(3, 1, Cell, rows)
		least, most, span := float64(slices.Min(x)), float64(slices.Max(x)), c.high-c.low
		if least < c.low-1e-6 || most > c.high+1e-6 || least > c.low+span/100 || most < c.high-span/100 {
			t.Errorf("%s: drawn from %v … %v, want %v … %v", c.name, least, most, c.low, c.high)
		}
	}
	for _, c := range []struct {
		name string
		a    Augment
		hit  func(float32) bool
	}{
		{"grey", Augment{Grey: 0.2}, func(x float32) bool { return x == 1 }},
		{"blur", Augment{Blur: 0.2}, func(x float32) bool { return x >= 1/(2*mostBlur*mostBlur) && x <= 50 }},
	} {
		hits := 0
		for _, x := range c.a.draw(3, 1, Cell, rows) {
			if c.hit(x) {
				hits++
			}
		}
		if hits < 330 || hits > 470 { // 400 ± 4 standard deviations
			t.Errorf("%s: %d of 2000, want about 400", c.name, hits)
		}
	}
	if n := len((Augment{}).draw(1, 1, Whole, rows)); n != 0 {
		t.Errorf("%d numbers for no augmentation", n)
	}
}

// TestGeometryIsWeak: at strength 1 no corner of the image takes its colour from further away than rotation, translation, scale,
// shear and distortion can bring it together, some go most of that way; half the strength, half the way.
func TestGeometryIsWeak(t *testing.T) {
	furthest := func(affinity, distortion float64) (most float64) {
		for i := range 500 {
			h := geometry(affinity, distortion, rng.New(1, i))
			for _, c := range square {
				below := h[6]*c[0] + h[7]*c[1] + h[8]
				x, y := (h[0]*c[0]+h[1]*c[1]+h[2])/below, (h[3]*c[0]+h[4]*c[1]+h[5])/below
				most = max(most, math.Hypot(x-c[0], y-c[1]))
			}
		}
		return most
	}
	whole, half, none := furthest(1, 1), furthest(0.5, 0.5), furthest(0, 0)
	if whole < 0.25 || whole > 0.42 || half < 0.4*whole || half > 0.55*whole || none > 1e-9 {
		t.Errorf("corners move by %v, at half the strength by %v, at none by %v", whole, half, none)
	}
	if alone := furthest(0, 1); alone < 0.05 || alone > 0.1 { // of a corner that is pulled in by up to 0.05 along both axes
		t.Errorf("perspective alone moves corners by %v", alone)
	}
}

// TestGeometryIsBoth: a strength changes a photo as it did before its two parts had strengths of their own, and is the affine
// change behind the perspective, each of which is the same alone.
func TestGeometryIsBoth(t *testing.T) {
	c := chance{seed: 4, view: Whole, epoch: 1, row: 2}
	was := []float64{1.01025734553719, 0.0513223598983638, -0.0393783742389075, -0.0576313444363702, 1.00620980906343, -0.00748549280947694, 0.0211142069694387, -0.0248997355953988}
	both := warping.draw(Augment{}.Geometry(0.5), c)
	for i, want := range was {
		if math.Abs(both[i]-want) > 1e-12 {
			t.Errorf("number %d is %v, and was %v", i, both[i], want)
		}
	}
	a, p := geometry(0.5, 0, c.stream("geometry")), geometry(0, 0.5, c.stream("geometry"))
	if math.Abs(a[6])+math.Abs(a[7]) > 1e-15 || math.Abs(p[6])+math.Abs(p[7]) < 1e-3 {
		t.Errorf("affine alone: %v; perspective alone: %v", a, p)
	}
	for i, x := range flat(a.times(p)) {
		if math.Abs(both[i]-x) > 1e-12 {
			t.Errorf("number %d is %v, one after the other %v", i, both[i], x)
		}
	}
	if x := warping.draw(Augment{Perspective: 0.5}, c); math.Abs(x[6]-p[6]/p[8]) > 1e-12 {
		t.Errorf("perspective alone draws %v, want %v", x, p)
	}
}

// TestCropStaysInside: each is a part of the photo of at least the least area, of a ratio of 3:4 … 4:3, and all are reached.
func TestCropStaysInside(t *testing.T) {
	least, most, furthest := 1.0, 0.0, 0.0
	for i := range 2000 {
		m := crop(0.2, rng.New(1, i))
		w, h, x, y := m[0], m[4], math.Abs(m[2]), math.Abs(m[5])
		if x+w/2 > 0.5+1e-9 || y+h/2 > 0.5+1e-9 || w*h < 0.2-1e-9 || w/h < 0.75-1e-9 || w/h > 4.0/3+1e-9 {
			t.Fatalf("crop %v×%v around %v, %v", w, h, m[2], m[5])
		}
		least, most, furthest = min(least, w*h), max(most, w*h), max(furthest, x)
	}
	if least > 0.22 || most < 0.95 || furthest < 0.2 {
		t.Errorf("areas %v … %v, up to %v off the middle", least, most, furthest)
	}
}

// TestCropComesBeforeGeometry: the middle of the result is where geometry's shift ends within the cropped part.
func TestCropComesBeforeGeometry(t *testing.T) {
	a, c := Augment{Crop: 0.2}.Geometry(1), chance{seed: 4, view: Whole, epoch: 1, row: 2}
	part, change := crop(0.2, c.stream("crop")), geometry(1, 1, c.stream("geometry"))
	h := warping.draw(a, c)
	x, y := change[2]/change[8], change[5]/change[8]
	if want := part[0]*x + part[2]; math.Abs(h[2]-want) > 1e-12 {
		t.Errorf("the middle comes from %v to the right, want %v", h[2], want)
	}
	if want := part[4]*y + part[5]; math.Abs(h[5]-want) > 1e-12 {
		t.Errorf("the middle comes from %v down, want %v", h[5], want)
	}
}
