package consumertoshop

import (
	"context"
	"fmt"

	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
)

// SearchOptions say how to search.
type SearchOptions struct {
	Metric  nearest.Metric
	Seed    uint64 // of the order among equal distances
	Workers int
	Start   func(queries int) // told how many items are searched for; may be nil
	Done    func(queries int) // told of items finished, from several goroutines; may be nil
}

// Search retrieves the 20 nearest shop items of each user item, of any category, by embeddings whose rows are items. The
// results are in the order of the rows; gallery are the items that could be found.
func Search(ctx context.Context, e *formats.Embeddings, items map[string]Item, o SearchOptions) (results []formats.ShopResult, gallery []Item, err error) {
	rows := make([]Item, e.Len())
	var users, shops []int32
	for i, l := range e.Labels {
		item, ok := items[l.ID]
		if !ok {
			return nil, nil, fmt.Errorf("row %d is %q, of which no item is known: connect the photos that these are embeddings of", i, l.ID)
		}
		rows[i] = item
		if item.Shop {
			shops, gallery = append(shops, int32(i)), append(gallery, item)
		} else {
			users = append(users, int32(i))
		}
	}
	if len(users) == 0 || len(shops) == 0 {
		return nil, nil, fmt.Errorf("%d items of user photos and %d of shop photos: there must be both", len(users), len(shops))
	}
	space, err := nearest.NewSpace(e.Data, e.Dim, o.Metric)
	if err != nil {
		return nil, nil, err
	}
	if o.Start != nil {
		o.Start(len(users))
	}
	found := make([]formats.ShopResult, len(rows))
	err = space.Search(ctx, nearest.Options{
		K: func(int) int { return retrieved }, Queries: users, Gallery: shops, Seed: o.Seed, Workers: o.Workers, Done: o.Done,
	}, func(q int, near []nearest.Neighbour) { found[q] = resultOf(rows, q, near) })
	if err != nil {
		return nil, nil, err
	}
	for _, q := range users {
		results = append(results, found[q])
	}
	return results, gallery, nil
}

func resultOf(rows []Item, q int, near []nearest.Neighbour) formats.ShopResult {
	r := formats.ShopResult{Image: rows[q].Image, Box: rows[q].Box, Class: rows[q].Class, Score: rows[q].Score}
	for _, n := range near {
		r.Images, r.Boxes = append(r.Images, rows[n.Row].Image), append(r.Boxes, rows[n.Row].Box)
	}
	return r
}

// chance is what top-k accuracy is in the mean, for each k, if the gallery comes in random order: of the queries that a
// result stands for, by the hypergeometric distribution.
func chance(t Truth, answers []Answer, gallery []Item) []float64 {
	m := newMatcher(t)
	at := map[int64][]Item{} // by photo
	for _, g := range gallery {
		at[g.Image] = append(at[g.Image], g)
	}
	sums := make([]float64, len(Ks))
	for _, a := range answers {
		if a.Result < 0 {
			continue
		}
		n, right := len(gallery), m.countRight(t.Queries[a.Query], at)
		for i, k := range Ks {
			none := 1.0 // the first k hold nothing right
			for j := 0; j < k && none > 0; j++ {
				none *= max(0, float64(n-right-j)) / float64(max(1, n-j))
			}
			sums[i] += (1 - none) / float64(len(answers))
		}
	}
	return sums
}

// countRight is how many gallery items are right for a query.
func (m *matcher) countRight(q formats.QueryItem, at map[int64][]Item) int {
	seen, n := map[int64]bool{}, 0
	for _, g := range m.garments[garment{q.Pair, q.Style}] {
		image := m.Gallery[g].Image
		if seen[image] {
			continue
		}
		seen[image] = true
		for _, item := range at[image] {
			if m.right(q, image, item.Box) {
				n++
			}
		}
	}
	return n
}
