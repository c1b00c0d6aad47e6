package report

import (
	"cmp"
	"slices"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// montage shows the clusters of one clustering.
type montage struct {
	Model    model
	Method   string
	Choice   *choiceView
	Cards    []clusterCard
	LeftOut  int // clusters not shown
	Photos   int // photos in those
	None     int // photos in no cluster
	Labelled bool
}

// clusterCard is one cluster.
type clusterCard struct {
	Number int
	Size   int
	Purity string // share of the dominant category among the labelled; "" where nothing is labelled
	Parts  []part
	Near   []shot // nearest the centre, nearest first
	Random []shot // drawn from the rest
}

// part is a category's share of a cluster.
type part struct {
	Name  string
	Color int // -1: the rest
	Share float64
}

// Percent writes the share.
func (p part) Percent() string { return wholePercent(p.Share) }

// newMontages shows the largest clusters of each clustering; Options.Clusters is divided among them.
func newMontages(b *builder) ([]montage, error) {
	var ms []montage
	for i, c := range b.in.Clusters {
		limit := b.o.Clusters / len(b.in.Clusters)
		if i < b.o.Clusters%len(b.in.Clusters) {
			limit++
		}
		if limit == 0 {
			continue
		}
		m, err := newMontage(b, c, i, limit)
		if err != nil {
			return nil, err
		}
		ms = append(ms, m)
	}
	return ms, nil
}

func newMontage(b *builder, c ClusterTable, which, limit int) (montage, error) {
	m := montage{Model: b.cast.byDigest[c.Meta.Embeddings], Method: b.describe(c), Choice: newChoice(c.Choice)}
	members, none := membersOf(c.Clusters)
	m.None = none
	for k, n := range bySize(members) {
		if k >= limit {
			m.LeftOut++
			m.Photos += len(members[n])
			continue
		}
		card, err := newCard(b, c.Clusters, which, n, members[n])
		if err != nil {
			return m, err
		}
		m.Labelled = m.Labelled || card.Purity != ""
		m.Cards = append(m.Cards, card)
	}
	return m, nil
}

// membersOf lists the rows of each cluster, nearest the centre first, and counts the rows in none.
func membersOf(c *formats.Clusters) (members [][]int, none int) {
	members = make([][]int, c.Meta.K)
	for i, k := range c.Cluster {
		if k < 0 {
			none++
			continue
		}
		members[k] = append(members[k], i)
	}
	for _, m := range members {
		slices.SortStableFunc(m, func(a, b int) int { return cmp.Compare(c.Distance[a], c.Distance[b]) })
	}
	return members, none
}

// bySize numbers the clusters that have members, largest first.
func bySize(members [][]int) []int {
	var order []int
	for k, m := range members {
		if len(m) > 0 {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(members[b]), len(members[a])) })
	return order
}

func newCard(b *builder, c *formats.Clusters, which, number int, rows []int) (clusterCard, error) {
	card := clusterCard{Number: number, Size: len(rows)}
	card.Purity, card.Parts = b.parts(c.Labels, rows)
	near, random := rows, []int(nil)
	if len(rows) > b.o.ClusterSamples {
		cut := (2*b.o.ClusterSamples + 2) / 3
		near = rows[:cut]
		r := rng.New(b.o.Seed, "report", "cluster", which, number)
		for _, p := range r.Perm(len(rows) - cut)[:b.o.ClusterSamples-cut] {
			random = append(random, rows[cut+p])
		}
	}
	var err error
	if card.Near, err = b.shots(c.Labels, near); err != nil {
		return card, err
	}
	card.Random, err = b.shots(c.Labels, random)
	return card, err
}

func (b *builder) shots(labels []formats.Labels, rows []int) ([]shot, error) {
	var ss []shot
	for _, r := range rows {
		s, err := b.shot(labels[r], montagePixels)
		if err != nil {
			return nil, err
		}
		ss = append(ss, s)
	}
	return ss, nil
}

// parts gives the purity of a cluster and its three largest categories with the rest.
func (b *builder) parts(labels []formats.Labels, rows []int) (purity string, parts []part) {
	counts := map[string]int{}
	total := 0
	for _, r := range rows {
		if name := labels[r].Category; name != "" {
			counts[name]++
			total++
		}
	}
	if total == 0 {
		return "", nil
	}
	rest := 1.0
	names := byCount(counts)
	for i, n := range names {
		if i == 3 && len(names) > 3 {
			parts = append(parts, part{"other", -1, rest})
			break
		}
		p := part{n, b.colors[n], float64(counts[n]) / float64(total)}
		rest -= p.Share
		parts = append(parts, p)
	}
	return wholePercent(float64(counts[names[0]]) / float64(total)), parts
}

// byCount lists names by how often they occur, then by name.
func byCount(counts map[string]int) []string {
	var names []string
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return names
}
