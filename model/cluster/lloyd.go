package cluster

import (
	"context"
	"slices"

	"fashionpipe/internal/nearest"
)

// lloyd runs Lloyd's iteration.
type lloyd struct {
	space    *nearest.Space
	assigner *nearest.Assigner
	workers  int
	maxIter  int
	tol      float64 // on the sum of squared moves of the centres
	progress func(iteration int)
}

// from iterates from the centres given (k×dim, overwritten). As in scikit-learn, labels belong to the centres returned,
// unless no label changed in the last step, when the centres are the means of their members.
func (l *lloyd) from(ctx context.Context, centres []float64) (*Result, error) {
	label, before := make([]int32, l.space.Len()), make([]int32, l.space.Len())
	sums := make([]float64, len(centres))
	r := &Result{Label: label, Centres: centres}
	same := false
	for !r.Converged && r.Iterations < max(1, l.maxIter) {
		copy(before, label)
		if err := l.assigner.Assign(ctx, centres, label); err != nil {
			return nil, err
		}
		same = r.Iterations > 0 && slices.Equal(label, before)
		moved, err := l.update(ctx, centres, sums, slices.Clone(label))
		if err != nil {
			return nil, err
		}
		r.Iterations++
		r.Converged = same || moved <= l.tol
		if l.progress != nil {
			l.progress(r.Iterations)
		}
	}
	if !same {
		return r, l.assigner.Assign(ctx, centres, label)
	}
	return r, nil
}

// update moves each centre to the mean of its members and gives the sum of squared moves. It changes label where it
// fills empty clusters.
func (l *lloyd) update(ctx context.Context, centres, sums []float64, label []int32) (moved float64, err error) {
	dim := l.space.Dim
	sizes := make([]int, len(centres)/dim)
	for _, c := range label {
		sizes[c]++
	}
	l.fillEmpty(centres, sizes, label)
	if err := l.sum(ctx, sums, label); err != nil {
		return 0, err
	}
	for c, size := range sizes {
		if size == 0 {
			continue // stays where it is
		}
		for j := c * dim; j < (c+1)*dim; j++ {
			v := sums[j] / float64(size)
			d := v - centres[j]
			moved += float64(d * d)
			centres[j] = v
		}
	}
	return moved, nil
}

// sum adds up the members of each cluster. Workers share the work by columns, so each sum runs in the order of rows.
func (l *lloyd) sum(ctx context.Context, sums []float64, label []int32) error {
	const columns = 64
	dim := l.space.Dim
	clear(sums)
	return nearest.ForEach(ctx, (dim+columns-1)/columns, l.workers, func(_, slice int) {
		lo, hi := slice*columns, min(dim, (slice+1)*columns)
		for i, c := range label {
			to := sums[int(c)*dim+lo : int(c)*dim+hi]
			for j, v := range l.space.Row(i)[lo:hi] {
				to[j] += float64(v)
			}
		}
	})
}

// fillEmpty gives each empty cluster the row farthest from its centre (ties: the first), taken from a cluster that
// keeps others, as scikit-learn does. Where all rows lie on their centres the cluster stays empty.
func (l *lloyd) fillEmpty(centres []float64, sizes []int, label []int32) {
	empty := slices.Index(sizes, 0)
	if empty < 0 {
		return
	}
	dim := l.space.Dim
	distance := make([]float64, len(label))
	for i, c := range label {
		distance[i] = nearest.SquaredToCentre(l.space.Row(i), centres[int(c)*dim:(int(c)+1)*dim])
	}
	for c, size := range sizes {
		if size > 0 {
			continue
		}
		far := -1
		for i, d := range distance {
			if d > 0 && sizes[label[i]] > 1 && (far < 0 || d > distance[far]) {
				far = i
			}
		}
		if far < 0 {
			return
		}
		sizes[label[far]]--
		label[far], sizes[c], distance[far] = int32(c), 1, 0
	}
}
