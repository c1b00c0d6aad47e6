package model

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"sync"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"golang.org/x/sync/errgroup"

	"fashionpipe/internal/nearest"
)

// Distances computes with many rows on a backend's device; it is a nearest.Device. All graphs have shapes that depend on
// the rows' width alone, so that each is compiled once for rows of any number: vectors and rows come in blocks, the last
// of which is filled up.
type Distances struct {
	b       *Backend
	vectors int // of a block
	rows    int // of a block, a multiple of 64

	build    map[string]func(*graph.Graph, distanceGraph) []*graph.Node // by kind
	mu       sync.Mutex
	programs map[distanceGraph]*program
	precise  map[int]bool // widths for which products were found to be float32's
}

// OnGPU tells whether a setting stands for a device that is no processor. It looks at names of files only, as BackendClass
// does, so all of one class are alike.
func OnGPU(setting string) (bool, error) {
	c, err := Choose(setting)
	return err == nil && c.Name == "xla" && c.Plugin.Platform != "cpu", err
}

// The blocks: 64 MiB of values at once, which is enough to keep a GPU busy and small beside its memory.
const (
	blockVectors = 2048
	blockRows    = 8192
)

var (
	distancesMu sync.Mutex
	distancesOn = map[*Backend]*Distances{} // they keep what they compiled
)

// OpenDistances gives what computes distances on the backend for a setting, opening it as Open does.
func OpenDistances(setting string, devices ...int) (*Distances, error) {
	b, err := Open(setting, F32, devices...)
	if err != nil {
		return nil, err
	}
	distancesMu.Lock()
	defer distancesMu.Unlock()
	if distancesOn[b] == nil {
		distancesOn[b] = newDistances(b, blockVectors, blockRows)
	}
	return distancesOn[b], nil
}

// Describe says in one line what was chosen, on which device, and why.
func (d *Distances) Describe() string { return d.b.Describe() }

func newDistances(b *Backend, vectors, rows int) *Distances {
	d := &Distances{b: b, vectors: vectors, rows: rows, programs: map[distanceGraph]*program{}, precise: map[int]bool{}}
	d.build = map[string]func(*graph.Graph, distanceGraph) []*graph.Node{
		leastGraph: d.least, belowGraph: d.below, twoGraph: d.two, weighGraph: d.weigh, weighDirectGraph: d.weigh,
	}
	return d
}

// heldRows are rows on the device, in blocks; it is a nearest.Held.
type heldRows struct {
	d        *Distances
	n, width int
	rows, h  []*tensors.Tensor
}

// Hold copies rows to the device: width numbers each, and a number h for each.
func (d *Distances) Hold(ctx context.Context, rows []float32, width int, h []float32) (nearest.Held, error) {
	r := &heldRows{d: d, n: len(h), width: width}
	if _, free, known := d.b.Memory(); known && d.need(r.n, width) > free {
		return nil, d.explain(&OutOfMemoryError{Device: d.b.Device(), Usable: free, Wanted: d.need(r.n, width)}, r.n, width)
	}
	if err := d.check(ctx, width); err != nil {
		return nil, err
	}
	for lo := 0; lo < r.n; lo += d.rows {
		if ctx.Err() != nil {
			r.Free()
			return nil, context.Cause(ctx)
		}
		hi := min(r.n, lo+d.rows)
		t, err := d.upload(fill(rows[lo*width:hi*width], d.rows*width, 0), d.rows, width)
		if err == nil {
			r.rows = append(r.rows, t)
			if t, err = d.upload(fill(h[lo:hi], d.rows, infinity), d.rows); err == nil {
				r.h = append(r.h, t)
			}
		}
		if err != nil {
			r.Free()
			return nil, d.explain(err, r.n, width)
		}
	}
	return r, nil
}

var infinity = float32(math.Inf(1)) // the h of rows that fill up a block: their values are above any limit

// fill gives x with values appended up to a length.
func fill(x []float32, length int, v float32) []float32 {
	if len(x) == length {
		return x
	}
	out := make([]float32, length)
	for i := copy(out, x); i < length; i++ {
		out[i] = v
	}
	return out
}

// upload puts numbers onto the device, where they stay until they are freed.
func (d *Distances) upload(x []float32, shape ...int) (t *tensors.Tensor, err error) {
	err = try(func() error {
		t = tensors.FromFlatDataAndDimensions(x, shape...)
		return t.ToDevice(d.b.compute, d.b.device)
	})
	return t, err
}

