package report

import "fashionpipe/formats"

// coloured is how many clusters get a colour on a map, the largest first.
const coloured = 12

// groups are the clusters of the points of a map.
type groups struct {
	method string
	of     map[string]int // id → rank of its cluster by size, -1 for the uncoloured
	legend []key
	rest   int // clusters too small for a colour
}

// rank gives a photo's place in the legend; -1: none.
func (g groups) rank(id string) int {
	if r, ok := g.of[id]; ok {
		return r
	}
	return -1
}

// groups finds the first clustering of an embedding and ranks its clusters.
func (b *builder) groups(digest string, points []formats.Labels) groups {
	for _, c := range b.in.Clusters {
		if c.Meta.Embeddings == digest {
			return rankClusters(c.Clusters, b.describe(c), points)
		}
	}
	return groups{}
}

func rankClusters(c *formats.Clusters, method string, points []formats.Labels) groups {
	g := groups{method: method, of: map[string]int{}}
	members, _ := membersOf(c)
	rankOf := make([]int, c.Meta.K)
	for rank, k := range bySize(members) {
		rankOf[k] = -1
		if rank >= coloured {
			g.rest++
		} else {
			rankOf[k] = rank
			g.legend = append(g.legend, key{Name: "cluster " + count(k), Color: rank})
		}
	}
	rows := rowsByID(c.Labels)
	for _, l := range points {
		i, ok := rows[l.ID]
		if !ok || c.Cluster[i] < 0 {
			continue
		}
		r := rankOf[c.Cluster[i]]
		g.of[l.ID] = r
		if r >= 0 {
			g.legend[r].Count++
		}
	}
	return g
}
