package nearest

import (
	"context"
	"fmt"
	"math"
)

// Kernel weighs points by their L2 distance from a place.
type Kernel struct {
	Gaussian  bool    // exp(−d²/2h²); else flat: 1 where d ≤ h, and 0 beyond
	Bandwidth float64 // h, in units of the data
}

// Places are positions in a Space with the metric L2, in the space's own centred copy.
type Places struct {
	s *Space
	block
}

// PlacesAt gives the positions of the rows.
func (s *Space) PlacesAt(rows []int32) (*Places, error) {
	if s.Metric != L2 {
		return nil, fmt.Errorf("nearest: places need the metric %q, not %q", L2, s.Metric)
	}
	p := &Places{s: s, block: newBlock(len(rows), s.Dim)}
	for i, r := range rows {
		copy(p.row(i), s.row(int(r)))
		p.refresh(i)
	}
	return p, nil
}

// Position is the i-th position in units of the data.
func (p *Places) Position(i int) []float64 {
	v := make([]float64, p.s.Dim)
	for j := range v {
		v[j] = float64(p.row(i)[j])/p.s.scale + p.s.mean[j]
	}
	return v
}

// Distance is the L2 distance of positions i and j, in units of the data.
func (p *Places) Distance(i, j int) float64 {
	return math.Sqrt(SquaredL2(p.row(i), p.row(j))) / p.s.scale
}

// Near tells whether positions i and j are at most radius apart, without measuring where that is plain.
func (p *Places) near(i, j int, dot float32, radius float64) bool {
	limit := radius * p.s.scale
	lower, _ := bounds(&p.block, i, &p.block, j, dot)
	return lower <= limit*limit && SquaredL2(p.row(i), p.row(j)) <= limit*limit
}

// FirstNear gives, for each of the positions listed, the first of the list at most radius from it: itself, or one
// before it.
func (p *Places) FirstNear(ctx context.Context, list []int32, radius float64, workers int) ([]int32, error) {
	first := make([]int32, len(list))
	tiles := (len(list) + tileRows - 1) / tileRows
	err := ForEach(ctx, tiles, workers, func(_, t int) {
		left, right := make([]float32, tileRows*p.width), make([]float32, tileCols*p.width)
		dots := make([]float32, tileRows*tileCols)
		part := list[t*tileRows : min(len(list), (t+1)*tileRows)]
		a := p.gather(part, left)
		found := [tileRows]bool{}
		for lo := 0; lo < t*tileRows+len(part); lo += tileCols {
			others := list[lo:min(len(list), lo+tileCols)]
			product(dots, a, p.gather(others, right), len(part), len(others), p.width)
			for i, q := range part {
				for j := 0; j < len(others) && !found[i]; j++ {
					if others[j] == q || p.near(int(q), int(others[j]), dots[i*len(others)+j], radius) {
						first[t*tileRows+i], found[i] = others[j], true
					}
				}
			}
		}
	})
	return first, err
}

// Shift moves each of the positions listed to the mean of all rows, weighed by the kernel around where it is. It writes
// how far each went, in units of the data, and the sum of weights around where it was, both by position.
func (p *Places) Shift(ctx context.Context, list []int32, k Kernel, moved, weight []float64, workers int) error {
	tiles := (len(list) + tileRows - 1) / tileRows
	scratch := make([]*shifter, max(1, workers))
	return ForEach(ctx, tiles, workers, func(w, t int) {
		if scratch[w] == nil {
			scratch[w] = newShifter(p, k)
		}
		scratch[w].tile(list[t*tileRows:min(len(list), (t+1)*tileRows)], moved, weight)
	})
}

// shifter is one worker's memory.
type shifter struct {
	p                 *Places
	gaussian          bool
	h                 float64 // in units of the copy
	left, dots, means []float32
}

func newShifter(p *Places, k Kernel) *shifter {
	return &shifter{p: p, gaussian: k.Gaussian && k.Bandwidth > 0, h: k.Bandwidth * p.s.scale,
		left: make([]float32, tileRows*p.width), dots: make([]float32, tileRows*tileCols), means: make([]float32, tileRows*p.width)}
}

func (w *shifter) tile(list []int32, moved, weight []float64) {
	p, s := w.p, w.p.s
	a := p.gather(list, w.left)
	clear(w.means)
	var sum [tileRows]float64
	for lo := 0; lo < s.Len(); lo += tileCols {
		hi := min(s.Len(), lo+tileCols)
		rows := s.rows[lo*s.width : hi*s.width]
		product(w.dots, a, rows, len(list), hi-lo, s.width)
		for i, q := range list {
			dots := w.dots[i*(hi-lo) : (i+1)*(hi-lo)]
			for j := range dots {
				dots[j] = w.weigh(int(q), lo+j, dots[j])
				sum[i] += float64(dots[j])
			}
		}
		combine(w.means, w.dots, rows, len(list), hi-lo, s.width)
	}
	for i, q := range list {
		moved[q], weight[q] = w.move(int(q), w.means[i*s.width:(i+1)*s.width], sum[i]), sum[i]
	}
}

// weigh gives the kernel's weight of row j seen from position i, of whose product a bound is known. It measures anew
// where that bound is not good enough: near the edge of a flat kernel, and for a kernel that is narrow for numbers of
// this size.
func (w *shifter) weigh(i, j int, dot float32) float32 {
	lower, upper := bounds(&w.p.block, i, &w.p.s.block, j, dot)
	h2 := w.h * w.h
	if !w.gaussian {
		if lower <= h2 && upper > h2 {
			lower = SquaredL2(w.p.row(i), w.p.s.row(j))
		}
		if lower <= h2 {
			return 1
		}
		return 0
	}
	d := max(0, (lower+upper)/2)
	if upper-lower > 4e-3*h2 && lower < 100*h2 {
		d = SquaredL2(w.p.row(i), w.p.s.row(j))
	}
	return float32(math.Exp(-d / (2 * h2)))
}

// move sets position i to sums/total and gives how far it went.
func (w *shifter) move(i int, sums []float32, total float64) float64 {
	if total == 0 { // only by rounding at the very edge of a flat kernel: it has arrived
		return 0
	}
	for j, v := range sums {
		sums[j] = float32(float64(v) / total)
	}
	d := math.Sqrt(SquaredL2(w.p.row(i), sums)) / w.p.s.scale
	copy(w.p.row(i), sums)
	w.p.refresh(i)
	return d
}

// bounds encloses the squared distance of row i of a and row j of b, in units of the copy.
func bounds(a *block, i int, b *block, j int, dot float32) (lower, upper float64) {
	sum := a.half[i] + b.half[j]
	slack := errorFactor(a.width)*a.norm[i]*b.norm[j] + sum*0x1p-22 + 0x1p-130
	return 2 * (sum - float64(dot) - slack), 2 * (sum - float64(dot) + slack)
}
