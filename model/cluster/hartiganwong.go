package cluster

import (
	"context"
	"fmt"
	"math"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/parallel"
)

// hartiganWong moves rows one at a time wherever that lowers the sum of squares (Hartigan & Wong, Algorithm AS 136: a
// k-means clustering algorithm, Applied Statistics 28, 1979). Each row knows its own cluster and a second one. Optimal
// transfer weighs all clusters, or those in the live set, for each row; quick transfer only swaps a row's own and second
// one, until no row wants to. A row moves from cluster a of n_a rows to b where n_b/(n_b+1)·d_b² < n_a/(n_a−1)·d_a².
//
// Names in capitals behind fields are those of the article.
type hartiganWong struct {
	space     *nearest.Space
	workers   int
	maxIter   int
	progress  func(iteration int)
	dim       int
	centres   []float64 // k×dim
	own       []int32   // IC1
	second    []int32   // IC2
	size      []int     // NC
	loss      []float64 // AN1: n/(n−1), by which a row's squared distance counts to leave its cluster
	gain      []float64 // AN2: n/(n+1), to join one
	own2      []float64 // D: loss × squared distance of each row to its own cluster
	updated   []int     // NCP: when a cluster changed last: by row in optimal transfer, by step plus n in quick transfer
	live      []int     // LIVE: a cluster is in the live set of rows before that number
	moved     []bool    // ITRAN: a cluster changed in the last quick transfer
	unmoved   int       // INDX: rows looked at since the last transfer
	exhausted bool      // quick transfer took too many steps
}

// quickSteps is the most steps of one quick transfer per row, as in R: rows at equal distances could go back and forth.
const quickSteps = 50

// EmptyStartError is a start with a centre that no row is nearest to: Hartigan & Wong's method has no use for it.
type EmptyStartError struct{ Centre int }

func (e *EmptyStartError) Error() string {
	return fmt.Sprintf("k-means: no row is nearest to centre %d of the start, which Hartigan & Wong's method needs: take another start, or Lloyd's", e.Centre)
}

// from improves the centres given (k×dim, k from 2 to one below the number of rows; overwritten).
func (h *hartiganWong) from(ctx context.Context, centres []float64) (*Result, error) {
	h.dim, h.centres = h.space.Dim, centres
	if err := h.begin(ctx); err != nil {
		return nil, err
	}
	r := &Result{Label: h.own, Centres: centres}
	for !r.Converged && !h.exhausted && r.Iterations < max(1, h.maxIter) {
		if err := h.optimal(ctx); err != nil {
			return nil, err
		}
		r.Iterations++
		h.progress(r.Iterations)
		if r.Converged = h.unmoved == len(h.own); r.Converged {
			break
		}
		if err := h.quick(ctx); err != nil {
			return nil, err
		}
		r.Converged = len(h.size) == 2 && !h.exhausted // optimal transfer could do no more
		clear(h.updated)
	}
	return r, h.means()
}

// begin gives each row its two nearest centres (of equally near ones, the first) and makes the centres means.
func (h *hartiganWong) begin(ctx context.Context) error {
	n, k := h.space.Len(), len(h.centres)/h.dim
	h.own, h.second, h.own2 = make([]int32, n), make([]int32, n), make([]float64, n)
	h.size, h.loss, h.gain = make([]int, k), make([]float64, k), make([]float64, k)
	h.updated, h.live, h.moved = make([]int, k), make([]int, k), make([]bool, k)
	err := parallel.ForEach(ctx, n, h.workers, func(_, i int) { h.own[i], h.second[i] = h.nearestTwo(i) })
	if err != nil {
		return err
	}
	if err := h.means(); err != nil {
		return err
	}
	for c := range h.size {
		h.weigh(c)
		h.moved[c], h.updated[c] = true, -1
	}
	return nil
}

func (h *hartiganWong) nearestTwo(i int) (first, second int32) {
	first, second = 0, 1
	d1, d2 := h.squared(i, 0), h.squared(i, 1)
	if d1 > d2 {
		first, second, d1, d2 = 1, 0, d2, d1
	}
	for c := int32(2); int(c) < len(h.size); c++ {
		switch d := h.squared(i, c); {
		case d >= d2:
		case d >= d1:
			second, d2 = c, d
		default:
			first, second, d1, d2 = c, first, d, d1
		}
	}
	return first, second
}

// squared is the squared distance of row i to the centre of cluster c.
func (h *hartiganWong) squared(i int, c int32) float64 {
	return nearest.SquaredToCentre(h.space.Row(i), h.centre(c))
}

