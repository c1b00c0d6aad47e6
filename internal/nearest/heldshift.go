package nearest

import (
	"context"
	"slices"

	"fashionpipe/internal/parallel"
)

// shiftHeld is Shift where a device holds the rows, for positions that differ.
func (p *Places) shiftHeld(ctx context.Context, list []int32, k Kernel, moved, weight []float64, workers int) error {
	h := k.Bandwidth * p.s.scale
	gaussian := k.Gaussian && h > 0
	if gaussian && h*h < faint {
		return p.shiftHere(ctx, list, k, moved, weight, workers)
	}
	around := heldWindows{Places: p, kernel: k, reach: p.s.reach(), h2: h * h, moved: moved, weight: weight, workers: workers,
		shifters: make([]*shifter, max(1, workers))}
	buf := newBlock(min(len(list), heldBlock), p.s.Dim)
	for part := range slices.Chunk(list, heldBlock) {
		vectors, step := p.plain(part, &buf), around.flat
		if gaussian {
			step = around.gaussian
		}
		if err := step(ctx, part, vectors); err != nil {
			return err
		}
	}
	return nil
}

// heldWindows are windows around positions among rows that a device holds.
type heldWindows struct {
	*Places
	kernel   Kernel
	reach    reach
	h2       float64 // the squared bandwidth, in units of the copy
	moved    []float64
	weight   []float64
	workers  int
	shifters []*shifter
}

// flat lets the device say which rows surely are in a window, and which may be; the latter are measured, and sums added up
// here.
func (j *heldWindows) flat(ctx context.Context, list []int32, vectors []float32) error {
	sure, maybe := make([]float32, len(list)), make([]float32, len(list))
	for i, q := range list {
		half := j.half[q]
		off := j.reach.off(j.norm[q]) + 4*margin*(j.h2/2+2*half) + underflow
		sure[i], maybe[i] = -above(off-(j.h2/2-half)), above(j.h2/2-half+off)
	}
	inside, err := j.s.held.Below(ctx, vectors, sure)
	if err != nil {
		return err
	}
	within, err := j.s.held.Below(ctx, vectors, maybe)
	if err != nil {
		return err
	}
	n := words(j.s.Len())
	return parallel.ForEach(ctx, (len(list)+blockRows-1)/blockRows, j.workers, func(w, b int) {
		lo, hi := b*blockRows, min(len(list), (b+1)*blockRows)
		if j.shifters[w] == nil {
			j.shifters[w] = newShifter(j.Places, j.kernel)
		}
		s := j.shifters[w]
		s.takeMembers(list[lo:hi], inside[lo*n:hi*n], within[lo*n:hi*n])
		s.moveTo(list[lo:hi], s.addFlat(list[lo:hi]), j.moved, j.weight)
	})
}

// gaussian lets the device do it all.
func (j *heldWindows) gaussian(ctx context.Context, list []int32, vectors []float32) error {
	half, off := make([]float32, len(list)), 0.0
	for i, q := range list {
		half[i], off = float32(j.half[q]), max(off, j.reach.off(j.norm[q]))
	}
	sums, weights, err := j.s.held.Weigh(ctx, vectors, half, j.h2, 2*off > enough*j.h2)
	if err != nil {
		return err
	}
	sum, to := make([]float64, j.width), make([]float32, j.width)
	for i, q := range list {
		for c, v := range sums[i*j.width : (i+1)*j.width] {
			sum[c] = float64(v)
		}
		j.weight[q] = float64(weights[i])
		j.moved[q] = j.move(int(q), sum, j.weight[q], to)
	}
	return nil
}
