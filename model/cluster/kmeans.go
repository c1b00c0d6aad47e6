package cluster

import (
	"context"
	"fmt"
	"slices"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
	"fashionpipe/internal/simd/vec"
)

// KMeans groups rows around K centres so that the sum of squared distances to them is small: Lloyd's iteration (Least
// squares quantization in PCM, 1982) from greedy k-means++ starts, of which the best result is kept.
type KMeans struct {
	K        int
	Restarts int       // starts to try, at least 1
	MaxIter  int       // iterations of each, at least 1
	Tol      float64   // stop when the squared moves of all centres add up to at most Tol × the mean variance of a column
	Start    []float64 // K×dim centres to start from, once; nil: k-means++, Restarts times
	Keep     bool      // number clusters as Start has them, not by size
	Seed     uint64
	Workers  int
	Progress func(restart, iteration int) // called after each iteration; may be nil
}

// Fit clusters the rows of data, dim numbers each. There are fewer than K clusters where the rows have fewer than K
// distinct values. A row at exactly equal distance from two centres goes to the one with the lower number, of the
// numbering while it runs.
func (o KMeans) Fit(ctx context.Context, data []float32, dim int) (*Result, error) {
	space, err := nearest.NewSpace(data, dim, nearest.L2)
	if err != nil {
		return nil, fmt.Errorf("k-means: %w", err)
	}
	if n := space.Len(); o.K < 1 || o.K > n {
		return nil, fmt.Errorf("k-means: %d clusters of %d rows: k must be from 1 to the number of rows", o.K, n)
	}
	if o.Start != nil {
		if len(o.Start) != o.K*dim {
			return nil, fmt.Errorf("k-means: a start of %d numbers is not %d centres of %d", len(o.Start), o.K, dim)
		}
		return o.run(ctx, space, 0, slices.Clone(o.Start))
	}
	var best *Result
	for restart := range max(1, o.Restarts) {
		start, err := plusPlus(ctx, space, o.K, o.Workers, rng.New(o.Seed, "kmeans", restart))
		if err != nil {
			return nil, err
		}
		r, err := o.run(ctx, space, restart, start)
		if err != nil {
			return nil, err
		}
		if best == nil || r.Inertia < best.Inertia {
			best = r
		}
	}
	return best, nil
}

// run improves a start, which it overwrites.
func (o KMeans) run(ctx context.Context, space *nearest.Space, restart int, start []float64) (*Result, error) {
	l, err := o.newLloyd(space, restart)
	if err != nil {
		return nil, err
	}
	r, err := l.from(ctx, start)
	if err != nil {
		return nil, err
	}
	r.number(space, o.Keep)
	return r, nil
}

func (o KMeans) newLloyd(space *nearest.Space, restart int) (*lloyd, error) {
	assigner, err := nearest.NewAssigner(space, o.Workers)
	if err != nil {
		return nil, err
	}
	l := &lloyd{space: space, assigner: assigner, workers: o.Workers, maxIter: o.MaxIter, tol: o.Tol * meanVariance(space)}
	if o.Progress != nil {
		l.progress = func(i int) { o.Progress(restart, i) }
	}
	return l, nil
}

// meanVariance is the mean over columns of their (population) variance.
func meanVariance(s *nearest.Space) float64 {
	mean := make([]float64, s.Dim)
	for i := range s.Len() {
		vec.AddF64(mean, s.Row(i))
	}
	for j := range mean {
		mean[j] /= float64(s.Len())
	}
	var sum float64
	for i := range s.Len() {
		sum += nearest.SquaredToCentre(s.Row(i), mean)
	}
	return sum / float64(s.Len()) / float64(s.Dim)
}
