package cluster

import (
	"context"
	"fmt"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
)

// MeanShift finds the places where rows are densest and groups the rows by the place they climb to (Cheng, Mean shift,
// mode seeking, and clustering, 1995; Comaniciu & Meer, Mean shift: a robust approach toward feature space analysis,
// 2002). A walker starts at each row and moves to the kernel's mean around it until it moves no more: that place is its
// attractor, and the row's label is the attractor its own walker reached, not the nearest one.
//
// Two walkers that come within Tol × bandwidth of each other walk on as one. Attractors closer than Merge × bandwidth
// are one place: the densest stands for the others (a flat kernel stops anywhere on a plateau, so one dense region has
// many).
//
// With Blurring the rows themselves move, all at once, to the kernel's means of each other where they then are (Fukunaga &
// Hostetler, The estimation of the gradient of a density function, 1975; Cheng's blurring process). Rows of one
// place draw together in a few iterations and are its cluster. Places go on drawing each other: with the flat kernel
// until they are farther apart than the bandwidth, with the Gaussian, which has no end, until a step is below Tol ×
// bandwidth.
type MeanShift struct {
	Bandwidth float64 // L2 distance, at least 0; at 0, which only equal rows share, each distinct row is a place
	Gaussian  bool    // the kernel exp(−d²/2h²), nowhere cut off, else the flat one: 1 up to the bandwidth
	Blurring  bool    // rows move; without Starts
	MaxIter   int     // at least 1
	Tol       float64 // a walker has arrived once it moves by at most Tol × Bandwidth; scikit-learn: 1e-3
	Merge     float64 // see above
	MinSize   int     // clusters of fewer rows are dissolved: their rows get -1
	Starts    int     // 0: a walker at each row; else at so many rows drawn by the seed (see Fit)
	Seed      uint64
	Workers   int
	Device    nearest.Device               // looks around walkers; nil: this processor does. A flat kernel gives the same result
	Progress  func(iteration, walking int) // called after each iteration; may be nil
}

// Fit clusters the rows of data, dim numbers each. Centres are the attractors. With fewer Starts than rows, a row that
// no walker started from takes the nearest attractor, and -1 if that is farther than the bandwidth.
func (o MeanShift) Fit(ctx context.Context, data []float32, dim int) (*Result, error) {
	space, err := nearest.NewSpace(data, dim, nearest.L2)
	if err != nil {
		return nil, fmt.Errorf("mean shift: %w", err)
	}
	if space.Len() == 0 {
		return nil, fmt.Errorf("mean shift: there are no rows to cluster")
	}
	if o.Blurring && o.Starts > 0 {
		return nil, fmt.Errorf("mean shift: blurring moves all rows: it has no starts to draw")
	}
	starts := sample(space.Len(), o.Starts, rng.New(o.Seed, "meanshift", "starts"))
	w, err := o.climb(ctx, space, starts)
	if err != nil {
		return nil, err
	}
	r := &Result{Label: make([]int32, space.Len()), Iterations: w.iterations, Converged: len(w.walking) == 0}
	for i := range r.Label {
		r.Label[i] = -1
	}
	place, err := w.merge(ctx, o.Merge*o.Bandwidth)
	if err != nil {
		return nil, err
	}
	for i, row := range starts {
		r.Label[row] = place.of[i]
	}
	r.Centres = place.centres
	if len(starts) < space.Len() {
		if err := o.takeNearest(ctx, space, r); err != nil {
			return nil, err
		}
	}
	dissolve(r.Label, o.MinSize)
	r.number(space, false)
	return r, nil
}

// climb runs walkers from the rows given until all have arrived.
func (o MeanShift) climb(ctx context.Context, s *nearest.Space, starts []int32) (*walkers, error) {
	if o.Blurring {
		return o.blur(ctx, s)
	}
	return o.walk(ctx, s, starts)
}

func (o MeanShift) walk(ctx context.Context, s *nearest.Space, starts []int32) (*walkers, error) {
	if err := s.Use(ctx, o.Device); err != nil {
		return nil, fmt.Errorf("mean shift: %w", err)
	}
	defer s.Close()
	w, err := newWalkers(s, starts)
	if err != nil {
		return nil, err
	}
	kernel := nearest.Kernel{Gaussian: o.Gaussian, Bandwidth: o.Bandwidth}
	for len(w.walking) > 0 && w.iterations < max(1, o.MaxIter) {
		if err := w.step(ctx, kernel, o.Tol*o.Bandwidth, o.Workers); err != nil {
			return nil, err
		}
		if o.Progress != nil {
			o.Progress(w.iterations, len(w.walking))
		}
	}
	return w, nil
}

// takeNearest labels the rows that have none by the nearest centre, if that is within the bandwidth.
func (o MeanShift) takeNearest(ctx context.Context, s *nearest.Space, r *Result) error {
	a, err := nearest.NewAssigner(s, o.Workers)
	if err != nil {
		return err
	}
	label := make([]int32, s.Len())
	if err := a.Assign(ctx, r.Centres, label); err != nil {
		return err
	}
	for i, c := range label {
		centre := r.Centres[int(c)*s.Dim : (int(c)+1)*s.Dim]
		if r.Label[i] < 0 && nearest.SquaredToCentre(s.Row(i), centre) <= o.Bandwidth*o.Bandwidth {
			r.Label[i] = c
		}
	}
	return nil
}

// dissolve takes the label from the rows of clusters with fewer than size rows.
func dissolve(label []int32, size int) {
	members := map[int32]int{}
	for _, l := range label {
		members[l]++
	}
	for i, l := range label {
		if members[l] < size {
			label[i] = -1
		}
	}
}
