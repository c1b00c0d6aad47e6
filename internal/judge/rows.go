package judge

import (
	"fmt"

	"fashionpipe/formats"
)

// Pairs numbers the groups that the bootstrap draws together: the rows of a pair_id, whose photos are near-copies of each
// other and each other's positives; a row without one is a group of its own.
func Pairs(labels []formats.Labels) []int {
	groups, of := make([]int, len(labels)), map[int64]int{}
	for i, l := range labels {
		groups[i] = i
		if l.PairID == 0 {
			continue
		}
		if first, ok := of[l.PairID]; ok {
			groups[i] = first
		} else {
			of[l.PairID] = i
		}
	}
	return groups
}

// groupsOf are the groups of some rows.
func groupsOf[I int | int32](groups []int, rows []I) []int {
	out := make([]int, len(rows))
	for i, r := range rows {
		out[i] = groups[r]
	}
	return out
}

// from tells which rows have the source, nil for all; there must be one.
func from(param, source string, labels []formats.Labels) ([]bool, error) {
	if source == "all" {
		return nil, nil
	}
	which, n := make([]bool, len(labels)), 0
	for i, l := range labels {
		if which[i] = l.Source == source; which[i] {
			n++
		}
	}
	if n == 0 {
		return nil, fmt.Errorf("%s: %s, but no row is a %s photo: use %s: all", param, source, source, param)
	}
	return which, nil
}

// clusteringNames say how each clustering was made; those that would read alike get the beginning of their digest.
func clusteringNames(clusterings []Clustering) []string {
	digests := map[string]map[string]bool{} // by model and name
	for _, c := range clusterings {
		key := c.Meta.Embeddings + "\x00" + c.Meta.Label()
		if digests[key] == nil {
			digests[key] = map[string]bool{}
		}
		digests[key][c.Digest] = true
	}
	var names []string
	for _, c := range clusterings {
		name := c.Meta.Label()
		if len(digests[c.Meta.Embeddings+"\x00"+name]) > 1 {
			name += ", " + c.Digest[:min(8, len(c.Digest))]
		}
		names = append(names, name)
	}
	return names
}
