package consumertoshop

import "fashionpipe/formats"

// Truth is what there is to find: the annotated items of user photos and of shop photos.
type Truth struct {
	Queries []formats.QueryItem
	Gallery []formats.GalleryItem
}

// Answer is how one query of the truth fared.
type Answer struct {
	Query     int  // place in Truth.Queries
	Result    int  // place of the result that stands for it; -1: none does, and it counts as missed
	Rank      int  // of the first right item among the 20 retrieved, from 1; 0: none is right
	Available bool // the gallery has an item of the garment; where it has none, the query counts as missed
}

// Hit tells whether one of the first k items is right.
func (a Answer) Hit(k int) bool { return a.Rank > 0 && a.Rank <= k }

// minOverlap is the IoU from which a retrieved box is the item it overlaps.
const minOverlap = 0.5

// garment is what makes two items the same: they are of one pair and one style.
type garment struct{ pair, style int64 }

// matcher holds the truth as it is looked up.
type matcher struct {
	Truth
	queries  map[int64][]int   // by photo
	garments map[garment][]int // gallery items
}

func newMatcher(t Truth) *matcher {
	m := &matcher{Truth: t, queries: map[int64][]int{}, garments: map[garment][]int{}}
	for i, q := range t.Queries {
		m.queries[q.Image] = append(m.queries[q.Image], i)
	}
	for i, g := range t.Gallery {
		m.garments[garment{g.Pair, g.Style}] = append(m.garments[garment{g.Pair, g.Style}], i)
	}
	return m
}

// Match answers the queries with a style above 0, in their order, as the official script does:
//
//   - a result belongs to the item of its photo that its box overlaps most: the first of equal ones, and the first item of
//     all where it overlaps none. Items of style 0 take part;
//   - of the results that belong to a query and have its category, the one with the highest score stands for it, the
//     first of equal ones;
//   - a retrieved item is right if an item of the query's garment is in the same shop photo, and their IoU is 0.5 or more.
//
// Unlike the script it takes results with fewer than 20 items, and queries whose garment the gallery doesn't have.
func Match(t Truth, results []formats.ShopResult) []Answer {
	m := newMatcher(t)
	stands := m.standIns(results)
	var answers []Answer
	for i, q := range t.Queries {
		if q.Style <= 0 {
			continue
		}
		a := Answer{Query: i, Result: -1, Available: len(m.garments[garment{q.Pair, q.Style}]) > 0}
		if r, ok := stands[i]; ok {
			a.Result, a.Rank = r, m.rank(q, results[r])
		}
		answers = append(answers, a)
	}
	return answers
}

// standIns finds the result that stands for each query that has one.
func (m *matcher) standIns(results []formats.ShopResult) map[int]int {
	stands := map[int]int{}
	for r := range results {
		q, ok := m.assign(&results[r])
		if !ok || m.Queries[q].Class != results[r].Class {
			continue
		}
		if best, taken := stands[q]; !taken || results[r].Score > results[best].Score {
			stands[q] = r
		}
	}
	return stands
}

// assign finds the item that a result belongs to.
func (m *matcher) assign(r *formats.ShopResult) (query int, ok bool) {
	most := -1.0
	for _, i := range m.queries[r.Image] {
		if v := toBox(r.Box).iou(toBox(m.Queries[i].Box)); v > most {
			query, most = i, v
		}
	}
	return query, most >= 0
}

func (m *matcher) rank(q formats.QueryItem, r formats.ShopResult) int {
	for i := range min(retrieved, len(r.Images)) {
		if m.right(q, r.Images[i], r.Boxes[i]) {
			return i + 1
		}
	}
	return 0
}

// right tells whether a box in a shop photo is an item of the query's garment.
func (m *matcher) right(q formats.QueryItem, image int64, b [4]float64) bool {
	for _, i := range m.garments[garment{q.Pair, q.Style}] {
		if g := m.Gallery[i]; g.Image == image && toBox(b).iou(toBox(g.Box)) >= minOverlap {
			return true
		}
	}
	return false
}
