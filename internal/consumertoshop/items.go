package consumertoshop

import (
	"fmt"
	"path"
	"slices"
	"strconv"

	"fashionpipe/formats"
)

// Item is an item to retrieve by or to retrieve, annotated or detected.
type Item struct {
	Image int64
	Shop  bool // of a shop photo, rather than a user's
	Class int64
	Box   [4]float64
	Score float64 // of the detector; 1 where annotated
}

// Catalogue is the annotated items of one split.
type Catalogue struct {
	Truth
	Labels []formats.Labels // of each query
	Items  map[string]Item  // by the id of the row
}

// NewCatalogue takes a catalogue of photos with a row per item.
func NewCatalogue(photos []formats.Photo) (*Catalogue, error) {
	c := &Catalogue{Items: map[string]Item{}}
	for i := range photos {
		p := &photos[i]
		if p.ID == p.Path || len(p.Box) != 4 {
			return nil, fmt.Errorf("row %q is about a photo, not an item: the protocol takes photos with items: true", p.ID)
		}
		if p.Split != photos[0].Split {
			return nil, fmt.Errorf("rows of the splits %s and %s: numbers of photos would be taken for each other, so give one split", photos[0].Split, p.Split)
		}
		item, err := annotated(p)
		if err != nil {
			return nil, err
		}
		c.Items[p.ID] = item
		if item.Shop {
			c.Gallery = append(c.Gallery, formats.GalleryItem{Image: item.Image, Style: int64(p.Style), Pair: p.PairID, Box: item.Box})
			continue
		}
		c.Queries = append(c.Queries, formats.QueryItem{Image: item.Image, Style: int64(p.Style), Class: item.Class, Pair: p.PairID, Box: item.Box})
		c.Labels = append(c.Labels, p.Labels)
	}
	return c, nil
}

func annotated(p *formats.Photo) (Item, error) {
	item := Item{Shop: p.Source == "shop", Class: int64(p.CategoryID), Score: 1}
	for i, v := range p.Box {
		item.Box[i] = float64(v)
	}
	var err error
	if item.Image, err = Number(p.Path); err != nil {
		return item, err
	}
	if p.Source != "shop" && p.Source != "user" {
		return item, fmt.Errorf("row %q is of no user's and no shop's photo", p.ID)
	}
	return item, nil
}

// Number is the number that a photo is called by: 1 for validation/image/000001.jpg.
func Number(photo string) (int64, error) {
	name := path.Base(photo)
	n, err := strconv.ParseUint(name[:len(name)-len(path.Ext(name))], 10, 63)
	if err != nil {
		return 0, fmt.Errorf("photo %q is not called by a number, as DeepFashion2's are", photo)
	}
	return int64(n), nil
}

// Detected are the items of photos that a detector found: found[i] is the i-th row.
func Detected(photos []formats.Photo, found []formats.Detection) (map[string]Item, error) {
	if len(photos) != len(found) {
		return nil, fmt.Errorf("%d rows of %d detections", len(photos), len(found))
	}
	items := map[string]Item{}
	for i, d := range found {
		b := d.Box
		items[photos[i].ID] = Item{Image: d.Image, Shop: photos[i].Source == "shop", Class: d.Category,
			Box: [4]float64{b[0], b[1], b[0] + b[2], b[1] + b[3]}, Score: d.Score}
	}
	return items, nil
}

// Setting tells how a result of unknown origin was made: from ground-truth boxes if every box in it, of queries and of
// what was retrieved, lies within a pixel on an annotated one of its photo.
func Setting(t Truth, results []formats.ShopResult) string {
	users, shops := map[int64][][4]float64{}, map[int64][][4]float64{}
	for _, q := range t.Queries {
		users[q.Image] = append(users[q.Image], q.Box)
	}
	for _, g := range t.Gallery {
		shops[g.Image] = append(shops[g.Image], g.Box)
	}
	annotated := func(b [4]float64, among [][4]float64) bool {
		return slices.ContainsFunc(among, func(a [4]float64) bool { return near(a, b) })
	}
	for _, r := range results {
		if !annotated(r.Box, users[r.Image]) {
			return DetectedBoxes
		}
		for i, b := range r.Boxes {
			if !annotated(b, shops[r.Images[i]]) {
				return DetectedBoxes
			}
		}
	}
	return GroundTruthBoxes
}

func near(a, b [4]float64) bool {
	for i := range a {
		if a[i]-b[i] > 1 || b[i]-a[i] > 1 {
			return false
		}
	}
	return true
}
