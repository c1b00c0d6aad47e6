package judge

import (
	"context"
	"errors"
	"slices"

	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
)

// Validation measures recall@1 among some labelled photos, again and again as a training goes on.
type Validation struct {
	By      string  // what makes two photos positives of each other: "garment" where there are pairs, else "category"
	Rows    []int   // the photos chosen, ascending
	Queries int     // of these, those with a positive
	Chance  float64 // recall@1 if neighbours came in random order
	labels  []string
	seed    uint64
}

// NewValidation chooses up to limit rows by the seed, whole pairs together, so that photos keep their positives.
func NewValidation(labels []formats.Labels, limit int, seed uint64) (*Validation, error) {
	v := &Validation{Rows: choose(Pairs(labels), limit, seed), seed: seed}
	for _, by := range []string{"garment", "category"} {
		v.By, v.labels = by, nil
		for _, row := range v.Rows {
			v.labels = append(v.labels, labelOf[by](labels[row]))
		}
		if v.count(); v.Queries > 0 && v.Chance < 1 {
			return v, nil
		}
	}
	return nil, errors.New("the photos to validate on have neither garments in pairs nor several categories, so there is no recall to measure: " +
		"connect labelled photos, or none")
}

// choose takes whole groups in seeded order as long as they fit.
func choose(groups []int, limit int, seed uint64) []int {
	members := map[int][]int{}
	var order []int
	for row, g := range groups {
		if members[g] == nil {
			order = append(order, g)
		}
		members[g] = append(members[g], row)
	}
	var rows []int
	for _, i := range rng.New(seed, "validation").Perm(len(order)) {
		if m := members[order[i]]; len(rows)+len(m) <= limit {
			rows = append(rows, m...)
		}
	}
	slices.Sort(rows)
	return rows
}

// count counts the queries, and gives the mean of their positives' share of the other rows.
func (v *Validation) count() {
	count := map[string]int{}
	for _, l := range v.labels {
		count[l]++
	}
	positives := 0 // in whole numbers, so that the order of a map makes no difference
	v.Queries = 0
	for l, n := range count {
		if l != "" && n > 1 {
			v.Queries += n
			positives += n * (n - 1)
		}
	}
	v.Chance = float64(positives) / float64(max(v.Queries, 1)*max(len(v.labels)-1, 1))
}

// Recall is the share of photos whose nearest neighbour by cosine, among the other rows, is a positive; of photos without a
// positive nothing is measured. It is the recall@1 of eval.Retrieval.
func (v *Validation) Recall(ctx context.Context, features []float32, dim, workers int) (float64, error) {
	judged, err := eval.Retrieval{K: []int{1}, Metric: nearest.Cosine, Seed: v.seed, Workers: workers}.Judge(ctx, features, dim, v.labels)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, values := range judged[0].Values {
		sum += values[0]
	}
	return sum / float64(v.Queries), nil
}
