package catalogue

import (
	"cmp"
	"slices"
	"strconv"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// group is a set of rows that stay together: those of a pair, or of a photo that is in none.
type group struct {
	groupID
	key    string
	class  string // what quotas are for: "" for pairs, which mix classes
	rows   int
	draw   uint64 // the order of choice
	chosen bool
}

type groupID struct {
	pair int64
	path string // "" where there is a pair
}

func groupOf(l *formats.Labels) groupID {
	if l.PairID != 0 {
		return groupID{pair: l.PairID}
	}
	return groupID{path: l.Path}
}

func (g groupID) String() string {
	if g.pair != 0 {
		return "pair " + strconv.FormatInt(g.pair, 10)
	}
	return "photo " + g.path
}

// add counts a row of the group.
func (g *group) add(l *formats.Labels) {
	g.rows++
	if g.pair == 0 && (g.rows == 1 || l.Category < g.class) {
		g.class = l.Category
	}
}

// choose marks groups of at most limit rows, chosen by the seed. Every class gets its share of the limit. What is chosen
// doesn't depend on the order of groups, and mostly stays chosen when others are added.
func choose(groups []*group, limit int, seed uint64) {
	for _, g := range groups {
		g.key = g.String()
		g.draw = rng.New(seed, "choose", g.key).Uint64()
	}
	slices.SortFunc(groups, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.draw, b.draw), cmp.Compare(a.key, b.key))
	})
	left := quotas(groups, limit)
	for _, g := range groups {
		if g.rows <= left[g.class] {
			g.chosen = true
			left[g.class] -= g.rows
		}
	}
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
