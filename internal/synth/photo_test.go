package synth

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// filled tells for each pixel whether its middle lies inside an odd number of windings of the polygons: written
// independently of the rasteriser that draws.
func filled(polys []Polygon, w, h int) []bool {
	in := make([]bool, w*h)
	for y := range h {
		cy := float64(y) + 0.5
		for x := range w {
			cx := float64(x) + 0.5
			for _, p := range polys {
				for i := 0; i < len(p); i += 2 {
					j := (i + 2) % len(p)
					if (p[i+1] > cy) != (p[j+1] > cy) && cx < p[i]+(p[j]-p[i])*(cy-p[i+1])/(p[j+1]-p[i+1]) {
						in[y*w+x] = !in[y*w+x]
					}
				}
			}
		}
	}
	return in
}

func overlap(a, b []bool) float64 {
	both, either := 0.0, 1e-9
	for i := range a {
		if a[i] && b[i] {
			both++
		}
		if a[i] || b[i] {
			either++
		}
	}
	return both / either
}

func seenMask(owner []uint8, item uint8) []bool {
	m := make([]bool, len(owner))
	for i, o := range owner {
		m[i] = o == item
	}
	return m
}

func TestAnnotationsFitWhatIsDrawn(t *testing.T) {
	const w, h = 150, 200
	for category := 1; category <= categories; category++ {
		visible := 0
		for nth := range 8 {
			p := Draw(11, category, []string{"shop", "user"}[nth%2], nth, w, h)
			if len(p.Annotation.Items) != 1 {
				t.Fatalf("%s %d: %d items", CategoryNames[category], nth, len(p.Annotation.Items))
			}
			it := p.Annotation.Items[0]
			b := it.BoundingBox
			for _, poly := range it.Segmentation {
				for i := 0; i < len(poly); i += 2 {
					if poly[i] < float64(b[0]) || poly[i] > float64(b[2]) || poly[i+1] < float64(b[1]) || poly[i+1] > float64(b[3]) {
						t.Errorf("%s %d: (%g, %g) lies outside the box %v", CategoryNames[category], nth, poly[i], poly[i+1], b)
					}
				}
			}
			mask := seenMask(p.Seen, 1)
			if v := overlap(filled(it.Segmentation, w, h), mask); v < 0.95 {
				t.Errorf("%s %d: polygon and drawing overlap by %.3f", CategoryNames[category], nth, v)
			}
			if v := boxOverlap(b, mask, w, h); v < 0.95 {
				t.Errorf("%s %d: box and drawing overlap by %.3f", CategoryNames[category], nth, v)
			}
			visible += checkLandmarks(t, it, w, h)
		}
		if visible < 3*LandmarkCounts[category] {
			t.Errorf("%s: only %d landmarks visible in 8 photos", CategoryNames[category], visible)
		}
	}
}

func boxOverlap(b [4]int, mask []bool, w, h int) float64 {
	x1, y1, x2, y2 := w, h, 0, 0
	for i, in := range mask {
		if in {
			x1, y1, x2, y2 = min(x1, i%w), min(y1, i/w), max(x2, i%w+1), max(y2, i/w+1)
		}
	}
	area := func(x1, y1, x2, y2 int) float64 { return float64(max(0, x2-x1) * max(0, y2-y1)) }
	both := area(max(x1, b[0]), max(y1, b[1]), min(x2, b[2]), min(y2, b[3]))
	return both / (area(x1, y1, x2, y2) + area(b[0], b[1], b[2], b[3]) - both)
}

func checkLandmarks(t *testing.T, it Item, w, h int) (visible int) {
	t.Helper()
	if len(it.Landmarks) != 3*LandmarkCounts[it.CategoryID] {
		t.Fatalf("%s: %d numbers of landmarks", it.CategoryName, len(it.Landmarks))
	}
	for i := 0; i < len(it.Landmarks); i += 3 {
		x, y, v := it.Landmarks[i], it.Landmarks[i+1], it.Landmarks[i+2]
		b := it.BoundingBox
		switch {
		case v == 0 && (x != 0 || y != 0), v < 0, v > 2, x < 0, y < 0, x >= w, y >= h:
			t.Errorf("%s: landmark %d is (%d, %d, %d)", it.CategoryName, i/3+1, x, y, v)
		case v == 2 && (x < b[0]-4 || x > b[2]+4 || y < b[1]-4 || y > b[3]+4):
			t.Errorf("%s: visible landmark %d (%d, %d) lies outside the box %v", it.CategoryName, i/3+1, x, y, b)
		case v == 2:
			visible++
		}
	}
	return visible
}

