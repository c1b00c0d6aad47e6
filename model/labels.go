package model

import (
	"fmt"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// What photos may have in common, for LossConfig.By.
const (
	ByGarment  = "garment"  // DeepFashion2's pair: same pair_id and style, style above 0
	ByCategory = "category" // or the class folder
)

// groups numbers the rows of a table so that those with the same label have the same number, and no two rows without.
func groups(im Images, by string) ([]int, error) {
	label, remedy := formats.Labels.Garment, "set by: category"
	switch by {
	case ByGarment:
	case ByCategory:
		label, remedy = func(l formats.Labels) string { return l.Category }, "set by: garment, or take a loss without labels, such as ntxent"
	default:
		return nil, fmt.Errorf("unknown label %q to go by: there are garment and category", by)
	}
	first := map[string]int{}
	list := make([]int, im.Len())
	shared := false
	for i := range list {
		list[i] = i
		name := label(im.Labels(i))
		if name == "" {
			continue
		}
		if at, ok := first[name]; ok {
			list[i], shared = at, true
			continue
		}
		first[name] = i
	}
	if !shared {
		return nil, fmt.Errorf("no two photos have the same %s, so supcon has nothing to go by: %s", by, remedy)
	}
	return list, nil
}

// batchLabels gives the photos of a batch numbers that are equal where their groups are: the place of the group's first.
func batchLabels(groups, rows []int) []float32 {
	first := map[int]int{}
	labels := make([]float32, len(rows))
	for i, row := range rows {
		at, ok := first[groups[row]]
		if !ok {
			at, first[groups[row]] = i, i
		}
		labels[i] = float32(at)
	}
	return labels
}

// groupedOrder is an order of all rows in which up to `together` rows of a group follow one another: the rows of each
// group in a new order and cut into such pieces, then the pieces in a new order.
func groupedOrder(seed uint64, epoch int, groups []int, together int) []int {
	var pieces [][]int
	open := map[int]int{} // the piece that a group still fills
	for _, row := range epochOrder(seed, epoch, len(groups)) {
		at, ok := open[groups[row]]
		if !ok || len(pieces[at]) == together {
			at = len(pieces)
			open[groups[row]] = at
			pieces = append(pieces, nil)
		}
		pieces[at] = append(pieces[at], row)
	}
	order := make([]int, 0, len(groups))
	for _, i := range rng.New(seed, "pieces", epoch).Perm(len(pieces)) {
		order = append(order, pieces[i]...)
	}
	return order
}
