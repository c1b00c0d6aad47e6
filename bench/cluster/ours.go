package main

import (
	"context"
	"time"

	"fashionpipe/internal/nearest"
	"fashionpipe/model/cluster"
)

// ours is a turn of pipe.
func ours(ctx context.Context, data []float32, s size) (measured, error) {
	m := measured{Seconds: map[string]float64{}}
	start := make([]float64, s.clusters*s.dim)
	for i := range start {
		start[i] = float64(data[i])
	}
	began := time.Now()
	r, err := cluster.KMeans{K: s.clusters, MaxIter: s.iterations, Start: start, Workers: s.threads}.Fit(ctx, data, s.dim)
	if err != nil {
		return m, err
	}
	m.Seconds["kmeans"], m.Iterations, m.Inertia = time.Since(began).Seconds(), r.Iterations, r.Inertia

	began = time.Now()
	space, err := nearest.NewSpace(data, s.dim, nearest.L2)
	if err != nil {
		return m, err
	}
	sums := make([]float64, s.rows)
	o := nearest.Options{K: func(int) int { return s.neighbours }, Workers: s.threads}
	err = space.Search(ctx, o, func(q int, near []nearest.Neighbour) {
		for _, n := range near {
			sums[q] += space.Score(n.Distance)
		}
	})
	m.Seconds["neighbours"] = time.Since(began).Seconds()
	for _, v := range sums {
		m.Distances += v
	}
	return m, err
}
