package eval

import (
	"cmp"
	"fmt"
	"slices"
)

// Contingency counts how often each class meets each cluster.
type Contingency struct {
	classes, clusters []int // members of each
	cells             []cell
	n                 int
}

type cell struct{ class, cluster, count int }

// Tabulate counts classes against clusters over the rows that have a class: labels "" are left out. Rows in no cluster
// (-1) are taken as one cluster more, as scikit-learn takes them.
func Tabulate(labels []string, clusters []int32) (*Contingency, error) {
	if len(labels) != len(clusters) {
		return nil, fmt.Errorf("eval: %d labels for %d rows in clusters", len(labels), len(clusters))
	}
	count := map[[2]int]int{}
	for i, l := range number(labels) {
		if l >= 0 {
			count[[2]int{int(l), int(clusters[i])}]++
		}
	}
	cells := make([]cell, 0, len(count))
	for k, n := range count {
		cells = append(cells, cell{k[0], k[1], n})
	}
	slices.SortFunc(cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.cluster, b.cluster))
	})
	return newContingency(cells), nil
}

// newContingency takes cells of any class and cluster numbers and leaves out those that count nothing.
func newContingency(cells []cell) *Contingency {
	t := &Contingency{}
	class, cluster := map[int]int{}, map[int]int{}
	for _, c := range cells {
		if c.count == 0 {
			continue
		}
		c.class, c.cluster = place(class, c.class), place(cluster, c.cluster)
		t.classes, t.clusters = add(t.classes, c.class, c.count), add(t.clusters, c.cluster, c.count)
		t.cells = append(t.cells, c)
		t.n += c.count
	}
	return t
}

// place numbers keys in the order they are met.
func place(of map[int]int, key int) int {
	p, ok := of[key]
	if !ok {
		p = len(of)
		of[key] = p
	}
	return p
}

func add(counts []int, i, n int) []int {
	if i == len(counts) {
		counts = append(counts, 0)
	}
	counts[i] += n
	return counts
}

// Rows is the number of rows that were counted.
func (t *Contingency) Rows() int { return t.n }

// Classes is the number of classes met.
func (t *Contingency) Classes() int { return len(t.classes) }