// Free gives the device's memory back.
func (r *heldRows) Free() {
	free(r.rows...)
	free(r.h...)
	r.rows, r.h = nil, nil
}

// need is the device's memory for so many rows and the work with them, in bytes. It counts a block of values four times.
func (d *Distances) need(n, width int) int64 {
	blocks := int64((n + d.rows - 1) / d.rows)
	return 4 * (blocks*int64(d.rows)*int64(width+1) + 4*int64(d.vectors)*int64(d.rows) + 4*int64(d.vectors)*int64(width))
}

// explain says what to do where an error is that the device has too little memory.
func (d *Distances) explain(err error, n, width int) error {
	var o *OutOfMemoryError
	if err = d.b.outOfMemory(err); !errors.As(err, &o) {
		return err
	}
	return fmt.Errorf("distances between %d rows of %d numbers: %w: let nothing else run on it, or set backend to cpu", n, width, err)
}

// Groups is the number of groups that Least knows: the rows of a block that are a 32nd of a block apart are one. Those are
// rarely alike where rows lie sorted.
func (r *heldRows) Groups() int {
	of := r.d.rows / groupSize
	full, rest := r.n/r.d.rows, r.n%r.d.rows
	return full*of + min(rest, of)
}

// Least gives, for each vector, the least value in each group.
func (r *heldRows) Least(ctx context.Context, vectors []float32) ([]float32, error) {
	n, groups := len(vectors)/r.width, r.Groups()
	out := make([]float32, n*groups)
	err := r.each(ctx, leastGraph, vectors, nil, func(lo, block int, of []*tensors.Tensor) error {
		x, err := download(of[0])
		if err != nil {
			return err
		}
		width := r.d.rows / groupSize
		for i := range min(r.d.vectors, n-lo) {
			row := out[(lo+i)*groups : (lo+i+1)*groups]
			copy(row[block*width:], x[i*width:(i+1)*width])
		}
		return nil
	})
	return out, err
}

// Below gives, for each vector, the set of the rows with values of at most its limit.
func (r *heldRows) Below(ctx context.Context, vectors, limits []float32) ([]uint64, error) {
	words := (r.n + 63) / 64
	out := make([]uint64, len(limits)*words)
	err := r.each(ctx, belowGraph, vectors, limits, func(lo, block int, of []*tensors.Tensor) error {
		x, err := downloadAs[uint32](of[0])
		if err != nil {
			return err
		}
		width := r.d.rows / 32
		for i := range min(r.d.vectors, len(limits)-lo) {
			row := out[(lo+i)*words : (lo+i+1)*words]
			for w := block * width / 2; w < min(words, (block+1)*width/2); w++ {
				at := i*width + 2*w - block*width
				row[w] = uint64(x[at]) | uint64(x[at+1])<<32
			}
		}
		return nil
	})
	return out, err
}

// each runs a graph on every block of vectors, with a number for each where the graph takes one, and every block of rows.
func (r *heldRows) each(ctx context.Context, kind string, vectors, numbers []float32, use func(lo, block int, out []*tensors.Tensor) error) error {
	d, n := r.d, len(vectors)/r.width
	p, err := d.program(distanceGraph{kind, r.width, d.vectors})
	if err != nil {
		return err
	}
	for lo := 0; lo < n; lo += d.vectors {
		hi := min(n, lo+d.vectors)
		in, err := d.vectorsOf(vectors[lo*r.width:hi*r.width], d.vectors, r.width)
		if err != nil {
			return d.explain(err, r.n, r.width)
		}
		if numbers != nil {
			in = append(in, upload(tensor{[]int{d.vectors}, fill(numbers[lo:hi], d.vectors, 0)}))
		}
		err = r.across(ctx, p, in, func(block int, out []*tensors.Tensor) error { return use(lo, block, out) })
		free(in...)
		if err != nil {
			return d.explain(err, r.n, r.width)
		}
	}
	return nil
}

// across runs a program on every block of rows. What one gave is copied here while the device is at the next.
func (r *heldRows) across(ctx context.Context, p *program, in []*tensors.Tensor, use func(block int, out []*tensors.Tensor) error) error {
	var copying errgroup.Group
	copying.SetLimit(1)
	for block, rows := range r.rows {
		out, err := p.run(ctx, append([]*tensors.Tensor{rows, r.h[block]}, in...)...)
		if err != nil {
			return errors.Join(err, copying.Wait())
		}
		copying.Go(func() error {
			defer free(out...)
			return use(block, out)
		})
	}
	return copying.Wait()
}

