package eval

import (
	"fmt"
	"math"
	"slices"

	"fashionpipe/internal/nearest"
)

// Measures names what is measured of each query.
func (o Retrieval) Measures() []string {
	var names []string
	for _, k := range o.K {
		names = append(names, fmt.Sprintf("recall@%d", k))
	}
	for _, k := range o.K {
		names = append(names, fmt.Sprintf("precision@%d", k))
	}
	names = append(names, "r_precision", "map@r")
	if k := o.most(); k > 0 {
		names = append(names, fmt.Sprintf("map@%d", k), fmt.Sprintf("mrr@%d", k), fmt.Sprintf("ndcg@%d", k))
	}
	return names
}

// most is the largest k, 0 if there is none.
func (o Retrieval) most() int { return slices.Max(append([]int{0}, o.K...)) }

// score measures one query with r positives from its neighbours.
func (o Retrieval) score(label []int32, r, own int32, near []nearest.Neighbour) []float64 {
	hits := make([]int, len(near)+1)          // hits[i]: positives among the first i
	averages := make([]float64, len(near)+1)  // averages[i]: the sum of the precisions at the positives among the first i
	discounts := make([]float64, len(near)+1) // discounts[i]: the sum of the discounts of the positives among the first i
	first := 0                                // rank of the first positive
	for i, n := range near {
		hits[i+1], averages[i+1], discounts[i+1] = hits[i], averages[i], discounts[i]
		if label[n.Row] == own {
			hits[i+1]++
			averages[i+1] += float64(hits[i+1]) / float64(i+1)
			discounts[i+1] += discount(i + 1)
			if first == 0 {
				first = i + 1
			}
		}
	}
	at := func(k int) int { return min(k, len(near)) }
	values := make([]float64, 0, 2*len(o.K)+5)
	for _, k := range o.K {
		values = append(values, min(1, float64(hits[at(k)])))
	}
	for _, k := range o.K {
		values = append(values, float64(hits[at(k)])/float64(k))
	}
	values = append(values, float64(hits[at(int(r))])/float64(r), averages[at(int(r))]/float64(r))
	k := o.most()
	if k == 0 {
		return values
	}
	reciprocal := 0.0
	if first > 0 && first <= k {
		reciprocal = 1 / float64(first)
	}
	return append(values, averages[at(k)]/float64(r), reciprocal, discounts[at(k)]/ideal(k, int(r)))
}

// discount is what a positive at a rank is worth to nDCG.
func discount(rank int) float64 { return 1 / math.Log2(float64(rank+1)) }

// ideal is the discounted gain of the first k if all r positives come first.
func ideal(k, r int) float64 {
	var sum float64
	for i := 1; i <= min(k, r); i++ {
		sum += discount(i)
	}
	return sum
}
