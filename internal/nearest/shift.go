package nearest

import (
	"context"
	"math"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/dot8"
	"fashionpipe/internal/simd/gemm"
	"fashionpipe/internal/simd/vec"
)

// Kernel weighs points by their L2 distance from a place.
type Kernel struct {
	Gaussian  bool    // exp(−d²/2h²); else flat: 1 where d ≤ h, and 0 beyond
	Bandwidth float64 // h, in units of the data
}

// Shift moves each of the positions listed to the mean of all rows, weighed by the kernel around where it is. It writes
// how far each went, in units of the data, and the sum of weights around where it was, both by position.
func (p *Places) Shift(ctx context.Context, list []int32, k Kernel, moved, weight []float64, workers int) error {
	leader, leaders := p.equal(list)
	shift := p.shiftHere
	if p.s.holds(nil) {
		shift = p.shiftHeld
	}
	if err := shift(ctx, leaders, k, moved, weight, workers); err != nil {
		return err
	}
	for i, q := range list {
		if l := leader[i]; l != q {
			moved[q], weight[q] = moved[l], weight[l]
			copy(p.row(int(q)), p.row(int(l)))
			p.half[q], p.norm[q] = p.half[l], p.norm[l]
		}
	}
	return nil
}

// shiftHere is Shift on this processor, for positions that differ.
func (p *Places) shiftHere(ctx context.Context, list []int32, k Kernel, moved, weight []float64, workers int) error {
	scratch := make([]*shifter, max(1, workers))
	return parallel.ForEach(ctx, (len(list)+blockRows-1)/blockRows, workers, func(w, b int) {
		if scratch[w] == nil {
			scratch[w] = newShifter(p, k)
			scratch[w].look()
		}
		scratch[w].shift(list[b*blockRows:min(len(list), (b+1)*blockRows)], moved, weight)
	})
}

// shifter is one worker's memory.
type shifter struct {
	p        *Places
	gaussian bool
	h2       float64 // the squared bandwidth, in units of the copy
	around   *columns
	tile     *tile
	gathered block
	bytes    *dot8.Rows // of the positions
	members  []uint64   // flat kernel: a set of rows per position
	weights  []float32  // blockRows×depth
	part     []float32  // blockRows×width: sums of depth rows
	sums     []float64  // blockRows×width
	total    [blockRows]float64
}

func newShifter(p *Places, k Kernel) *shifter {
	h := k.Bandwidth * p.s.scale
	return &shifter{p: p, gaussian: k.Gaussian && h > 0, h2: h * h,
		members: make([]uint64, blockRows*words(p.s.Len())), weights: make([]float32, blockRows*depth),
		part: make([]float32, blockRows*p.width), sums: make([]float64, blockRows*p.width)}
}

// look makes ready for screening.
func (w *shifter) look() {
	w.tile, w.gathered, w.around = newTile(), newBlock(blockRows, w.p.width), w.p.around().best()
	if w.gaussian { // its weights want the distances themselves
		w.around = w.p.around().floats()
	}
}

// shift moves a block of positions.
func (w *shifter) shift(list []int32, moved, weight []float64) {
	block := w.p.copies(list, &w.gathered)
	if w.around.bytes != nil {
		w.round(&block)
	}
	if w.gaussian {
		clear(w.sums)
		clear(w.total[:])
		w.addGaussian(&block)
		w.moveTo(list, all(len(list)), moved, weight)
		return
	}
	w.findMembers(list, &block)
	w.moveTo(list, w.addFlat(list), moved, weight)
}

// moveTo moves each position to the mean whose sum is that of the number it has in sum.
func (w *shifter) moveTo(list, sum []int32, moved, weight []float64) {
	for i, q := range list {
		s := int(sum[i])
		moved[q], weight[q] = w.p.move(int(q), w.sums[s*w.p.width:(s+1)*w.p.width], w.total[s], w.part), w.total[s]
	}
}

// round makes the positions' copy in 8 bits.
func (w *shifter) round(block *block) {
	if w.bytes == nil {
		w.bytes = dot8.NewRows(blockRows, block.width)
	}
	for i := range block.len() {
		w.bytes.Set(i, block.row(i), block.norm[i])
	}
	block.bytes = w.bytes.Part(0, block.len())
}

// add adds the rows from at on, up to depth of them, to the sums listed, with a row of weights for each.
func (w *shifter) add(at int, sums []int32) {
	p, mr, nr, n := w.p, gemm.MR(), gemm.NR(), len(sums)
	k, panels := min(depth, p.s.Len()-at), p.sums()[at/depth]
	var off [blockRows]int
	for r := range n {
		off[r] = r * depth
	}
	for j := 0; j < p.width; j += nr {
		for r := 0; r < n; r += mr {
			gemm.Rows(w.part[r*p.width+j:], p.width, min(mr, n-r), min(nr, p.width-j), w.weights, off[r:n], 1, k, panels[j*k:], false)
		}
	}
	for r, s := range sums {
		vec.AddF64(w.sums[int(s)*p.width:(int(s)+1)*p.width], w.part[r*p.width:(r+1)*p.width])
	}
}

// move sets position i to sums/total and gives how far it went. to is memory for a row.
func (p *Places) move(i int, sums []float64, total float64, to []float32) float64 {
	if total == 0 { // only by rounding at the very edge of a flat kernel: it has arrived
		return 0
	}
	to = to[:p.width]
	for j, v := range sums {
		to[j] = float32(v / total)
	}
	d := math.Sqrt(SquaredL2(p.row(i), to)) / p.s.scale
	copy(p.row(i), to)
	p.refresh(i)
	return d
}
