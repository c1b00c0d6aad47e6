package drift

import (
	"cmp"
	"slices"
	"strconv"

	"fashionpipe/eval"
	"fashionpipe/formats"
)

// Rules say from when on a change counts.
type Rules struct {
	Match float64 // how much of a part must be of the whole, above 0 to 1
	Split float64 // how much of the whole must be in a part, above 0 to 1
	Grow  float64 // change of size, as a share of the size before
}

// Compare says how the clusters now differ from those before; is and was are the contents of their photos, as far as
// they are known. The verdict, the noise and the digests are left to the caller.
//
// Clusters are matched one to one so that as many photos as can be stay in their cluster (an optimal assignment). What
// becomes of them is told in the words of MONIC (Spiliopoulou, Ntoutsi, Theodoridis & Schult, KDD 2006), with conditions
// that read the same in both directions of time. One cluster is a part of another of the other night if it holds at least
// Split of that one's photos and consists of them by at least Match. A cluster before splits if it has two parts now or
// more; a cluster now is merged if it had two parts before or more. A matched pair goes on if one is a part of the other.
// Shares are of the photos that both nights have, so photos that come or go change no fate. A cluster of which nothing
// goes on died; one that continues nothing was born.
func Compare(now, before *formats.Clusters, is, was Contents, rules Rules) (*formats.Drift, error) {
	c := newComparison(now, before, is, was, rules)
	d := &formats.Drift{DriftSummary: formats.DriftSummary{
		Label: now.Meta.Label(), LabelBefore: before.Meta.Label(),
		Photos: len(now.Labels), PhotosBefore: len(before.Labels), Both: c.pairs.both,
		New: len(now.Labels) - c.pairs.both, Gone: len(before.Labels) - c.pairs.both,
		Renamed: c.pairs.renamed, Changed: c.pairs.changed,
	}}
	if err := c.agreement(&d.DriftSummary); err != nil {
		return nil, err
	}
	c.match()
	c.transitions()
	d.Old, d.Now = c.fates(), c.origins()
	d.Flows, d.Moves = c.flows(), c.moves()
	d.Moved = len(d.Moves)
	return d, nil
}

// comparison is the work on one pair of clusterings.
type comparison struct {
	now, before *formats.Clusters
	rules       Rules
	pairs       pairing

	count    map[[2]int]int // photos by cluster before and now; -1: in no cluster
	old, new []int          // photos of each cluster that both have
	heir     []int          // of each cluster before: the cluster now that continues it, or -1
	parts    [][]int        // of each cluster before: what it split into
	sources  [][]int        // of each cluster now: what merged into it
}

func newComparison(now, before *formats.Clusters, is, was Contents, rules Rules) *comparison {
	c := &comparison{
		now: now, before: before, rules: rules, pairs: pair(now.Labels, before.Labels, is, was),
		count: map[[2]int]int{}, old: make([]int, before.Meta.K), new: make([]int, now.Meta.K),
	}
	for i, j := range c.pairs.of {
		if j < 0 {
			continue
		}
		x, y := int(before.Cluster[j]), int(now.Cluster[i])
		c.count[[2]int{x, y}]++
		if x >= 0 {
			c.old[x]++
		}
		if y >= 0 {
			c.new[y]++
		}
	}
	return c
}

// agreement measures how alike the clusterings are over the photos that both have.
func (c *comparison) agreement(d *formats.DriftSummary) error {
	var labels []string
	var clusters []int32
	for i, j := range c.pairs.of {
		if j >= 0 {
			labels = append(labels, strconv.Itoa(int(c.before.Cluster[j])))
			clusters = append(clusters, c.now.Cluster[i])
		}
	}
	var err error
	d.ARI, d.AMI, err = agreement(labels, clusters)
	return err
}

// Agreement gives the adjusted Rand index of two clusterings of the same rows; nil without rows.
func Agreement(a, b *formats.Clusters) (*float64, error) {
	labels := make([]string, len(a.Cluster))
	for i, k := range a.Cluster {
		labels[i] = strconv.Itoa(int(k))
	}
	ari, _, err := agreement(labels, b.Cluster)
	return ari, err
}

func agreement(labels []string, clusters []int32) (ari, ami *float64, err error) {
	t, err := eval.Tabulate(labels, clusters)
	if err != nil || t.Rows() == 0 {
		return nil, nil, err
	}
	all := t.Agreement()
	at := func(name string) *float64 { return &all[slices.Index(eval.Agreement, name)] }
	return at("ari"), at("ami"), nil
}

// match pairs clusters one to one.
func (c *comparison) match() {
	shared := make([]int, len(c.old)*len(c.new))
	for f, n := range c.count {
		if f[0] >= 0 && f[1] >= 0 {
			shared[f[0]*len(c.new)+f[1]] = n
		}
	}
	c.heir = eval.Assign(len(c.old), len(c.new), func(x, y int) int { return shared[x*len(c.new)+y] })
	for x, y := range c.heir {
		if y < 0 {
			continue
		}
		if n := c.count[[2]int{x, y}]; n == 0 || !c.part(n, c.old[x], c.new[y]) && !c.part(n, c.new[y], c.old[x]) {
			c.heir[x] = -1
		}
	}
}

// part says whether a cluster of some photos, n of them from a cluster whole, is a part of that.
func (c *comparison) part(n, whole, cluster int) bool {
	return atLeast(n, c.rules.Split, whole) && atLeast(n, c.rules.Match, cluster)
}

// atLeast says whether n is at least a share of all. A share such as 0.1 is no exact number, hence the slack.
func atLeast(n int, share float64, all int) bool { return float64(n) >= share*float64(all)-1e-9 }

// transitions finds what split and what merged.
func (c *comparison) transitions() {
	c.parts, c.sources = make([][]int, len(c.old)), make([][]int, len(c.new))
	for _, f := range c.cells() {
		x, y, n := f[0], f[1], c.count[f]
		if x < 0 || y < 0 {
			continue
		}
		if c.part(n, c.old[x], c.new[y]) {
			c.parts[x] = append(c.parts[x], y)
		}
		if c.part(n, c.new[y], c.old[x]) {
			c.sources[y] = append(c.sources[y], x)
		}
	}
	for _, lists := range [][][]int{c.parts, c.sources} {
		for i := range lists {
			if len(lists[i]) < 2 {
				lists[i] = nil
			}
		}
	}
}

// cells lists the pairs of clusters that share photos, sorted.
func (c *comparison) cells() [][2]int {
	cells := make([][2]int, 0, len(c.count))
	for f := range c.count {
		cells = append(cells, f)
	}
	slices.SortFunc(cells, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return cells
}
