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
	cells, _ := tabulate(labels, clusters)
	return newContingency(cells), nil
}

// tabulate counts the cells that rows are in, by class and then cluster, and tells each row's place among them: -1
// without a label.
func tabulate(labels []string, clusters []int32) (cells []cell, of []int) {
	classes := number(labels)
	for i, c := range classes {
		if c >= 0 {
			cells = append(cells, cell{int(c), int(clusters[i]), 0})
		}
	}
	slices.SortFunc(cells, compareCells)
	cells = slices.Compact(cells)
	of = make([]int, len(labels))
	for i, c := range classes {
		of[i] = -1
		if c >= 0 {
			of[i], _ = slices.BinarySearchFunc(cells, cell{class: int(c), cluster: int(clusters[i])}, compareCells)
			cells[of[i]].count++
		}
	}
	return cells, of
}

func compareCells(a, b cell) int {
	return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.cluster, b.cluster))
}

// newContingency takes cells of any class and cluster numbers and leaves out those that count nothing.
func newContingency(cells []cell) *Contingency {
	t := &Contingency{}
	class, cluster := map[int]int{}, map[int]int{}
	for _, c := range cells {
		if c.count == 0 {
			continue
		}
		c.class, c.cluster = numberOf(class, c.class), numberOf(cluster, c.cluster)
		t.classes, t.clusters = add(t.classes, c.class, c.count), add(t.clusters, c.cluster, c.count)
		t.cells = append(t.cells, c)
		t.n += c.count
	}
	return t
}

// numberOf numbers keys in the order they are met.
func numberOf(numbers map[int]int, key int) int {
	n, ok := numbers[key]
	if !ok {
		n = len(numbers)
		numbers[key] = n
	}
	return n
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
