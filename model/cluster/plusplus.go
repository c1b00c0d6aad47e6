package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"fashionpipe/internal/nearest"
)

// plusPlus chooses k rows as centres (k×dim) by k-means++ (Arthur & Vassilvitskii 2007): each next one is drawn with a
// probability proportional to its squared distance from the nearest chosen so far. It is the greedy variant of the same
// paper's conclusion and of scikit-learn: 2+⌊ln k⌋ rows are drawn and the one that leaves the smallest sum is taken.
// There are fewer than k centres where the rows have fewer than k distinct values.
func plusPlus(ctx context.Context, s *nearest.Space, k, workers int, r *rand.Rand) ([]float64, error) {
	n, trials := s.Len(), 2+int(math.Log(float64(k)))
	nearestSq := make([]float64, n)
	for i := range nearestSq {
		nearestSq[i] = math.Inf(1)
	}
	candidates, reach := make([]int32, trials), make([][]float64, trials) // reach: nearestSq, were that candidate taken
	for t := range reach {
		reach[t] = make([]float64, n)
	}
	candidates[0] = int32(r.IntN(n))
	drawn := candidates[:1] // the first is drawn evenly, and is alone
	var centres []float64
	for {
		if err := s.Closer(ctx, drawn, nearestSq, reach, workers); err != nil {
			return nil, err
		}
		best := 0
		for t := range drawn {
			if sum(reach[t]) < sum(reach[best]) {
				best = t
			}
		}
		centres = appendRow(centres, s.Row(int(drawn[best])))
		nearestSq, reach[best] = reach[best], nearestSq
		cumulative, total := cumulate(nearestSq)
		if len(centres) == k*s.Dim || total == 0 {
			return centres, nil
		}
		drawn = candidates
		for t := range drawn {
			drawn[t] = int32(draw(cumulative, r.Float64()*total))
		}
	}
}

func appendRow(centres []float64, row []float32) []float64 {
	for _, v := range row {
		centres = append(centres, float64(v))
	}
	return centres
}

func sum(x []float64) (total float64) {
	for _, v := range x {
		total += v
	}
	return total
}

func cumulate(x []float64) ([]float64, float64) {
	sums, sum := make([]float64, len(x)), 0.0
	for i, v := range x {
		sum += v
		sums[i] = sum
	}
	return sums, sum
}

// draw finds the first row whose cumulative weight is above at; so never one of weight 0.
func draw(cumulative []float64, at float64) int {
	i, _ := slices.BinarySearchFunc(cumulative, at, func(c, at float64) int {
		if c <= at {
			return -1
		}
		return 1
	})
	if i == len(cumulative) { // at was rounded up to the total: the last row of any weight
		i, _ = slices.BinarySearch(cumulative, cumulative[len(cumulative)-1])
	}
	return i
}
