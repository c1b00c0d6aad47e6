package catalogue

import (
	"cmp"
	"slices"
	"strconv"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// Choose picks at most limit rows by the seed, and gives them in the order they have. limit 0 picks all. Rows that share
// a pair_id are chosen together or not at all, so that pairs stay whole; rows of one photo likewise. Every class gets
// its share of the limit where rows have classes but no pairs. Which rows are chosen doesn't depend on their order,
// and a chosen row mostly stays chosen when others are added.
func Choose(rows []formats.Photo, limit int, seed uint64) []formats.Photo {
	if limit <= 0 || len(rows) <= limit {
		return rows
	}
	groups := grouped(rows, seed)
	chosen, left := map[string]bool{}, quotas(groups, limit)
	for _, g := range groups {
		if g.rows <= left[g.class] {
			chosen[g.key] = true
			left[g.class] -= g.rows
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(p formats.Photo) bool { return !chosen[groupKey(&p)] })
}

// group is a set of rows that stay together.
type group struct {
	key   string
	class string // what quotas are for: "" for pairs, which mix classes
	rows  int
	draw  uint64 // the order of choice
}

// grouped gives the groups of rows in the order they are to be chosen.
func grouped(rows []formats.Photo, seed uint64) []*group {
	byKey := map[string]*group{}
	var groups []*group
	for i := range rows {
		key := groupKey(&rows[i])
		g := byKey[key]
		if g == nil {
			g = &group{key: key, draw: rng.New(seed, "choose", key).Uint64()}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.rows++
		if c := rows[i].Category; rows[i].PairID == 0 && (g.rows == 1 || c < g.class) {
			g.class = c
		}
	}
	slices.SortFunc(groups, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.draw, b.draw), cmp.Compare(a.key, b.key))
	})
	return groups
}

// groupKey names the pair a row is in; a row without one is in the group of its photo.
func groupKey(p *formats.Photo) string {
	if p.PairID != 0 {
		return "pair " + strconv.FormatInt(p.PairID, 10)
	}
	return "photo " + p.Path
}

// quotas shares the limit out among classes in proportion to their rows, by the method of largest remainders.
func quotas(groups []*group, limit int) map[string]int {
	rows := map[string]int{}
	total := 0
	for _, g := range groups {
		rows[g.class] += g.rows
		total += g.rows
	}
	classes := make([]string, 0, len(rows))
	out := map[string]int{}
	left := limit
	for class, n := range rows {
		classes = append(classes, class)
		out[class] = int(int64(n) * int64(limit) / int64(total))
		left -= out[class]
	}
	slices.SortFunc(classes, func(a, b string) int {
		rest := func(c string) int64 { return int64(rows[c]) * int64(limit) % int64(total) }
		return cmp.Or(cmp.Compare(rest(b), rest(a)), cmp.Compare(a, b))
	})
	for _, class := range classes[:left] {
		out[class]++
	}
	return out
}
