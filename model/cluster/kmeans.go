package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
	"fashionpipe/internal/simd/vec"
)

// KMeans groups rows around K centres so that the sum of squared distances to them is small, from greedy k-means++
// starts, of which the best result is kept.
type KMeans struct {
	K      int
	Method Method // "" is Lloyd
	// Spherical compares directions only (Dhillon & Modha, Concept decompositions for large sparse text data using
	// clustering, 2001): rows and centres are divided by their norms, so that the squared distances to the centres, 2 − 2·cosine
	// each, add up to little where the cosines add up to much. With Lloyd and Elkan. A row of zeros has no direction; it
	// is as far from every centre and goes to the first.
	Spherical bool
	Restarts  int       // starts to try, at least 1
	MaxIter   int       // iterations of each, at least 1; of MiniBatch, passes over as many rows as there are
	Tol       float64   // stop when the squared moves of all centres add up to at most Tol × the mean variance of a column
	Batch     int       // MiniBatch: rows of a step
	Start     []float64 // K×dim centres to start from, once; nil: k-means++, Restarts times
	Keep      bool      // number clusters as Start has them, not by size
	Seed      uint64
	Workers   int
	Device    nearest.Device               // assigns rows, with the same result; nil: this processor does
	Progress  func(restart, iteration int) // called after each iteration; may be nil
}

// Method is how k-means improves a start.
type Method string

// The methods.
const (
	// Lloyd moves all centres to the means of their rows and all rows to their nearest centres, in turns (Least squares
	// quantization in PCM, 1982).
	Lloyd Method = "lloyd"
	// Elkan is Lloyd with lower bounds on distances (see nearest.Bounded): the same result, faster with many clusters, and
	// 4 bytes of memory per row and cluster.
	Elkan Method = "elkan"
	// HartiganWong moves rows one at a time (see hartiganWong). A cluster's rows need not be nearest to its centre. Tol is
	// not used. A start in which a centre has no row is an *EmptyStartError.
	HartiganWong Method = "hartigan-wong"
	// MiniBatch moves centres by small draws of rows (see miniBatch): for many rows, where a somewhat higher sum of squares
	// will do. Iterations are steps; centres are not the means of their rows.
	MiniBatch Method = "minibatch"
)

// Fit clusters the rows of data, dim numbers each. There are fewer than K clusters where the rows have fewer than K
// distinct values. A row at exactly equal distance from two centres goes to the one with the lower number, of the
// numbering while it runs.
func (o KMeans) Fit(ctx context.Context, data []float32, dim int) (*Result, error) {
	if err := o.check(len(data)/max(1, dim), dim); err != nil {
		return nil, err
	}
	if o.Spherical {
		data = Normalise(data, dim)
	}
	space, err := nearest.NewSpace(data, dim, nearest.L2)
	if err != nil {
		return nil, fmt.Errorf("k-means: %w", err)
	}
	if o.onDevice() {
		if err := space.Use(ctx, o.Device); err != nil {
			return nil, fmt.Errorf("k-means: %w", err)
		}
		defer space.Close()
	}
	if o.Start != nil {
		start := slices.Clone(o.Start)
		if o.Spherical {
			normaliseCentres(start, dim)
		}
		return o.run(ctx, space, 0, start)
	}
	var best *Result
	for restart := range max(1, o.Restarts) {
		start, err := o.start(ctx, space, rng.New(o.Seed, "kmeans", restart))
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

// onDevice tells whether the method assigns all rows again and again.
func (o KMeans) onDevice() bool { return o.Method != HartiganWong && o.Method != MiniBatch }

func (o KMeans) check(n, dim int) error {
	if o.K < 1 || o.K > n {
		return fmt.Errorf("k-means: %d clusters of %d rows: k must be from 1 to the number of rows", o.K, n)
	}
	if o.Start != nil && len(o.Start) != o.K*dim {
		return fmt.Errorf("k-means: a start of %d numbers is not %d centres of %d", len(o.Start), o.K, dim)
	}
	switch o.Method {
	case "", Lloyd, Elkan:
		return nil
	case HartiganWong, MiniBatch:
		if o.Spherical {
			return fmt.Errorf("k-means: method %q is not made for directions: take %q for a spherical clustering", o.Method, Lloyd)
		}
		return nil
	}
	return fmt.Errorf("k-means: there is no method %q", o.Method)
}

// start draws centres: fewer than K where rows have fewer distinct values.
func (o KMeans) start(ctx context.Context, space *nearest.Space, r *rand.Rand) ([]float64, error) {
	if o.Method == MiniBatch {
		return o.startFew(ctx, space, r)
	}
	return plusPlus(ctx, space, o.K, o.Workers, r)
}

// run improves a start, which it overwrites.
func (o KMeans) run(ctx context.Context, space *nearest.Space, restart int, start []float64) (*Result, error) {
	improve, err := o.improver(space, restart, len(start)/space.Dim)
	if err != nil {
		return nil, err
	}
	r, err := improve(ctx, start)
	if err != nil {
		return nil, err
	}
	r.number(space, o.Keep)
	return r, nil
}

// improver gives the method for a start of k centres.
func (o KMeans) improver(space *nearest.Space, restart, k int) (func(context.Context, []float64) (*Result, error), error) {
	if o.Method == HartiganWong && k > 1 && k < space.Len() { // else no row has anywhere to go: Lloyd's one step ends it
		h := &hartiganWong{space: space, workers: o.Workers, maxIter: o.MaxIter, progress: o.tell(restart)}
		return h.from, nil
	}
	if o.Method == MiniBatch {
		m, err := o.newMiniBatch(space, restart)
		if err != nil {
			return nil, err
		}
		return m.from, nil
	}
	l, err := o.newLloyd(space, restart)
	if err != nil {
		return nil, err
	}
	return l.from, nil
}

// tell is the progress of one restart.
func (o KMeans) tell(restart int) func(iteration int) {
	return func(i int) {
		if o.Progress != nil {
			o.Progress(restart, i)
		}
	}
}

func (o KMeans) newLloyd(space *nearest.Space, restart int) (*lloyd, error) {
	l := &lloyd{space: space, spherical: o.Spherical, workers: o.Workers, maxIter: o.MaxIter, tol: o.Tol * meanVariance(space),
		progress: o.tell(restart)}
	var err error
	if o.Method == Elkan {
		l.assigner, err = nearest.NewBounded(space, o.Workers)
	} else {
		l.assigner, err = nearest.NewAssigner(space, o.Workers)
	}
	return l, err
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
