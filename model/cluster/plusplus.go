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
	firstRow := r.IntN(n)
	centres := appendRow(nil, s.Row(firstRow))
	if err := closer(ctx, s, firstRow, nearestSq, workers); err != nil {
		return nil, err
	}
	trial, best := make([]float64, n), make([]float64, n)
	for len(centres) < k*s.Dim {
		cumulative, total := cumulate(nearestSq)
		if total == 0 {
			break
		}
		bestSum, bestRow := math.Inf(1), 0
		for range trials {
			row := draw(cumulative, r.Float64()*total)
			copy(trial, nearestSq)
			if err := closer(ctx, s, row, trial, workers); err != nil {
				return nil, err
			}
			if _, sum := cumulate(trial); sum < bestSum {
				bestSum, bestRow = sum, row
				trial, best = best, trial
			}
		}
		centres = appendRow(centres, s.Row(bestRow))
		copy(nearestSq, best)
	}
	return centres, nil
}

func appendRow(centres []float64, row []float32) []float64 {
	for _, v := range row {
		centres = append(centres, float64(v))
	}
	return centres
}

// closer lowers each squared distance to that from the row, where it is smaller.
func closer(ctx context.Context, s *nearest.Space, row int, squared []float64, workers int) error {
	const part = 256
	return nearest.ForEach(ctx, (len(squared)+part-1)/part, workers, func(_, p int) {
		for i := p * part; i < min(len(squared), (p+1)*part); i++ {
			squared[i] = min(squared[i], nearest.SquaredL2(s.Row(i), s.Row(row)))
		}
	})
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
