package nearest

import (
	"context"
	"math"
	"slices"
	"sync/atomic"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// Bounded is an Assigner that keeps a lower bound on the distance of every row to every centre (Elkan, Using the triangle
// inequality to accelerate k-means, 2003, without the distances between centres, as Newling & Fleuret, Fast k-means with
// accurate bounds, 2016, have it). A centre that moves lowers its bounds by how far it went; only centres whose bounds
// are not above the distance to a row's own are measured. It gives the same labels, and takes 4 bytes per row and centre.
//
// All bounds and distances here are in units of the space's copy.
type Bounded struct {
	*Assigner
	low   []float32 // n×k: lower bounds, each plus gone as it was then
	upper []float64 // n, of the distance to the own centre
	gone  []float64 // k: how far each centre has gone in all
}

// NewBounded prepares for calls of Assign with up to workers goroutines.
func NewBounded(s *Space, workers int) (*Bounded, error) {
	a, err := NewAssigner(s, workers)
	if err != nil {
		return nil, err
	}
	return &Bounded{Assigner: a, upper: make([]float64, s.Len())}, nil
}

// Assign does what Assigner.Assign does.
func (b *Bounded) Assign(ctx context.Context, centres []float64, label []int32) error {
	if b.s.holds(nil) {
		return b.assignHeld(ctx, centres, label)
	}
	k := len(centres) / b.s.Dim
	block := b.copies(centres)
	job := &bounding{assignment: &assignment{Assigner: b.Assigner, at: centres}, k: k, columns: block.pack(all(k), !b.floats), drift: make([]float64, k)}
	job.take(b, centres)
	b.centres = nil // until all rows are done
	err := parallel.ForEach(ctx, (b.s.Len()+blockRows-1)/blockRows, b.workers, func(w, i int) {
		job.rows(b.worker(w), i*blockRows, min(b.s.Len(), (i+1)*blockRows))
	})
	if err != nil {
		return err
	}
	copy(label, b.own)
	b.centres = slices.Clone(centres)
	b.floats = b.floats || crowded(int(job.measured.Load())/max(1, int(job.screened.Load())), k)
	return nil
}

// bounding is one call of Assign.
type bounding struct {
	*assignment
	k        int
	low      []float32
	upper    []float64
	gone     []float32
	columns  *columns
	drift    []float64    // how far each centre went since the last call
	off      float64      // at least what rounding in float32 may add to a bound
	screened atomic.Int64 // rows
}

// The share of a number that rounding in float64 sums of squares, and in float32, may take, with room to spare.
const (
	tiny  = 0x1p-28
	small = 0x1p-22
)

// worn is how many times the width of the data a centre may have gone before bounds are made anew: rounding eats them.
const worn = 16

// take brings what is known up to where the centres are now.
func (j *bounding) take(b *Bounded, to []float64) {
	reach, most := j.reach(to), 0.0
	if len(b.centres) == len(to) {
		for c := range j.drift {
			from, to := b.centres[c*j.s.Dim:(c+1)*j.s.Dim], to[c*j.s.Dim:(c+1)*j.s.Dim]
			var went float64
			for d, v := range to {
				went += float64((v - from[d]) * (v - from[d]))
			}
			j.drift[c] = math.Sqrt(went) * j.s.scale * (1 + tiny)
			b.gone[c] += j.drift[c]
			most = max(most, b.gone[c])
		}
	}
	if len(b.centres) != len(to) || !(most <= worn*reach) {
		b.forget(j.k)
		most = 0
	}
	j.low, j.upper, j.off = b.low, b.upper, small*(reach+most)
	j.gone = make([]float32, j.k)
	for c, g := range b.gone {
		j.gone[c] = float32(g)
	}
}

// reach is at least as much as any distance of a row to a centre.
func (j *bounding) reach(centres []float64) float64 {
	rows, far := 0.0, 0.0
	for _, n := range j.s.norm {
		rows = max(rows, n)
	}
	for c := 0; c < len(centres); c += j.s.Dim {
		var norm float64
		for d, m := range j.s.mean {
			v := (centres[c+d] - m) * j.s.scale
			norm += float64(v * v)
		}
		far = max(far, math.Sqrt(norm))
	}
	return (rows + far) * (1 + tiny)
}

// forget begins anew with k centres: nothing is known, so every row looks at all.
func (b *Bounded) forget(k int) {
	b.low, b.gone = make([]float32, b.s.Len()*k), make([]float64, k)
	clear(b.own)
	for i := range b.upper {
		b.upper[i] = math.Inf(1)
	}
}

// rows assigns rows lo … hi-1.
func (j *bounding) rows(w *assigning, lo, hi int) {
	w.list = w.list[:0] // rows for which the screen is faster than measuring
	for i := lo; i < hi; i++ {
		j.upper[i] += j.drift[j.own[i]]
		if !j.near(w, i) {
			continue
		}
		j.distance[i] = j.measure(i, j.own[i])
		j.known(i, j.own[i])
		if j.near(w, i) && !j.few(w, i) {
			w.list = append(w.list, int32(i))
		}
	}
	if len(w.list) > 0 {
		j.screen(w)
	}
}

// near fills the list of centres that may be as near to a row as its own, and tells whether there are others.
func (j *bounding) near(w *assigning, i int) bool {
	limit := float32(math.Inf(1))
	if u := j.upper[i] + j.off; u < math.MaxFloat32 {
		limit = above(u)
	}
	w.near = slices.Grow(w.near[:0], j.k)[:j.k]
	w.near = w.near[:vec.BelowSum(w.near, j.low[i*j.k:(i+1)*j.k], j.gone, -1, limit)]
	return len(w.near) > 1 || len(w.near) == 1 && w.near[0] != j.own[i]
}

// known brings both bounds of a row to its own centre, whose distance was measured.
func (j *bounding) known(i int, own int32) {
	j.upper[i] = math.Sqrt(j.distance[i]) * j.s.scale * (1 + tiny)
	j.note(i, own, j.distance[i])
}

// note keeps a squared distance as a bound.
func (j *bounding) note(i int, c int32, squared float64) {
	j.low[i*j.k+int(c)] = float32(math.Sqrt(squared)*j.s.scale*(1-small)) + j.gone[c]
}

// few measures the centres near a row; it declines where they are too many: a distance in float64 takes about the time
// of fifty products of 8 bits, or twelve of float32.
func (j *bounding) few(w *assigning, i int) bool {
	if !j.floats && len(w.near) > j.k/50 || crowded(len(w.near), j.k) {
		return false
	}
	for _, c := range w.near {
		if c == j.own[i] || float64(j.low[i*j.k+int(c)]-j.gone[c]) > j.upper[i]+j.off {
			continue
		}
		d := j.measure(i, c)
		j.note(i, c, d)
		if d < j.distance[i] || d == j.distance[i] && c < j.own[i] {
			j.distance[i], j.own[i] = d, c
			j.known(i, c)
		}
	}
	return true
}

// screen assigns the rows listed by products with all centres, which give new bounds to all.
func (j *bounding) screen(w *assigning) {
	j.screened.Add(int64(len(w.list)))
	block := j.s.gather(w.list, &w.gathered)
	for at := 0; at < j.k; at += chunk {
		cols := w.tile.bound(&block, j.columns, at)
		for r, row := range w.list {
			limit := j.s.limit(j.distance[row], block.half[r])
			if near := w.tile.below(r, cols, limit); len(near) > 0 {
				j.contend(int(row), block.half[r], j.columns.rows[at:at+cols], near, w.tile.low[r*chunk:])
			}
			low := j.low[int(row)*j.k+at:][:cols]
			keep(low, w.tile.low[r*chunk:][:cols], block.half[r])
			vec.Add(low, low, j.gone[at:at+cols])
		}
	}
	for _, row := range w.list {
		j.known(int(row), j.own[row])
	}
}

// keep turns bounds of the screen, which are on half the squared distance less half, into bounds on the distance.
func keep(low, screened []float32, half float64) {
	less := -above(-(half*(1-8*margin) - underflow)) // rounded down
	vec.AddScalar(low, screened, less)
	vec.MaxScalar(low, low, 0)
	vec.MulScalar(low, low, 2*(1-small))
	vec.Sqrt(low, low)
	vec.MulScalar(low, low, 1-small)
}
