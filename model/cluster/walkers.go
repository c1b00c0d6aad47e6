package cluster

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"fashionpipe/internal/nearest"
)

// walkers climb to where rows are dense.
type walkers struct {
	places     *nearest.Places
	walking    []int32   // not arrived, ascending
	follows    []int32   // per walker: the earlier one it joined, or itself
	weight     []float64 // per walker: sum of the kernel's weights where it last stood
	iterations int
}

func newWalkers(s *nearest.Space, starts []int32) (*walkers, error) {
	places, err := s.PlacesAt(starts)
	if err != nil {
		return nil, err
	}
	w := &walkers{places: places, weight: make([]float64, len(starts))}
	for i := range starts {
		w.walking = append(w.walking, int32(i))
	}
	w.follows = slices.Clone(w.walking)
	return w, nil
}

// joinEvery is how many iterations pass between looks for walkers that met: a look costs up to half an iteration.
const joinEvery = 4

// step moves every walker once; those that move by at most tol have arrived.
func (w *walkers) step(ctx context.Context, k nearest.Kernel, tol float64, workers int) error {
	if w.iterations%joinEvery == 0 {
		if err := w.join(ctx, tol, workers); err != nil {
			return err
		}
	}
	return w.shift(ctx, k, tol, workers)
}

func (w *walkers) shift(ctx context.Context, k nearest.Kernel, tol float64, workers int) error {
	moved := make([]float64, len(w.follows))
	if err := w.places.Shift(ctx, w.walking, k, moved, w.weight, workers); err != nil {
		return err
	}
	w.walking = slices.DeleteFunc(w.walking, func(i int32) bool { return moved[i] <= tol })
	w.iterations++
	return nil
}

// join lets each walker within radius of an earlier one follow that from now on.
func (w *walkers) join(ctx context.Context, radius float64, workers int) error {
	first, err := w.places.FirstNear(ctx, w.walking, radius, workers)
	if err != nil {
		return err
	}
	for i, walker := range w.walking {
		w.follows[walker] = first[i]
	}
	w.walking = slices.DeleteFunc(w.walking, func(i int32) bool { return w.follows[i] != i })
	return nil
}

// leader is the walker that i ended up following.
func (w *walkers) leader(i int32) int32 {
	for w.follows[i] != i {
		i = w.follows[i]
	}
	return i
}

// attractors are the places found.
type attractors struct {
	of      []int32   // per walker
	centres []float64 // number of attractors × dim
}

// merge makes one attractor of those within radius of each other: from the densest on (ties: the earlier walker's), each
// joins the densest kept so far that is near enough, and is kept where there is none.
func (w *walkers) merge(ctx context.Context, radius float64) (attractors, error) {
	var order []int32
	for i := range w.follows {
		if w.follows[i] == int32(i) {
			order = append(order, int32(i))
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(w.weight[b], w.weight[a]) })
	var kept []int32
	number := make([]int32, len(w.follows))
	for _, i := range order { // all pairs of them, where none are near each other
		if err := ctx.Err(); err != nil {
			return attractors{}, err
		}
		at := slices.IndexFunc(kept, func(j int32) bool { return w.places.Distance(int(i), int(j)) <= radius })
		if at < 0 {
			at = len(kept)
			kept = append(kept, i)
		}
		number[i] = int32(at)
	}
	a := attractors{of: make([]int32, len(w.follows))}
	for i := range a.of {
		a.of[i] = number[w.leader(int32(i))]
	}
	for _, i := range kept {
		a.centres = append(a.centres, w.places.Position(int(i))...)
	}
	return a, nil
}

// sample draws count of n rows, in ascending order; all of them where count is 0 or not below n.
func sample(n, count int, r *rand.Rand) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	if count > 0 && count < n {
		r.Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		rows = rows[:count]
		slices.Sort(rows)
	}
	return rows
}