func (h *hartiganWong) centre(c int32) []float64 { return h.centres[int(c)*h.dim : (int(c)+1)*h.dim] }

// means makes each centre the mean of its rows.
func (h *hartiganWong) means() error {
	clear(h.centres)
	clear(h.size)
	for i, c := range h.own {
		h.size[c]++
		for j, v := range h.space.Row(i) {
			h.centre(c)[j] += float64(v)
		}
	}
	for c, size := range h.size {
		if size == 0 {
			return &EmptyStartError{c}
		}
		for j := range h.dim {
			h.centres[c*h.dim+j] /= float64(size)
		}
	}
	return nil
}

// weigh brings the factors of a cluster up to date with its size.
func (h *hartiganWong) weigh(c int) {
	n := float64(h.size[c])
	h.gain[c], h.loss[c] = n/(n+1), math.Inf(1)
	if n > 1 {
		h.loss[c] = n / (n - 1)
	}
}

// transfer moves row i from its own cluster to another, which becomes its own, and its own its second.
func (h *hartiganWong) transfer(i int, to int32) {
	from := h.own[i]
	a, b := float64(h.size[from]), float64(h.size[to])
	ca, cb := h.centre(from), h.centre(to)
	for j, x := range h.space.Row(i) {
		v := float64(x)
		ca[j] = (float64(ca[j]*a) - v) / (a - 1)
		cb[j] = (float64(cb[j]*b) + v) / (b + 1)
	}
	h.size[from]--
	h.size[to]++
	h.weigh(int(from))
	h.weigh(int(to))
	h.own[i], h.second[i] = to, from
	h.unmoved = 0
}

// optimal is one optimal-transfer stage: a pass over all rows. A cluster that quick transfer changed is in the live set
// of all rows; one that changes now, of the rows up to the same one in the next pass; else a cluster has left it. A row
// whose own cluster is out of the live set only looks at those in it.
func (h *hartiganWong) optimal(ctx context.Context) error {
	n := len(h.own)
	for c, moved := range h.moved {
		if moved {
			h.live[c] = n
		}
	}
	for i := range n {
		if err := ctx.Err(); err != nil {
			return err
		}
		h.unmoved++
		if h.size[h.own[i]] > 1 {
			h.best(i)
		}
		if h.unmoved == n {
			return nil
		}
	}
	for c := range h.live {
		h.moved[c] = false
		h.live[c] -= n
	}
	return nil
}

// best moves row i to the cluster that lowers the sum of squares most, or notes that as its second one.
func (h *hartiganWong) best(i int) {
	own, second := h.own[i], h.second[i]
	if h.updated[own] != 0 {
		h.own2[i] = h.squared(i, own) * h.loss[own]
	}
	best, least := second, h.squared(i, second)*h.gain[second]
	for c := range int32(len(h.size)) {
		if c == own || c == second || i >= h.live[own] && i >= h.live[c] {
			continue
		}
		if d := h.squared(i, c); d < least/h.gain[c] {
			best, least = c, d*h.gain[c]
		}
	}
	if least >= h.own2[i] {
		h.second[i] = best
		return
	}
	h.live[own], h.live[best] = len(h.own)+i, len(h.own)+i
	h.updated[own], h.updated[best] = i+1, i+1
	h.transfer(i, best)
}

// quick is one quick-transfer stage: rows swap their own and second cluster where that lowers the sum of squares, until
// none did in a whole pass.
func (h *hartiganWong) quick(ctx context.Context) error {
	n, quiet := len(h.own), 0
	for step := 1; ; step++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if step >= quickSteps*n {
			h.exhausted = true
			return nil
		}
		i := (step - 1) % n
		quiet++
		if h.size[h.own[i]] > 1 && h.swap(i, step) {
			quiet = 0
		}
		if quiet == n {
			return nil
		}
	}
}

func (h *hartiganWong) swap(i, step int) bool {
	own, second := h.own[i], h.second[i]
	if step <= h.updated[own] {
		h.own2[i] = h.squared(i, own) * h.loss[own]
	}
	if step >= h.updated[own] && step >= h.updated[second] {
		return false // neither changed since this row was looked at
	}
	if h.squared(i, second) >= h.own2[i]/h.gain[second] {
		return false
	}
	h.moved[own], h.moved[second] = true, true
	h.updated[own], h.updated[second] = step+len(h.own), step+len(h.own)
	h.transfer(i, second)
	return true
}
