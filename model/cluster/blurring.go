package cluster

import (
	"context"
	"fmt"

	"fashionpipe/internal/nearest"
)

// blur moves all rows until none goes far in a step. Each step is one of walkers from all rows among rows that lie where
// the last step left them, rounded to float32.
func (o MeanShift) blur(ctx context.Context, s *nearest.Space) (*walkers, error) {
	for i := 1; ; i++ {
		w, err := o.blurOnce(ctx, s)
		if err != nil {
			return nil, err
		}
		w.iterations = i
		if o.Progress != nil {
			o.Progress(i, len(w.walking))
		}
		if len(w.walking) == 0 || i >= max(1, o.MaxIter) {
			return w, nil
		}
		if s, err = w.moved(); err != nil {
			return nil, err
		}
	}
}

// blurOnce makes a step from all rows.
func (o MeanShift) blurOnce(ctx context.Context, s *nearest.Space) (*walkers, error) {
	if err := s.Use(ctx, o.Device); err != nil {
		return nil, fmt.Errorf("mean shift: %w", err)
	}
	defer s.Close()
	w, err := newWalkers(s, sample(s.Len(), 0, nil))
	if err != nil {
		return nil, err
	}
	kernel := nearest.Kernel{Gaussian: o.Gaussian, Bandwidth: o.Bandwidth}
	return w, w.shift(ctx, kernel, o.Tol*o.Bandwidth, o.Workers)
}

// moved is a space of rows where the walkers now are.
func (w *walkers) moved() (*nearest.Space, error) {
	var data []float32
	for i := range w.follows {
		for _, v := range w.places.Position(i) {
			data = append(data, float32(v))
		}
	}
	return nearest.NewSpace(data, len(data)/len(w.follows), nearest.L2)
}
