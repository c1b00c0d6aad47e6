package nearest

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
)

// A space searched among itself finds what each query finds on its own.
func TestPairsFindWhatQueriesFind(t *testing.T) {
	const n = minGallery + 1111
	g := rand.New(rand.NewPCG(1, 5))
	near := spread(all(n))[:15]
	for _, test := range []struct {
		name   string
		metric Metric
		dim    int
		draw   func(i, j int) float64
	}{
		{"normal", L2, 40, func(int, int) float64 { return g.NormFloat64() }},
		{"ties", L2, 3, func(int, int) float64 { return float64(g.IntN(4)) }},
		{"with rows of zeros", Cosine, 5, func(i, _ int) float64 { return g.NormFloat64() * float64(min(1, i%50)) }},
		{"of many sizes", L2, 20, func(i, _ int) float64 { return g.NormFloat64() * math.Exp(float64(i%40)/4) }},
		{"narrow heaps", Cosine, 40, func(i, j int) float64 { return math.Sin(float64(i%5*40+j)) + 1e-4*g.NormFloat64() }},
		{"near ones in the sample only", L2, 2, func(i, j int) float64 { return float64(slices.Index(near, int32(i))+1) + 10*float64(i*j) }},
	} {
		data := make([]float32, n*test.dim)
		for i := range data {
			data[i] = float32(test.draw(i/test.dim, i%test.dim))
		}
		s := space(t, data, test.dim, test.metric)
		o := Options{K: func(q int) int { return 1 + q%20 }, Seed: 3, Workers: 3}
		if !s.pairable(o) {
			t.Fatal("this is not the test it is meant to be")
		}
		got := find(t, s, o)
		o.Queries, o.Workers = all(n), 2
		for q, want := range find(t, s, o) {
			if !slices.Equal(got[q], want) {
				t.Fatalf("%s: row %d finds %v, on its own %v", test.name, q, got[q], want)
			}
		}
	}
}

func TestPairsCountAndStop(t *testing.T) {
	const n = minGallery
	g := rand.New(rand.NewPCG(1, 6))
	data := make([]float32, 2*n)
	for i := range data {
		data[i] = g.Float32()
	}
	s := space(t, data, 2, L2)
	var done atomic.Int64
	o := Options{K: fixed(3), Workers: 2, Done: func(q int) { done.Add(int64(q)) }}
	if find(t, s, o); done.Load() != n {
		t.Errorf("%d of %d queries are said to be done", done.Load(), n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.Done = func(int) { cancel() }
	if err := s.Search(ctx, o, func(int, []Neighbour) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search returns %v", err)
	}
}
