package nearest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// checkSome compares what some queries find with the truth.
func checkSome(t *testing.T, data []float32, dim, k int, queries []int32) {
	t.Helper()
	for _, m := range []Metric{L2, Cosine} {
		got := find(t, space(t, data, dim, m), Options{K: fixed(k), Queries: queries, Workers: 2})
		for _, q := range queries {
			for i, want := range brute(data, dim, int(q), k, m) {
				if d := got[q][i].Distance; math.Abs(d-want) > 1e-9*want+2e-15 {
					t.Fatalf("%s: neighbour %d of row %d is at %g, not %g", m, i, q, d, want)
				}
			}
		}
	}
}

// Galleries that are large enough for a guess from a sample, sorted or not.
func TestLargeGalleries(t *testing.T) {
	const n, dim = minGallery + 1000, 5
	g := rand.New(rand.NewPCG(1, 3))
	data := make([]float32, n*dim)
	for i := range data {
		data[i] = float32(i/dim)/n + float32(g.NormFloat64())
	}
	queries := []int32{0, 17, 300, 2111, n - 1}
	for _, k := range []int{1, 20, 700, n - 1, n} {
		checkSome(t, data, dim, k, queries)
	}
}

// All that is near lies in the sample, and is too little: the guess is wrong. What is farther is beyond any bounds, or
// within those of 8 bits.
func TestWrongGuess(t *testing.T) {
	const n, dim, k = minGallery + 1000, 2, 20
	for _, far := range []float32{1000, 0.02} {
		data := make([]float32, n*dim)
		for i := range n {
			data[i*dim], data[i*dim+1] = far+1e-6*float32(i), float32(1-i%2*2)
		}
		sample, queries := spread(all(n))[:sampleSize], []int32{}
		for i, r := range sample[:k-1] { // one fewer than are looked for, and the query itself is among them
			data[int(r)*dim], data[int(r)*dim+1] = 0.001*float32(i), 1
			if i < 3 {
				queries = append(queries, r)
			}
		}
		if rank := guessRank(k, n); rank >= k-2 {
			t.Fatalf("the guess looks at %d of the sample's %d near rows: it is not wrong", rank, k-1)
		}
		for _, q := range queries {
			checkSome(t, data, dim, k, []int32{q})
		}
	}
}

// A guess holds only if as many as are looked for are measured within it.
func TestRefineKnowsAWrongGuess(t *testing.T) {
	s := space(t, []float32{0, 1, 2, 3}, 1, L2)
	w := newSearcher(s, s.gallery(), 1)
	for _, test := range []struct {
		kept  []int32
		guess float64 // a squared distance
		ok    bool
	}{{[]int32{1, 2}, 4, true}, {[]int32{1, 3}, 4, false}, {[]int32{1}, 4, false}, {[]int32{1, 3}, math.Inf(1), true}} {
		var sel selection
		sel.reset(2, 1)
		sel.keep(s.limit(test.guess, s.half[0]))
		for col, row := range w.gallery.rows {
			if slices.Contains(test.kept, row) {
				sel.add(int32(col), -1e9)
			}
		}
		if _, ok := w.refine(0, &sel); ok != test.ok {
			t.Errorf("rows %v with a guess of %v: %v", test.kept, test.guess, ok)
		}
	}
}

// Heaps that are far apart and narrow: 8 bits tell heaps from each other, but not the rows of one.
func TestHeapsTooNarrowForBytes(t *testing.T) {
	const n, dim = 6 * blockRows, 40
	g := rand.New(rand.NewPCG(1, 4))
	data := make([]float32, n*dim)
	for i := range data {
		data[i] = float32(1e-3 * g.NormFloat64())
		if i/dim%2 == 0 {
			data[i] += float32(math.Sin(float64(i % dim)))
		}
	}
	checkSome(t, data, dim, 10, all(n))
	s := space(t, data, dim, L2)
	w := newSearcher(s, s.gallery(), 1)
	if w.gallery.bytes == nil {
		t.Skip("this processor is not fast with 8 bits")
	}
	if err := w.block(t.Context(), all(blockRows), fixed(10), func(int, []Neighbour) {}); err != nil || w.gallery.bytes != nil {
		t.Errorf("still in 8 bits after %d distances of %d queries (%v)", w.measured, blockRows, err)
	}
}