func TestLandmarkCountsAreDeepFashion2s(t *testing.T) {
	total := 0
	for category := 1; category <= categories; category++ {
		total += LandmarkCounts[category]
		for k := range 30 { // every cut of the category
			g := newGarment(throw(uint64(k), "cut"), category)
			s := g.shape(newPose(throw(uint64(k), "pose"), "user", true))
			if len(s.marks) != LandmarkCounts[category] {
				t.Fatalf("%s: %d landmarks, want %d", CategoryNames[category], len(s.marks), LandmarkCounts[category])
			}
		}
	}
	if total != 294 {
		t.Errorf("%d landmarks over all categories, want 294", total)
	}
}

// The pixels said to be the item must be the ones that change when its cloth changes colour.
func TestSeenIsWhatTheClothCovers(t *testing.T) {
	const w, h = 150, 200
	for category := 1; category <= categories; category++ {
		for nth := range 4 {
			var pix [2][]uint8
			var mask []bool
			for i, k := range []rgb{{0, 0, 0}, {255, 255, 255}} {
				g := newGarment(throw(5, "garment"), category)
				g.trim = k
				g.cloth = func(_, _, _ float64) rgb { return k }
				g.plainCloth = g.cloth
				c := newCanvas(w, h)
				source := []string{"shop", "user"}[nth%2]
				backdrop := func(d dice, lies bool) { c.backdrop(d, source, lies) }
				c.take(throw(uint64(nth), "photo"), source, []worn{{garment: g, style: 1}}, backdrop)
				pix[i], mask = c.img.Pix, seenMask(c.owner, 1)
			}
			changed := make([]bool, w*h)
			for i := range changed {
				changed[i] = int(pix[1][4*i+1])-int(pix[0][4*i+1]) > 36
			}
			if v := overlap(changed, mask); v < 0.9 {
				t.Errorf("%s %d: cloth and mask overlap by %.3f", CategoryNames[category], nth, v)
			}
		}
	}
}

// Contours without simplification must fill exactly the pixels they were traced around, holes and corners that touch included.
func TestContoursAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const w, h = 24, 20
		c := newCanvas(w, h)
		for range rapid.IntRange(1, 9).Draw(t, "boxes") {
			x, y := rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y")
			dx, dy := rapid.IntRange(1, 12).Draw(t, "dx"), rapid.IntRange(1, 12).Draw(t, "dy")
			k := uint8(rapid.IntRange(0, 1).Draw(t, "item"))
			for j := y; j < min(h, y+dy); j++ {
				for i := x; i < min(w, x+dx); i++ {
					c.owner[j*w+i] = k
				}
			}
		}
		var polys []Polygon
		for _, l := range c.contours(1, 0, 0) {
			var p Polygon
			for _, q := range l {
				p = append(p, q.x, q.y)
			}
			polys = append(polys, p)
		}
		in, want := filled(polys, w, h), seenMask(c.owner, 1)
		for i := range in {
			if in[i] != want[i] {
				t.Fatalf("pixel (%d, %d): inside %v, want %v", i%w, i/w, in[i], want[i])
			}
		}
	})
}

func TestCameraInverts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name) }
		c := newCamera(view{look: pt{f("lx", -20, 20), f("ly", 0, 100)}, at: pt{200, 266}, scale: f("scale", 0.5, 6), aspect: f("aspect", 0.7, 1.1),
			degrees: f("degrees", -40, 40), shear: f("shear", -0.1, 0.1), tilt: pt{f("tx", -0.15, 0.15), f("ty", -0.15, 0.15)}, bend: f("bend", -10, 10)})
		p := pt{f("x", -60, 60), f("y", -40, 170)}
		if q := c.cm(c.px(p)); math.Abs(q.x-p.x) > 1e-6 || math.Abs(q.y-p.y) > 1e-6 {
			t.Errorf("%v comes back as %v", p, q)
		}
	})
}
