package cluster

import (
	"context"
	"fmt"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
)

// EstimateBandwidth gives a bandwidth for mean shift as scikit-learn's estimate_bandwidth does: the mean, over rows, of
// the L2 distance to the farthest of the quantile of all rows that are nearest to it, itself among them. Where there
// are more than limit rows (limit above 0), it looks at so many, drawn by the seed.
func EstimateBandwidth(ctx context.Context, data []float32, dim int, quantile float64, limit int, seed uint64, workers int) (float64, error) {
	if !(quantile > 0 && quantile <= 1) {
		return 0, fmt.Errorf("mean shift: a quantile of %v is not above 0 and at most 1", quantile)
	}
	space, err := nearest.NewSpace(data, dim, nearest.L2)
	if err != nil {
		return 0, fmt.Errorf("mean shift: %w", err)
	}
	rows := sample(space.Len(), limit, rng.New(seed, "meanshift", "bandwidth"))
	others := int(quantile*float64(len(rows))) - 1 // a row's nearest is itself
	if others < 1 {
		return 0, nil
	}
	farthest := make([]float64, space.Len())
	o := nearest.Options{K: func(int) int { return others }, Queries: rows, Gallery: rows, Seed: seed, Workers: workers}
	err = space.Search(ctx, o, func(q int, near []nearest.Neighbour) {
		farthest[q] = space.Score(near[len(near)-1].Distance)
	})
	if err != nil {
		return 0, err
	}
	var sum float64
	for _, r := range rows {
		sum += farthest[r]
	}
	return sum / float64(len(rows)), nil
}
