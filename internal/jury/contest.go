package jury

import (
	"fmt"
	"slices"
	"strings"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// Images is a table of decoded photos, such as *formats.Images.
type Images interface {
	Len() int
	Spec() formats.ImageSpec
	Labels(i int) formats.Labels
	Whole(i int) []byte // Size×Size RGB, row-major
}

// Options say what is asked.
type Options struct {
	Queries int    // photos to judge for, drawn at random, the same for everybody; fewer where there are not so many
	K       int    // neighbours shown of each model
	Seed    uint64 // draws the queries, their order and the sides
}

// Contest is what people judge: two models' neighbours of the same photos.
type Contest struct {
	Subject Subject
	images  Images
	seed    uint64
	queries []string // ids
	rows    map[string][2][]int
	row     map[string]int // id → row of images
}

// NewContest draws the queries. It is an error if the tables are not of the images, are of a
// gallery, or hold too few neighbours.
func NewContest(s Subject, im Images, ours, baseline *formats.Neighbours, o Options) (*Contest, error) {
	s.K = o.K
	c := &Contest{Subject: s, images: im, seed: o.Seed, rows: map[string][2][]int{}, row: map[string]int{}}
	for i := range im.Len() {
		c.row[im.Labels(i).ID] = i
	}
	found := map[string][2][]int{}
	for side, n := range []*formats.Neighbours{ours, baseline} {
		if n.HasGallery() {
			return nil, fmt.Errorf("the neighbours by %s are of a gallery, and people compare neighbours among the photos themselves: judge a run whose stages retrieve have none", n.Meta.Model)
		}
		if n.K < o.K {
			return nil, fmt.Errorf("there are only %d neighbours of each photo by %s: ask for fewer (--k)", n.K, n.Meta.Model)
		}
		for i, l := range n.Labels {
			rows, err := c.neighbours(n, i, o.K)
			if err != nil {
				return nil, err
			}
			both := found[l.ID]
			both[side] = rows
			found[l.ID] = both
		}
	}
	var all []string
	for id, both := range found {
		if len(both[0]) > 0 && len(both[1]) > 0 {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	for _, i := range rng.New(o.Seed, "jury", "queries").Perm(len(all))[:min(o.Queries, len(all))] {
		c.queries = append(c.queries, all[i])
		c.rows[all[i]] = found[all[i]]
	}
	if len(c.queries) == 0 {
		return nil, fmt.Errorf("the two have no photo in common that both find neighbours of")
	}
	return c, nil
}

// neighbours gives the rows in the image table of the first k neighbours of a row.
func (c *Contest) neighbours(n *formats.Neighbours, i, k int) (rows []int, err error) {
	index, _ := n.Row(i)
	ids := []string{n.Labels[i].ID}
	for _, j := range index[:min(k, len(index))] {
		ids = append(ids, n.Labels[j].ID)
	}
	for _, id := range ids {
		row, ok := c.row[id]
		if !ok {
			return nil, fmt.Errorf("%s has neighbours, and is not among the images", id)
		}
		rows = append(rows, row)
	}
	return rows[1:], nil
}

// order is the order in which a person gets the queries.
func (c *Contest) order(name string) []string {
	out := slices.Clone(c.queries)
	rng.New(c.seed, "jury", "order", strings.ToLower(name)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// left says who stands on the left for a person and a query.
func (c *Contest) left(name, query string) string {
	return []string{Ours, Baseline}[rng.New(c.seed, "jury", "side", strings.ToLower(name), query).IntN(2)]
}

// Len is the number of queries.
func (c *Contest) Len() int { return len(c.queries) }
