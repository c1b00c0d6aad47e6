package nearest

import (
	"context"
	"fmt"
	"math"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/gemm"
)

// depth is how many rows are added up in float32 before the sum goes on in float64.
const depth = 2 * chunk

// Places are positions in a Space with the metric L2, in the space's own centred copy.
type Places struct {
	s *Space
	block
	around *columns    // the space's rows, to measure from
	sums   [][]float32 // the space's rows, depth of them at a time, packed to be added up with weights
}

// PlacesAt gives the positions of the rows.
func (s *Space) PlacesAt(rows []int32) (*Places, error) {
	if s.Metric != L2 {
		return nil, fmt.Errorf("nearest: places need the metric %q, not %q", L2, s.Metric)
	}
	p := &Places{s: s, block: newBlock(len(rows), s.Dim), around: s.pack(all(s.Len()), false)}
	for at := 0; at < s.Len(); at += depth {
		k := min(depth, s.Len()-at)
		packed := make([]float32, gemm.PackedLen(k, s.width))
		gemm.Pack(packed, s.rows[at*s.width:], k, s.width, s.width, 1)
		p.sums = append(p.sums, packed)
	}
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

// limit turns a squared distance in units of the copy from a position with this half into the greatest bound that a pair
// so near may have.
func limit(squared, half float64) float32 {
	return above(squared/2 - half + margin*(squared/2+half) + underflow)
}

// FirstNear gives, for each of the positions listed, the first of the list at most radius from it: itself, or one
// before it.
func (p *Places) FirstNear(ctx context.Context, list []int32, radius float64, workers int) ([]int32, error) {
	first := make([]int32, len(list))
	if len(list) == 0 {
		return first, ctx.Err()
	}
	h2 := (radius * p.s.scale) * (radius * p.s.scale)
	c := p.pack(list, false)
	err := parallel.ForEach(ctx, (len(list)+blockRows-1)/blockRows, workers, func(_, b int) {
		lo, hi := b*blockRows, min(len(list), (b+1)*blockRows)
		buf, t := newBlock(blockRows, p.width), newTile()
		block := p.gather(list[lo:hi], &buf)
		copy(first[lo:hi], list[lo:hi])
		for at := 0; at < hi; at += chunk {
			cols := t.bound(&block, c, at)
			for i := lo; i < hi; i++ {
				if first[i] != list[i] {
					continue
				}
				for _, j := range t.below(i-lo, min(cols, max(0, i-at)), limit(h2, block.half[i-lo])) {
					if other := list[at+int(j)]; SquaredL2(p.row(int(list[i])), p.row(int(other))) <= h2 {
						first[i] = other
						break
					}
				}
			}
		}
	})
	return first, err
}
