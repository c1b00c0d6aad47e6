package drift

import (
	"slices"

	"fashionpipe/formats"
)

// fates says what became of each cluster before.
func (c *comparison) fates() []formats.OldCluster {
	merged := c.mergedInto()
	out := make([]formats.OldCluster, len(c.old))
	for x := range out {
		o := formats.OldCluster{Cluster: x, Size: c.before.Sizes[x], Both: c.old[x]}
		switch {
		case c.parts[x] != nil:
			o.Fate, o.To = formats.Split, c.parts[x]
		case merged[x] >= 0:
			o.Fate, o.To = formats.Merged, []int{merged[x]}
		case c.heir[x] >= 0:
			o.Fate, o.To = formats.Kept, []int{c.heir[x]}
		default:
			o.Fate, o.To = formats.Died, c.went(x)
		}
		out[x] = o
	}
	return out
}

// mergedInto gives each cluster before the cluster now that it merged into with others, or -1. (It can't be in two: at
// least Match of it is in each, and where Match is a half or less, the first is taken.)
func (c *comparison) mergedInto() []int {
	into := make([]int, len(c.old))
	for x := range into {
		into[x] = slices.IndexFunc(c.sources, func(s []int) bool { return slices.Contains(s, x) })
	}
	return into
}

// went lists where larger shares of a cluster's photos are now.
func (c *comparison) went(x int) []int {
	var to []int
	for y := range c.new {
		if n := c.count[[2]int{x, y}]; n > 0 && atLeast(n, c.rules.Split, c.old[x]) {
			to = append(to, y)
		}
	}
	return to
}

// origins says where each cluster now came from.
func (c *comparison) origins() []formats.NowCluster {
	out := make([]formats.NowCluster, len(c.new))
	for y := range out {
		n := formats.NowCluster{Cluster: y, Size: c.now.Sizes[y], Both: c.new[y]}
		from := slices.Index(c.heir, y)
		if from >= 0 {
			n.Continues = &from
			n.Change = c.change(c.before.Sizes[from], n.Size)
		}
		whole := slices.IndexFunc(c.parts, func(p []int) bool { return slices.Contains(p, y) })
		switch {
		case c.sources[y] != nil:
			n.Origin, n.From = formats.Merged, c.sources[y]
		case whole >= 0:
			n.Origin, n.From = formats.Split, []int{whole}
		case from >= 0:
			n.Origin, n.From = formats.Kept, []int{from}
		default:
			n.Origin = formats.Born
		}
		out[y] = n
	}
	return out
}

func (c *comparison) change(was, is int) string {
	switch by := c.rules.Grow * float64(was); {
	case float64(is-was) >= by && is > was:
		return "grown"
	case float64(was-is) >= by && is < was:
		return "shrunk"
	}
	return ""
}

// flows counts where photos went.
func (c *comparison) flows() []formats.Flow {
	var out []formats.Flow
	for _, f := range c.cells() {
		x, y := f[0], f[1]
		out = append(out, formats.Flow{
			Before: number(x), Now: number(y), Photos: int64(c.count[f]), Matched: x >= 0 && y >= 0 && c.heir[x] == y,
		})
	}
	return out
}

// moves lists the photos that are not where their cluster is.
func (c *comparison) moves() []formats.Move {
	var out []formats.Move
	for i, j := range c.pairs.of {
		if j < 0 {
			continue
		}
		x, y := int(c.before.Cluster[j]), int(c.now.Cluster[i])
		if x == y && x < 0 || x >= 0 && y >= 0 && c.heir[x] == y {
			continue
		}
		out = append(out, formats.Move{
			ID: c.now.Labels[i].ID, Path: c.now.Labels[i].Path, IDBefore: c.before.Labels[j].ID,
			Before: number(x), Now: number(y), How: c.how(x, y),
		})
	}
	return out
}

// how says why a photo is elsewhere.
func (c *comparison) how(x, y int) string {
	switch {
	case x < 0 || y < 0:
		return "moved"
	case slices.Contains(c.parts[x], y):
		return formats.Split
	case slices.Contains(c.sources[y], x):
		return formats.Merged
	case c.heir[x] < 0 && c.parts[x] == nil && !slices.ContainsFunc(c.sources, func(s []int) bool { return slices.Contains(s, x) }):
		return formats.Died
	}
	return "moved"
}

// number is nil for no cluster.
func number(k int) *int32 {
	if k < 0 {
		return nil
	}
	v := int32(k)
	return &v
}
