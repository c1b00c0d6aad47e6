package deepfashion2

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Categories are the names of the 13 categories; category_id 1 is Categories[0].
var Categories = [13]string{
	"short sleeve top", "long sleeve top", "short sleeve outwear", "long sleeve outwear", "vest", "sling", "shorts",
	"trousers", "skirt", "short sleeve dress", "long sleeve dress", "vest dress", "sling dress",
}

// Annotation is what one annotation file says of its photo.
type Annotation struct {
	Source string // "user" or "shop"
	PairID int64
	Scene  int32  // number of the background where a data set tells it, as DeepFashion2 doesn't; 0: not known
	Items  []Item // sound ones, by number
	Broken []BrokenItem
}

// Item is one annotated garment.
type Item struct {
	Number                              int32 // 2 for "item2"
	CategoryID                          int32 // 1–13
	Style                               int32 // above 0 for a garment in a user/shop pair
	Scale, Occlusion, ZoomIn, Viewpoint int32 // 1–3
	Box                                 [4]float32
	Polygons                            [][]float32 // x1, y1, x2, y2, …; at least three points each
}

// Category gives the name of the item's category.
func (i Item) Category() string { return Categories[i.CategoryID-1] }

// BrokenItem is an item that can't be used, and why.
type BrokenItem struct {
	Number int32
	Err    error
}

// Parse reads an annotation file. An item that is broken is listed as such; what concerns the whole photo is an error.
func Parse(data []byte) (*Annotation, error) {
	if len(data) == 0 {
		return nil, errors.New("the annotation file is empty")
	}
	f, err := readFile(data)
	if err != nil {
		return nil, fmt.Errorf("bad JSON: %s", strings.TrimPrefix(err.Error(), "jsontext: "))
	}
	a := &Annotation{}
	if err := json.Unmarshal(f.source, &a.Source); err != nil || a.Source != "user" && a.Source != "shop" {
		return nil, fmt.Errorf(`source must be "user" or "shop", %s`, found(f.source))
	}
	if a.PairID, err = whole(f.pairID, 0, math.MaxInt64>>10); err != nil {
		return nil, fmt.Errorf("pair_id %w", err)
	}
	if f.scene != nil {
		scene, err := whole(f.scene, 0, math.MaxInt32)
		if err != nil {
			return nil, fmt.Errorf("scene %w", err)
		}
		a.Scene = int32(scene)
	}
	for _, n := range slices.Sorted(maps.Keys(f.items)) {
		item, err := parseItem(n, f.items[n])
		if err != nil {
			a.Broken = append(a.Broken, BrokenItem{n, err})
			continue
		}
		a.Items = append(a.Items, item)
	}
	if len(a.Items)+len(a.Broken) == 0 {
		return nil, errors.New("no item1 in it")
	}
	return a, nil
}

func parseItem(number int32, f *itemFields) (Item, error) {
	if f.other != nil {
		return Item{}, fmt.Errorf("must be an object, %s", found(f.other))
	}
	item := Item{Number: number}
	for _, l := range []struct {
		name   string
		lo, hi int64
		to     *int32
	}{
		{"category_id", 1, 13, &item.CategoryID}, {"style", 0, math.MaxInt32, &item.Style},
		{"scale", 1, 3, &item.Scale}, {"occlusion", 1, 3, &item.Occlusion},
		{"zoom_in", 1, 3, &item.ZoomIn}, {"viewpoint", 1, 3, &item.Viewpoint},
	} {
		v, err := whole(f.raw[l.name], l.lo, l.hi)
		if err != nil {
			return Item{}, fmt.Errorf("%s %w", l.name, err)
		}
		*l.to = int32(v)
	}
	var name string
	if err := json.Unmarshal(f.raw["category_name"], &name); err != nil || name != item.Category() {
		return Item{}, fmt.Errorf("category_name must be %q for category_id %d, %s", item.Category(), item.CategoryID, found(f.raw["category_name"]))
	}
	var err error
	if item.Box, err = parseBox(f.raw["bounding_box"]); err != nil {
		return Item{}, fmt.Errorf("bounding_box %w", err)
	}
	if item.Polygons, err = parsePolygons(f.raw["segmentation"]); err != nil {
		return Item{}, fmt.Errorf("segmentation %w", err)
	}
	return item, nil
}

func parseBox(data json.RawMessage) ([4]float32, error) {
	var v []float64
	if err := json.Unmarshal(data, &v); err != nil || len(v) != 4 {
		return [4]float32{}, fmt.Errorf("must be four numbers x1, y1, x2, y2, %s", found(data))
	}
	box := [4]float32{float32(v[0]), float32(v[1]), float32(v[2]), float32(v[3])}
	for _, x := range box {
		if math.IsInf(float64(x), 0) {
			return box, fmt.Errorf("is too large, %s", found(data))
		}
	}
	if box[0] >= box[2] || box[1] >= box[3] {
		return box, fmt.Errorf("is empty, %s", found(data))
	}
	return box, nil
}

func parsePolygons(data json.RawMessage) ([][]float32, error) {
	polygons, ok := numberLists(data)
	if !ok {
		return nil, fmt.Errorf("must be a list of polygons, each a list of numbers, %s", found(data))
	}
	for i, p := range polygons {
		if len(p) < 6 || len(p)%2 != 0 {
			return nil, fmt.Errorf("has a polygon (number %d) of %d numbers; it takes x and y of at least three points", i+1, len(p))
		}
	}
	return polygons, nil
}

// whole reads a whole number from lo to hi.
func whole(data json.RawMessage, lo, hi int64) (int64, error) {
	if n, ok := digits(data); ok && n >= lo && n <= hi { // nearly always
		return n, nil
	}
	var v *float64
	if err := json.Unmarshal(data, &v); err != nil || v == nil || *v != math.Trunc(*v) || *v < float64(lo) || *v > float64(hi) {
		if hi > 13 {
			return 0, fmt.Errorf("must be a whole number from %d, %s", lo, found(data))
		}
		return 0, fmt.Errorf("must be a whole number from %d to %d, %s", lo, hi, found(data))
	}
	return int64(*v), nil
}

// digits reads a number that is written with digits alone, and not more than a float64 holds.
func digits(data []byte) (n int64, ok bool) {
	for _, b := range data {
		if b < '0' || b > '9' {
			return 0, false
		}
		n = 10*n + int64(b-'0')
	}
	return n, len(data) > 0 && len(data) <= 15
}

// found says what stands in a file where something else should.
func found(data json.RawMessage) string {
	if data == nil {
		return "but it is missing"
	}
	const most = 40
	if len(data) > most {
		return "not " + strings.ToValidUTF8(string(data[:most]), "?") + "…"
	}
	return "not " + string(data)
}
