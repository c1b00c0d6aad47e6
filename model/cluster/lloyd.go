package cluster

import (
	"context"
	"slices"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// lloyd runs Lloyd's iteration.
type lloyd struct {
	space     *nearest.Space
	assigner  assigner
	spherical bool
	workers   int
	maxIter   int
	tol       float64 // on the sum of squared moves of the centres
	progress  func(iteration int)

	sums   []float64 // of the members of each cluster, k×dim
	summed []int32   // the labels they belong to; nil at first
}

// assigner labels rows by their nearest centres: a nearest.Assigner, or a nearest.Bounded, which gives the same labels.
type assigner interface {
	Assign(ctx context.Context, centres []float64, label []int32) error
}

// from iterates from the centres given (k×dim, overwritten). As in scikit-learn, labels belong to the centres returned,
// unless no label changed in the last step, when the centres are the means of their members.
func (l *lloyd) from(ctx context.Context, centres []float64) (*Result, error) {
	label, before := make([]int32, l.space.Len()), make([]int32, l.space.Len())
	l.sums, l.summed = make([]float64, len(centres)), nil
	r := &Result{Label: label, Centres: centres}
	same := false
	for !r.Converged && r.Iterations < max(1, l.maxIter) {
		copy(before, label)
		if err := l.assigner.Assign(ctx, centres, label); err != nil {
			return nil, err
		}
		same = r.Iterations > 0 && slices.Equal(label, before)
		moved, err := l.update(ctx, centres, slices.Clone(label))
		if err != nil {
			return nil, err
		}
		r.Iterations++
		r.Converged = same || moved <= l.tol
		l.progress(r.Iterations)
	}
	if !same {
		return r, l.assigner.Assign(ctx, centres, label)
	}
	return r, nil
}

// update moves each centre to the mean of its members (of a spherical clustering, to its direction) and gives the sum of
// squared moves. It changes label where it fills empty clusters.
func (l *lloyd) update(ctx context.Context, centres []float64, label []int32) (moved float64, err error) {
	dim := l.space.Dim
	sizes := make([]int, len(centres)/dim)
	for _, c := range label {
		sizes[c]++
	}
	l.fillEmpty(centres, sizes, label)
	if err := l.sum(ctx, sizes, label); err != nil {
		return 0, err
	}
	for c, size := range sizes {
		by := float64(size)
		if l.spherical {
			by = norm(l.sums[c*dim : (c+1)*dim])
		}
		if by == 0 {
			continue // stays where it is
		}
		for j := c * dim; j < (c+1)*dim; j++ {
			v := l.sums[j] / by
			d := v - centres[j]
			moved += float64(d * d)
			centres[j] = v
		}
	}
	return moved, nil
}

// sum adds up the members of each cluster that has other members than before, in the order of the rows.
func (l *lloyd) sum(ctx context.Context, sizes []int, label []int32) error {
	changed := make([]bool, len(sizes))
	for i, c := range label {
		if l.summed == nil {
			changed[c] = true
		} else if b := l.summed[i]; b != c {
			changed[b], changed[c] = true, true
		}
	}
	l.summed = nil // until it is done
	members, dim := membersOf(sizes, label), l.space.Dim
	err := parallel.ForEach(ctx, len(sizes), l.workers, func(_, c int) {
		if !changed[c] {
			return
		}
		sum := l.sums[c*dim : (c+1)*dim]
		clear(sum)
		for _, i := range members[c] {
			vec.AddF64(sum, l.space.Row(int(i)))
		}
	})
	l.summed = label
	return err
}

// membersOf lists the rows of each cluster, ascending.
func membersOf(sizes []int, label []int32) [][]int32 {
	members, rows := make([][]int32, len(sizes)), make([]int32, len(label))
	for c, size := range sizes {
		members[c], rows = rows[:0:size], rows[size:]
	}
	for i, c := range label {
		members[c] = append(members[c], int32(i))
	}
	return members
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
