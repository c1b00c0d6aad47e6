package main

import (
	"context"
	"time"

	"fashionpipe/internal/nearest"
	"fashionpipe/model/cluster"
)

// ours is a turn of pipe.
func ours(ctx context.Context, data map[string][]float32, s size) (measured, error) {
	m := measured{Seconds: map[string]float64{}}
	for name, run := range map[string]func(context.Context, map[string][]float32, size, *measured) error{
		"neighbours": neighbours, "kmeans": kMeans, "meanshift": meanShift,
	} {
		began := time.Now()
		if err := run(ctx, data, s, &m); err != nil {
			return m, err
		}
		m.Seconds[name] = time.Since(began).Seconds()
	}
	return m, nil
}

func neighbours(ctx context.Context, data map[string][]float32, s size, m *measured) error {
	space, err := nearest.NewSpace(data["rows"], s.dim, nearest.L2)
	if err != nil {
		return err
	}
	sums := make([]float64, s.rows)
	o := nearest.Options{K: func(int) int { return s.neighbours }, Workers: s.threads}
	err = space.Search(ctx, o, func(q int, near []nearest.Neighbour) {
		for _, n := range near {
			sums[q] += space.Score(n.Distance)
		}
	})
	for _, v := range sums {
		m.Distances += v
	}
	return err
}

func kMeans(ctx context.Context, data map[string][]float32, s size, m *measured) error {
	start := make([]float64, s.clusters*s.dim)
	for i := range start {
		start[i] = float64(data["rows"][i])
	}
	r, err := cluster.KMeans{K: s.clusters, MaxIter: s.iterations, Start: start, Workers: s.threads}.Fit(ctx, data["rows"], s.dim)
	if err == nil {
		m.Iterations, m.Inertia = r.Iterations, r.Inertia
	}
	return err
}

// meanShift merges attractors within a bandwidth of each other, as scikit-learn does.
func meanShift(ctx context.Context, data map[string][]float32, s size, m *measured) error {
	r, err := cluster.MeanShift{Bandwidth: s.bandwidth, MaxIter: 300, Tol: 1e-3, Merge: 1, Workers: s.threads}.Fit(ctx, data["groups"], s.dim)
	if err == nil {
		m.Modes = r.Centres
	}
	return err
}

// bandwidth is what all use.
func bandwidth(ctx context.Context, data []float32, s size) (float64, error) {
	return cluster.EstimateBandwidth(ctx, data, s.dim, quantile, 0, 1, s.threads)
}
