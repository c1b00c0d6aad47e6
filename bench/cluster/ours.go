package main

import (
	"context"
	"time"

	"fashionpipe/internal/nearest"
	"fashionpipe/model/cluster"
)

// ours is a turn of pipe.
func ours(ctx context.Context, data map[string][]float32, s size) (measured, error) {
	m := measured{Seconds: map[string]float64{}, Inertia: map[string]float64{}}
	for name, run := range map[string]func(context.Context, map[string][]float32, size, *measured) error{
		"neighbours": neighbours, "kmeans": kMeans("kmeans", cluster.Lloyd), "elkan": kMeans("elkan", cluster.Elkan),
		"minibatch": miniBatch, "hartigan-wong": hartiganWong, "meanshift": meanShift,
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

// first are the first k rows, to start from.
func first(data []float32, k int, s size) []float64 {
	start := make([]float64, k*s.dim)
	for i := range start {
		start[i] = float64(data[i])
	}
	return start
}

func kMeans(task string, method cluster.Method) func(context.Context, map[string][]float32, size, *measured) error {
	return func(ctx context.Context, data map[string][]float32, s size, m *measured) error {
		o := cluster.KMeans{K: s.clusters, Method: method, MaxIter: s.iterations, Start: first(data["rows"], s.clusters, s), Workers: s.threads}
		r, err := o.Fit(ctx, data["rows"], s.dim)
		if err == nil {
			m.Iterations, m.Inertia[task] = r.Iterations, r.Inertia
		}
		return err
	}
}

// miniBatch stops by itself, as scikit-learn's does; both draw their own batches.
func miniBatch(ctx context.Context, data map[string][]float32, s size, m *measured) error {
	o := cluster.KMeans{K: s.groups, Method: cluster.MiniBatch, Batch: 1024, MaxIter: 100, Seed: 1, Start: first(data["rows"], s.groups, s), Workers: s.threads}
	r, err := o.Fit(ctx, data["rows"], s.dim)
	if err == nil {
		m.Inertia["minibatch"] = r.Inertia
	}
	return err
}

func hartiganWong(ctx context.Context, data map[string][]float32, s size, m *measured) error {
	rows := data["rows"][:s.transfers*s.dim]
	o := cluster.KMeans{K: s.groups, Method: cluster.HartiganWong, MaxIter: 300, Start: first(rows, s.groups, s), Workers: s.threads}
	r, err := o.Fit(ctx, rows, s.dim)
	if err == nil {
		m.Inertia["hartigan-wong"] = r.Inertia
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
