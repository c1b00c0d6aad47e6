package synth

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Annotation is what DeepFashion2 knows of a photo. As JSON it has the keys source, pair_id, item1, item2, …, and scene,
// which DeepFashion2 hasn't, where there is one.
type Annotation struct {
	Source string // "user" or "shop"
	PairID int
	Scene  int // from 1: photos with the same number have the same background; 0: each has its own
	Items  []Item
}

// Item is an annotated garment. Coordinates are pixels from the left top of the photo.
type Item struct {
	CategoryName string    `json:"category_name"`
	CategoryID   int       `json:"category_id"`  // 1 to 13
	Style        int       `json:"style"`        // 0: in no pair
	BoundingBox  [4]int    `json:"bounding_box"` // x1, y1, x2, y2; holds the segmentation
	Landmarks    []int     `json:"landmarks"`    // x, y, v: 2 visible, 1 occluded, 0 outside the photo (then x and y are 0)
	Segmentation []Polygon `json:"segmentation"` // of what is seen of the item; a hole is joined to its outline by a cut
	Scale        int       `json:"scale"`        // share of the photo the item takes: 1 below 10%, 2, 3 above 40%
	Occlusion    int       `json:"occlusion"`    // share of landmarks occluded: 1 below 20%, 2, 3 above 50%
	ZoomIn       int       `json:"zoom_in"`      // share of landmarks outside: 1 none, 2, 3 above 40%
	Viewpoint    int       `json:"viewpoint"`    // 1 not worn, 2 from the front, 3 from the side or the back
}

// Polygon is a closed outline x1, y1, x2, y2, … .
type Polygon []float64

// MarshalJSON writes every coordinate with a decimal point, as DeepFashion2 does.
func (p Polygon) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, v := range p {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, v, 'f', 1, 64)
	}
	return append(b, ']'), nil
}

// MarshalJSON writes the annotation in DeepFashion2's layout.
func (a Annotation) MarshalJSON() ([]byte, error) {
	m := map[string]any{"source": a.Source, "pair_id": a.PairID}
	if a.Scene > 0 {
		m["scene"] = a.Scene
	}
	for i, it := range a.Items {
		m["item"+strconv.Itoa(i+1)] = it
	}
	return json.Marshal(m) // sorts the keys
}

// annotate measures item number n on the finished canvas.
func (c *canvas) annotate(n uint8, g *garment, style int, s *shape, cam *camera, viewpoint int) (Item, bool) {
	loops := c.contours(n, 8, 0.9)
	if len(loops) == 0 {
		return Item{}, false
	}
	it := Item{CategoryName: CategoryNames[g.category], CategoryID: g.category, Style: style, Viewpoint: viewpoint}
	for _, l := range loops {
		var poly Polygon
		for _, p := range l {
			poly = append(poly, p.x, p.y)
		}
		it.Segmentation = append(it.Segmentation, poly)
	}
	it.BoundingBox = c.extent(n)
	outside, hidden := 0, 0
	for _, m := range s.marks {
		x, y, v := c.landmark(cam.px(m), n)
		switch v {
		case 0:
			outside++
		case 1:
			hidden++
		}
		it.Landmarks = append(it.Landmarks, x, y, v)
	}
	total := float64(len(s.marks))
	area := float64((it.BoundingBox[2] - it.BoundingBox[0]) * (it.BoundingBox[3] - it.BoundingBox[1]))
	it.Scale = level(area/float64(c.w*c.h), 0.1, 0.4)
	it.Occlusion = level(float64(hidden)/total, 0.2, 0.5)
	it.ZoomIn = level(float64(outside)/total, 0.001, 0.4)
	return it, true
}

// extent is the box x1, y1, x2, y2 around the pixels an item is seen at, straps too thin for a polygon included.
func (c *canvas) extent(n uint8) [4]int {
	b := [4]int{c.w, c.h, 0, 0}
	for y := range c.h {
		row := c.owner[y*c.w : (y+1)*c.w]
		if l := bytes.IndexByte(row, n); l >= 0 {
			b = [4]int{min(b[0], l), min(b[1], y), max(b[2], bytes.LastIndexByte(row, n)+1), y + 1}
		}
	}
	return b
}

// level is 1 below lo, 3 above hi, else 2.
func level(x, lo, hi float64) int {
	switch {
	case x < lo:
		return 1
	case x > hi:
		return 3
	}
	return 2
}

// landmark says where a point is and whether it is seen. A landmark lies on the edge of its garment, so it is seen where a
// pixel of the item is near.
func (c *canvas) landmark(p pt, n uint8) (x, y, v int) {
	x, y = pixel(p.x), pixel(p.y)
	if x < 0 || y < 0 || x >= c.w || y >= c.h {
		return 0, 0, 0
	}
	r := 2 + c.w/200
	for j := max(0, y-r); j <= min(c.h-1, y+r); j++ {
		for i := max(0, x-r); i <= min(c.w-1, x+r); i++ {
			if c.owner[j*c.w+i] == n {
				return x, y, 2
			}
		}
	}
	return x, y, 1
}
