package nearest

import (
	"context"
	"fmt"
)

// Assigner finds the nearest of a few centres for every row of a Space with the metric L2.
type Assigner struct {
	s       *Space
	workers int
	scratch [][]float32
	moved   []float64
}

// NewAssigner prepares for calls of Assign with up to workers goroutines.
func NewAssigner(s *Space, workers int) (*Assigner, error) {
	if s.Metric != L2 {
		return nil, fmt.Errorf("nearest: centres are assigned by metric %q, not %q", L2, s.Metric)
	}
	return &Assigner{s: s, workers: max(1, workers), scratch: make([][]float32, max(1, workers)), moved: make([]float64, s.Dim)}, nil
}

// Assign writes to label, for each row, the nearest of k centres (k×Dim, row-major, finite); of centres at exactly
// equal distance, the one with the lowest number. Distances are compared as SquaredToCentre measures them.
func (a *Assigner) Assign(ctx context.Context, centres []float64, label []int32) error {
	k := len(centres) / a.s.Dim
	b := newBlock(k, a.s.Dim)
	for c := range k {
		for j, v := range centres[c*a.s.Dim : (c+1)*a.s.Dim] {
			a.moved[j] = (v - a.s.mean[j]) * a.s.scale
		}
		b.set(c, a.moved)
	}
	tiles := (a.s.Len() + tileRows - 1) / tileRows
	return ForEach(ctx, tiles, a.workers, func(w, t int) {
		lo, hi := t*tileRows, min(a.s.Len(), (t+1)*tileRows)
		if a.scratch[w] == nil {
			a.scratch[w] = make([]float32, tileRows*tileCols)
		}
		a.tile(lo, hi, &b, centres, a.scratch[w], label)
	})
}

// contender is the best centre of a row so far, with the bounds its distance is known within.
type contender struct {
	centre       int32
	lower, upper float64
	exact        bool // the bounds are SquaredToCentre
}

func (a *Assigner) tile(lo, hi int, b *block, centres []float64, dots []float32, label []int32) {
	var best [tileRows]contender
	rows := a.s.rows[lo*a.s.width : hi*a.s.width]
	k := len(b.half)
	for c0 := 0; c0 < k; c0 += tileCols {
		c1 := min(k, c0+tileCols)
		product(dots, rows, b.rows[c0*b.width:c1*b.width], hi-lo, c1-c0, b.width)
		for i := lo; i < hi; i++ {
			a.contend(&best[i-lo], i, c0, b, centres, dots[(i-lo)*(c1-c0):(i-lo+1)*(c1-c0)])
		}
	}
	for i := lo; i < hi; i++ {
		label[i] = best[i-lo].centre
	}
}

// contend lets centres c0 … challenge the best so far. Where the bounds don't settle it, both are measured exactly.
func (a *Assigner) contend(best *contender, i, c0 int, b *block, centres []float64, dots []float32) {
	half, factor := a.s.half[i], errorFactor(b.width)*a.s.norm[i]
	exact := func(c int32) contender {
		d := SquaredToCentre(a.s.Row(i), centres[int(c)*a.s.Dim:(int(c)+1)*a.s.Dim])
		return contender{centre: c, lower: d, upper: d, exact: true}
	}
	// Bounds are of half the squared distance in the scaled copy; exact values in the units of the data.
	unit := 2 / (a.s.scale * a.s.scale)
	for j, dot := range dots {
		c := c0 + j
		sum := half + b.half[c]
		slack := factor*b.norm[c] + sum*0x1p-48 + 0x1p-130
		d := sum - float64(dot)
		now := contender{centre: int32(c), lower: (d - slack) * unit, upper: (d + slack) * unit}
		switch {
		case c == 0 || now.upper < best.lower:
			*best = now
		case now.lower > best.upper:
		default:
			if !best.exact {
				*best = exact(best.centre)
			}
			if now = exact(int32(c)); now.lower < best.lower {
				*best = now
			}
		}
	}
}
