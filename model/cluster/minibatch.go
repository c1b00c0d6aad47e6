package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
	"fashionpipe/internal/simd/vec"
)

// What scikit-learn's MiniBatchKMeans does unless told otherwise.
const (
	reassignShare = 0.01 // centres with less than this share of the most rows of one are put elsewhere
	patience      = 10   // steps without a better mean before it stops
)

// miniBatch moves centres by small draws of rows (Sculley, Web-scale k-means clustering, 2010): each batch's rows go to
// their nearest centres, and each centre becomes the mean of all rows it was ever given, so that it moves by one over
// their number per row. As scikit-learn's MiniBatchKMeans, it puts centres that get few rows onto rows of the batch now
// and then, and stops when a smoothed mean of the batches' squared distances no longer falls. The rows of one batch are
// distinct, where scikit-learn draws with repetition.
type miniBatch struct {
	space    *nearest.Space
	assigner *nearest.Assigner
	batch    int
	maxSteps int
	tol      float64 // on the sum of squared moves of the centres in a step
	draw     *rand.Rand
	progress func(iteration int)

	rows    []int32 // all of them, in some order
	counts  []int   // rows each centre was given
	since   int     // rows since the last look for centres of few rows
	mean    float64 // smoothed, of the squared distances of batches
	best    float64
	waiting int // steps since the best
}

func (o KMeans) newMiniBatch(space *nearest.Space, restart int) (*miniBatch, error) {
	a, err := nearest.NewAssigner(space, o.Workers)
	if err != nil {
		return nil, err
	}
	batch := min(max(1, o.Batch), space.Len())
	return &miniBatch{space: space, assigner: a, batch: batch, maxSteps: max(1, o.MaxIter*space.Len()/batch), tol: o.Tol * meanVariance(space),
		draw: rng.New(o.Seed, "kmeans", "batches", restart), progress: o.tell(restart)}, nil
}

// from improves the centres given (k×dim, overwritten). In the end every row goes to its nearest centre.
func (m *miniBatch) from(ctx context.Context, centres []float64) (*Result, error) {
	m.rows = sample(m.space.Len(), 0, nil)
	m.counts = make([]int, len(centres)/m.space.Dim)
	label, squared := make([]int32, m.batch), make([]float64, m.batch)
	r := &Result{Label: make([]int32, m.space.Len()), Centres: centres}
	for !r.Converged && r.Iterations < m.maxSteps {
		rows := m.next()
		if err := m.assigner.AssignSome(ctx, rows, centres, label, squared); err != nil {
			return nil, err
		}
		before := slices.Clone(centres)
		m.update(rows, label, centres)
		m.reassign(rows, centres)
		r.Iterations++
		r.Converged = m.rests(r.Iterations, sum(squared)/float64(m.batch), before, centres)
		m.progress(r.Iterations)
	}
	return r, m.assigner.Assign(ctx, centres, r.Label)
}

// next draws the rows of a batch, ascending: the first steps of a shuffle, from whatever order the last one left.
func (m *miniBatch) next() []int32 {
	for i := range m.batch {
		j := i + m.draw.IntN(len(m.rows)-i)
		m.rows[i], m.rows[j] = m.rows[j], m.rows[i]
	}
	rows := slices.Clone(m.rows[:m.batch])
	slices.Sort(rows)
	return rows
}

// update makes each centre the mean of the rows it had before and those of the batch.
func (m *miniBatch) update(rows, label []int32, centres []float64) {
	dim, added := m.space.Dim, make([]int, len(m.counts))
	for _, c := range label {
		added[c]++
	}
	for c, n := range added {
		if n == 0 {
			continue
		}
		for j := c * dim; j < (c+1)*dim; j++ {
			centres[j] *= float64(m.counts[c])
		}
	}
	for i, c := range label {
		vec.AddF64(centres[int(c)*dim:(int(c)+1)*dim], m.space.Row(int(rows[i])))
	}
	for c, n := range added {
		if n == 0 {
			continue
		}
		m.counts[c] += n
		for j := c * dim; j < (c+1)*dim; j++ {
			centres[j] /= float64(m.counts[c])
		}
	}
}

// reassign puts centres of few rows onto rows of the batch, each onto another, where some centre has none yet or ten rows
// per centre have gone by: at most half as many as the batch has rows, those with the fewest first. They count as the
// smallest of the others from then on.
func (m *miniBatch) reassign(rows []int32, centres []float64) {
	m.since += m.batch
	if !slices.Contains(m.counts, 0) && m.since < 10*len(m.counts) {
		return
	}
	m.since = 0
	few := fewest(m.counts, len(rows)/2)
	if len(few) == 0 {
		return
	}
	least := math.MaxInt
	for c, n := range m.counts {
		if !slices.Contains(few, c) {
			least = min(least, n)
		}
	}
	to := slices.Clone(rows)
	for i, c := range few {
		j := i + m.draw.IntN(len(to)-i)
		to[i], to[j] = to[j], to[i]
		for d, v := range m.space.Row(int(to[i])) {
			centres[c*m.space.Dim+d] = float64(v)
		}
		m.counts[c] = least
	}
}

// fewest lists, in ascending order, the centres with less than reassignShare of the largest count: at most so many, with the
// lowest counts (of equal ones, the first).
func fewest(counts []int, most int) []int {
	limit := reassignShare * float64(slices.Max(counts))
	var few []int
	for c, n := range counts {
		if float64(n) < limit {
			few = append(few, c)
		}
	}
	if len(few) > most {
		slices.SortStableFunc(few, func(a, b int) int { return counts[a] - counts[b] })
		few = few[:most]
		slices.Sort(few)
	}
	return few
}

// rests tells whether to stop: the centres have moved by at most the tolerance, or the smoothed mean has not fallen for
// some steps. The first step is not counted: its mean is the start's.
func (m *miniBatch) rests(step int, mean float64, before, centres []float64) bool {
	if step == 1 {
		return false
	}
	if step == 2 {
		m.mean, m.best = mean, math.Inf(1)
	} else {
		share := min(1, 2*float64(m.batch)/float64(m.space.Len()+1))
		m.mean = float64(m.mean*(1-share)) + float64(mean*share)
	}
	moved := 0.0
	for i, v := range centres {
		moved += float64((v - before[i]) * (v - before[i]))
	}
	if moved <= m.tol && m.tol > 0 {
		return true
	}
	if m.mean < m.best {
		m.best, m.waiting = m.mean, 0
	} else {
		m.waiting++
	}
	return m.waiting >= patience
}

// startFew draws a start from a sample of the rows, three batches of them, as scikit-learn does: all would take longer
// than what follows.
func (o KMeans) startFew(ctx context.Context, space *nearest.Space, r *rand.Rand) ([]float64, error) {
	rows := sample(space.Len(), 3*max(o.Batch, o.K), r)
	data := make([]float32, 0, len(rows)*space.Dim)
	for _, i := range rows {
		data = append(data, space.Row(int(i))...)
	}
	few, err := nearest.NewSpace(data, space.Dim, nearest.L2)
	if err != nil {
		return nil, err
	}
	return plusPlus(ctx, few, o.K, o.Workers, r)
}