// vectorsOf puts a block of n vectors onto the device.
func (d *Distances) vectorsOf(vectors []float32, n, width int) ([]*tensors.Tensor, error) {
	t, err := d.upload(fill(vectors, n*width, 0), n, width)
	return []*tensors.Tensor{t}, err
}

// Two gives, for each row, the vector with the least value, that value and the least of the others.
func (r *heldRows) Two(ctx context.Context, vectors, h []float32) (first []int32, least, second []float32, err error) {
	first, least, second = make([]int32, r.n), fill(nil, r.n, infinity), fill(nil, r.n, infinity)
	d, some := r.d, min(r.d.vectors, 1<<bits.Len(uint(max(1, len(h)-1)))) // few vectors make a small block
	p, err := d.program(distanceGraph{twoGraph, r.width, some})
	if err != nil {
		return nil, nil, nil, err
	}
	for lo := 0; lo < len(h); lo += some {
		hi := min(len(h), lo+some)
		in, err := d.vectorsOf(vectors[lo*r.width:hi*r.width], some, r.width)
		if err != nil {
			return nil, nil, nil, d.explain(err, r.n, r.width)
		}
		in = append(in, upload(tensor{[]int{some}, fill(h[lo:hi], some, infinity)}))
		for block, rows := range r.rows {
			if err := r.merge(ctx, p, append([]*tensors.Tensor{rows}, in...), lo, block*d.rows, first, least, second); err != nil {
				free(in...)
				return nil, nil, nil, d.explain(err, r.n, r.width)
			}
		}
		free(in...)
	}
	return first, least, second, nil
}

// merge finds the least two among the vectors from lo on, and keeps what is less than what there was.
func (r *heldRows) merge(ctx context.Context, p *program, in []*tensors.Tensor, lo, from int, first []int32, least, second []float32) error {
	out, err := p.run(ctx, in...)
	if err != nil {
		return err
	}
	defer free(out...)
	at, err := downloadAs[int32](out[0])
	if err != nil {
		return err
	}
	low, err := download(out[1])
	if err != nil {
		return err
	}
	next, err := download(out[2])
	if err != nil {
		return err
	}
	for i := from; i < min(r.n, from+r.d.rows); i++ {
		if a, b := low[i-from], next[i-from]; a < least[i] {
			first[i], second[i], least[i] = int32(lo)+at[i-from], min(b, least[i]), a
		} else {
			second[i] = min(second[i], a)
		}
	}
	return nil
}

// Weigh gives, for each vector, the sum of all rows times their weights, and the sum of the weights.
func (r *heldRows) Weigh(ctx context.Context, vectors, h []float32, s float64, direct bool) (sums, weights []float32, err error) {
	d, kind := r.d, weighGraph
	if direct {
		kind = weighDirectGraph
	}
	p, err := d.program(distanceGraph{kind, r.width, d.vectors})
	if err != nil {
		return nil, nil, err
	}
	scale := upload(tensor{nil, []float32{float32(-1 / s)}})
	defer free(scale)
	for lo := 0; lo < len(h); lo += d.vectors {
		hi := min(len(h), lo+d.vectors)
		sum, weight, err := r.weighBlock(ctx, p, vectors[lo*r.width:hi*r.width], h[lo:hi], scale)
		if err != nil {
			return nil, nil, d.explain(err, r.n, r.width)
		}
		sums, weights = append(sums, sum[:(hi-lo)*r.width]...), append(weights, weight[:hi-lo]...)
	}
	return sums, weights, nil
}

// weighBlock does a block of vectors. What is added up stays on the device until the last rows were added.
func (r *heldRows) weighBlock(ctx context.Context, p *program, vectors, h []float32, scale *tensors.Tensor) (sums, weights []float32, err error) {
	d := r.d
	in, err := d.vectorsOf(vectors, d.vectors, r.width)
	if err != nil {
		return nil, nil, err
	}
	in = append(in, upload(tensor{[]int{d.vectors}, fill(h, d.vectors, 0)}), scale)
	defer free(in[:2]...)
	total := []*tensors.Tensor{upload(zeros(d.vectors, r.width)), upload(zeros(d.vectors))}
	for block := range r.rows {
		all := append(append(total, r.rows[block], r.h[block]), in...)
		if total, err = p.run(ctx, all...); err != nil {
			return nil, nil, err
		}
	}
	defer free(total...)
	if sums, err = download(total[0]); err == nil {
		weights, err = download(total[1])
	}
	return sums, weights, err
}
