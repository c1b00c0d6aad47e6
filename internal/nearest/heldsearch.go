package nearest

import (
	"context"
	"math"
	"math/bits"
	"slices"

	"golang.org/x/sync/errgroup"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// heldSearch searches among the rows that a device holds. The least values of groups of rows give a limit that at
// least k rows keep; the device lists all rows that may be as near, which are measured here. While that goes on the
// device is at the next queries.
type heldSearch struct {
	s     *Space
	o     Options
	ties  uint64
	reach reach
	visit func(int, []Neighbour)
}

// listed are queries with the rows that may be among their nearest.
type listed struct {
	queries []int32
	k       []int
	limit   []float64 // a value that the k-th nearest does not exceed
	rows    []uint64  // sets, as Held.Below gives them
}

// searchHeld does the queries that the device is of use for, and gives the others.
func (s *Space) searchHeld(ctx context.Context, o Options, queries []int32, ties uint64, visit func(int, []Neighbour)) ([]int32, error) {
	j := &heldSearch{s: s, o: o, ties: ties, reach: s.onDevice.reach(), visit: visit}
	var mine, left []int32
	for _, q := range queries {
		if k := o.K(int(q)); k > 0 && k <= s.held.Groups()/4 { // of more, the least values say too little
			mine = append(mine, q)
		} else {
			left = append(left, q)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	lists := make(chan *listed, 1)
	g.Go(func() error {
		defer close(lists)
		return j.list(ctx, mine, lists)
	})
	g.Go(func() error { return j.measure(ctx, lists) })
	return left, g.Wait()
}

// list sends what the device finds of each block of queries.
func (j *heldSearch) list(ctx context.Context, queries []int32, to chan<- *listed) error {
	var buf block
	for part := range slices.Chunk(queries, heldBlock) {
		if buf.rows == nil {
			buf = newBlock(len(part), j.s.Dim)
		}
		l, err := j.screen(ctx, part, j.s.plain(part, &buf))
		if err != nil {
			return err
		}
		select {
		case to <- l:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// plain gives the float32 numbers of the rows listed.
func (b *block) plain(rows []int32, buf *block) []float32 {
	for i, r := range rows {
		copy(buf.row(i), b.row(int(r)))
	}
	return buf.rows[:len(rows)*b.width]
}

func (j *heldSearch) screen(ctx context.Context, queries []int32, vectors []float32) (*listed, error) {
	least, err := j.s.held.Least(ctx, vectors)
	if err != nil {
		return nil, err
	}
	l := &listed{queries: queries, k: make([]int, len(queries)), limit: make([]float64, len(queries))}
	limits, groups := make([]float32, len(queries)), len(least)/len(queries)
	index := make([][]int32, max(1, j.o.Workers))
	err = parallel.ForEach(ctx, len(queries), j.o.Workers, func(w, i int) {
		if index[w] == nil {
			index[w] = make([]int32, groups)
		}
		q := int(queries[i])
		l.k[i] = j.o.K(q) // far fewer than there are rows
		off, half := j.reach.off(j.s.norm[q]), j.s.half[q]
		value := float64(lowest(least[i*groups:(i+1)*groups], l.k[i]+1, index[w])) // one may be the query itself
		l.limit[i] = value + off
		limits[i] = above(l.limit[i] + off + 4*margin*(math.Abs(l.limit[i])+2*math.Abs(half)))
	})
	if err != nil {
		return nil, err
	}
	l.rows, err = j.s.held.Below(ctx, vectors, limits)
	return l, err
}

// measure puts the rows listed in order.
func (j *heldSearch) measure(ctx context.Context, lists <-chan *listed) error {
	rankers := make([]*ranker, max(1, j.o.Workers))
	for l := range lists {
		failed := make([]bool, len(l.queries))
		err := parallel.ForEach(ctx, len(l.queries), len(rankers), func(w, i int) {
			if rankers[w] == nil {
				rankers[w] = &ranker{s: j.s, ties: j.ties, memo: newMemo(j.s)}
			}
			near, ok := rankers[w].rank(l, i)
			if failed[i] = !ok; ok {
				j.visit(int(l.queries[i]), near)
			}
		})
		if err != nil {
			return err
		}
		if slices.Contains(failed, true) {
			return errImprecise("a nearest neighbour was missed")
		}
		if j.o.Done != nil {
			j.o.Done(len(l.queries))
		}
	}
	return nil
}

// ranker is one worker's memory.
type ranker struct {
	s     *Space
	ties  uint64
	memo  *memo
	rows  []int32
	found []ranked
	near  []Neighbour
}

// rank gives the neighbours of query i of a list. It fails where the rows are not those that were asked for.
func (w *ranker) rank(l *listed, i int) ([]Neighbour, bool) {
	q, k, words := l.queries[i], l.k[i], len(l.rows)/len(l.queries)
	w.rows, w.found, w.near = members(w.rows[:0], l.rows[i*words:(i+1)*words]), w.found[:0], w.near[:0]
	for n, row := range w.rows {
		if n+ahead < len(w.rows) {
			vec.Prefetch(w.s.Row(int(w.rows[n+ahead])))
		}
		if row != q {
			w.found = append(w.found, ranked{Neighbour{row, w.memo.get(q, row)}, tie(w.ties, q, row)})
		}
	}
	if len(w.found) < k {
		return nil, false
	}
	found := smallest(w.found, k)
	slices.SortFunc(found, ranked.compare)
	for _, r := range found {
		w.near = append(w.near, r.Neighbour)
	}
	if k == 0 {
		return w.near, true
	}
	half := w.s.half[q]
	farthest := w.s.inCopy(found[k-1].Distance)
	return w.near, farthest-half-margin*(farthest+math.Abs(half)) <= l.limit[i]+underflow
}

// members appends the rows of a set.
func members(rows []int32, set []uint64) []int32 {
	for i, b := range set {
		for ; b != 0; b &= b - 1 {
			rows = append(rows, int32(64*i+bits.TrailingZeros64(b)))
		}
	}
	return rows
}
