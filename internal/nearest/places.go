package nearest

import (
	"context"
	"fmt"
	"math"
	"sync"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// depth is how many rows are added up in float32 before the sum goes on in float64.
const depth = 2 * chunk

// Places are positions in a Space with the metric L2, in the space's own centred copy.
type Places struct {
	s *Space
	block
	around func() *gallery    // the space's rows, packed once
	sums   func() [][]float32 // the same, depth of them at a time, packed to be added up with weights; made once
}

// PlacesAt gives the positions of the rows.
func (s *Space) PlacesAt(rows []int32) (*Places, error) {
	if s.Metric != L2 {
		return nil, fmt.Errorf("nearest: places need the metric %q, not %q", L2, s.Metric)
	}
	p := &Places{s: s, block: newBlock(len(rows), s.Dim), sums: sync.OnceValue(s.packSums)}
	p.around = sync.OnceValue(func() *gallery {
		s.rounded()
		return s.galleryOf(all(s.Len()))
	})
	for i, r := range rows {
		copy(p.row(i), s.row(int(r)))
		p.refresh(i)
	}
	return p, nil
}

func (s *Space) packSums() (packed [][]float32) {
	for at := 0; at < s.Len(); at += depth {
		k := min(depth, s.Len()-at)
		panels := make([]float32, gemm.PackedLen(k, s.width))
		gemm.Pack(panels, s.rows[at*s.width:], k, s.width, s.width, 1)
		packed = append(packed, panels)
	}
	return packed
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

// limit turns a squared distance in units of the copy from a position with this half into the greatest bound that a pair
// so near may have.
func limit(squared, half float64) float32 {
	return above(squared/2 - half + margin*(squared/2+half) + underflow)
}

// FirstNear gives, for each of the positions listed, the first of the list at most radius from it: itself, or one
// before it.
func (p *Places) FirstNear(ctx context.Context, list []int32, radius float64, workers int) ([]int32, error) {
	first := make([]int32, len(list))
	copies := newBlock(len(list), p.width)
	listed := p.copies(list, &copies)
	listed.roundWell()
	g := listed.galleryOf(all(len(list)))
	finders := make([]*finder, max(1, workers))
	err := parallel.ForEach(ctx, (len(list)+blockRows-1)/blockRows, workers, func(w, b int) {
		if finders[w] == nil {
			finders[w] = &finder{listed: &listed, all: g, columns: g.best(), h2: (radius * p.s.scale) * (radius * p.s.scale), tile: newTile()}
		}
		finders[w].block(b*blockRows, min(len(list), (b+1)*blockRows), list, first)
	})
	return first, err
}

// finder is one worker's memory for FirstNear.
type finder struct {
	listed  *block
	all     *gallery
	columns *columns
	h2      float64
	tile    *tile
}

// block does positions lo … hi-1 of the list.
func (w *finder) block(lo, hi int, list, first []int32) {
	part, measured := w.listed.part(lo, hi), 0
	copy(first[lo:hi], list[lo:hi])
	for at := 0; at < hi; at += chunk {
		cols := w.tile.bound(&part, w.columns, at)
		for i := lo; i < hi; i++ {
			if first[i] != list[i] {
				continue
			}
			for _, j := range w.tile.below(i-lo, max(0, min(cols, i-at)), limit(w.h2, part.half[i-lo])) {
				measured++
				if SquaredL2(w.listed.row(i), w.listed.row(at+int(j))) <= w.h2 {
					first[i] = list[at+int(j)]
					break
				}
			}
		}
	}
	// Many measured: the positions are too close together for 8 bits. What is found does not depend on it.
	if w.columns.bytes != nil && crowded(measured/(hi-lo), hi) {
		w.columns = w.all.floats()
	}
}
