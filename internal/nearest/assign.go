package nearest

import (
	"context"
	"fmt"
	"math"
	"slices"

	"fashionpipe/internal/parallel"
)

// Assigner finds the nearest of a few centres for every row of a Space with the metric L2, again and again while the
// centres move. It remembers the last answer: a row whose centre has not moved away can only change to a centre that
// has moved, so of the others most are not looked at again.
type Assigner struct {
	s        *Space
	workers  int
	floats   bool      // 8 bits leave too much to measure
	centres  []float64 // of the last call, nil before the first
	own      []int32   // the nearest of them, per row
	distance []float64 // its distance, as SquaredToCentre
	scratch  []*assigning
}

// NewAssigner prepares for calls of Assign with up to workers goroutines.
func NewAssigner(s *Space, workers int) (*Assigner, error) {
	if s.Metric != L2 {
		return nil, fmt.Errorf("nearest: centres are assigned by metric %q, not %q", L2, s.Metric)
	}
	workers = max(1, workers)
	s.rounded()
	return &Assigner{s: s, workers: workers, floats: s.bytes == nil,
		own: make([]int32, s.Len()), distance: make([]float64, s.Len()), scratch: make([]*assigning, workers)}, nil
}

// Assign writes to label, for each row, the nearest of k centres (k×Dim, row-major, finite); of centres at exactly
// equal distance, the one with the lowest number. Distances are compared as SquaredToCentre measures them.
func (a *Assigner) Assign(ctx context.Context, centres []float64, label []int32) error {
	if a.s.holds(nil) {
		return a.assignHeld(ctx, centres, label)
	}
	moved, rest := a.moved(centres)
	job := &assignment{Assigner: a, at: centres, first: a.centres == nil, hasMoved: make([]bool, len(moved)+len(rest))}
	for _, c := range moved {
		job.hasMoved[c] = true
	}
	block := a.copies(centres)
	job.moved, job.rest = block.pack(moved, !a.floats), block.pack(rest, !a.floats)
	a.centres = nil // until all rows are done
	err := parallel.ForEach(ctx, (a.s.Len()+blockRows-1)/blockRows, a.workers, func(w, b int) {
		job.rows(a.worker(w), b*blockRows, min(a.s.Len(), (b+1)*blockRows))
	})
	if err != nil {
		return err
	}
	copy(label, a.own)
	a.centres = slices.Clone(centres)
	a.floats = a.floats || crowded(int(job.measured.Load())/max(1, a.s.Len()), len(moved)+len(rest))
	return nil
}

// AssignSome does so for the rows listed, which ascend, and remembers nothing: it writes the centre of each to label and
// its squared distance, as SquaredToCentre, to squared.
func (a *Assigner) AssignSome(ctx context.Context, rows []int32, centres []float64, label []int32, squared []float64) error {
	block := a.copies(centres)
	job := &assignment{Assigner: a, at: centres, first: true, moved: block.pack(all(block.len()), !a.floats)}
	a.centres = nil
	err := parallel.ForEach(ctx, (len(rows)+blockRows-1)/blockRows, a.workers, func(w, b int) {
		job.some(a.worker(w), rows[b*blockRows:min(len(rows), (b+1)*blockRows)])
	})
	if err != nil {
		return err
	}
	for i, r := range rows {
		label[i], squared[i] = a.own[r], a.distance[r]
	}
	a.floats = a.floats || crowded(int(job.measured.Load())/max(1, len(rows)), block.len())
	return nil
}

// worker is the memory of worker w.
func (a *Assigner) worker(w int) *assigning {
	if a.scratch[w] == nil {
		a.scratch[w] = &assigning{tile: newTile(), gathered: newBlock(blockRows, a.s.Dim)}
	}
	return a.scratch[w]
}

// moved lists the centres that are not where they were, and the others.
func (a *Assigner) moved(centres []float64) (moved, rest []int32) {
	dim := a.s.Dim
	for c := range len(centres) / dim {
		lo, hi := c*dim, (c+1)*dim
		if len(a.centres) == len(centres) && slices.Equal(a.centres[lo:hi], centres[lo:hi]) {
			rest = append(rest, int32(c))
		} else {
			moved = append(moved, int32(c))
		}
	}
	if len(a.centres) != len(centres) {
		a.centres = nil
	}
	return moved, rest
}

// copies moves and scales the centres as the rows were.
func (a *Assigner) copies(centres []float64) *block {
	dim := a.s.Dim
	b := newBlock(len(centres)/dim, dim)
	v := make([]float64, dim)
	for c := range b.len() {
		for j, x := range centres[c*dim : (c+1)*dim] {
			v[j] = (x - a.s.mean[j]) * a.s.scale
		}
		b.set(c, v)
		if !(b.norm[c] < farthest) { // float32 can't hold it: left to exact measures
			clear(b.row(c))
			b.half[c], b.norm[c] = math.Inf(-1), 0
		}
	}
	if !a.floats {
		b.round()
	}
	return &b
}

// farthest is how far from the rows, whose numbers are near 1, a centre may be for its products to be computed.
const farthest = 0x1p40
