package nearest

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"fashionpipe/internal/simd/dot8"

	"pgregory.net/rapid"
)

// find runs Search for k neighbours of every query and gives them by query.
func find(t testing.TB, s *Space, o Options) [][]Neighbour {
	t.Helper()
	out := make([][]Neighbour, s.Len())
	var mu sync.Mutex
	err := s.Search(context.Background(), o, func(q int, near []Neighbour) {
		mu.Lock()
		defer mu.Unlock()
		if out[q] != nil {
			t.Errorf("query %d was visited twice", q)
		}
		out[q] = append([]Neighbour{}, near...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fixed(k int) func(int) int { return func(int) int { return k } }

func space(t testing.TB, data []float32, dim int, m Metric) *Space {
	t.Helper()
	s, err := NewSpace(data, dim, m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// brute sorts all pairs by their distance in float64, computed in the plainest way.
func brute(data []float32, dim, q, k int, m Metric) []float64 {
	row := func(i int) []float32 { return data[i*dim : (i+1)*dim] }
	var all []float64
	for j := range len(data) / dim {
		if j == q {
			continue
		}
		var xy, xx, yy, l2 float64
		for c, v := range row(q) {
			a, b := float64(v), float64(row(j)[c])
			xy, xx, yy, l2 = xy+a*b, xx+a*a, yy+b*b, l2+(a-b)*(a-b)
		}
		switch {
		case m == L2:
			all = append(all, l2)
		case xx == 0 || yy == 0:
			all = append(all, 1)
		default:
			all = append(all, 1-xy/math.Sqrt(xx)/math.Sqrt(yy))
		}
	}
	slices.Sort(all)
	return all[:min(k, len(all))]
}

func TestSearchEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, dim, k := rapid.IntRange(1, 200).Draw(r, "n"), rapid.IntRange(1, 40).Draw(r, "dim"), rapid.IntRange(0, 30).Draw(r, "k")
		m := rapid.SampledFrom([]Metric{Cosine, L2}).Draw(r, "metric")
		// spread: from well apart to collapsed, all rows within 1e-6 of a far point; grid makes exact ties and zero rows
		spread := rapid.SampledFrom([]float64{1, 1e-3, 1e-6}).Draw(r, "spread")
		size := rapid.SampledFrom([]float64{1, 1e-25, 1e25}).Draw(r, "size")
		grid := rapid.Bool().Draw(r, "grid")
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0))
		data := make([]float32, n*dim)
		for i := range data {
			data[i] = float32(size * (1 + spread*g.NormFloat64()))
			if grid {
				data[i] = float32(size * float64(g.IntN(3)-1))
			}
		}
		got := find(t, space(t, data, dim, m), Options{K: fixed(k), Workers: 3})
		for q := range n {
			want := brute(data, dim, q, k, m)
			if len(got[q]) != len(want) {
				r.Fatalf("query %d has %d neighbours, not %d", q, len(got[q]), len(want))
			}
			for i, w := range want {
				if d := got[q][i].Distance; math.Abs(d-w) > 1e-9*w+2e-15 || got[q][i].Row == int32(q) {
					r.Fatalf("neighbour %d of row %d is row %d at %g, the true distance is %g", i, q, got[q][i].Row, d, w)
				}
			}
		}
	})
}

func TestWorkersAndTilesDoNotMatter(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	const n, dim = 500, 7
	data := make([]float32, n*dim)
	for i := range data {
		data[i] = float32(g.IntN(3)) // many ties
	}
	s := space(t, data, dim, L2)
	want := find(t, s, Options{K: fixed(25), Seed: 5, Workers: 1})
	for _, workers := range []int{2, 5} {
		got := find(t, s, Options{K: fixed(25), Seed: 5, Workers: workers})
		if !slices.EqualFunc(got, want, slices.Equal[[]Neighbour]) {
			t.Errorf("%d workers give other neighbours than 1", workers)
		}
	}
	// A query on its own lies in another tile, at another place.
	got := find(t, s, Options{K: fixed(25), Seed: 5, Workers: 1, Queries: []int32{77, 311}})
	if !slices.Equal(got[311], want[311]) || !slices.Equal(got[77], want[77]) || got[78] != nil {
		t.Error("a query among others and alone have other neighbours")
	}
}

func TestGalleryAndQueries(t *testing.T) {
	data := []float32{0, 1, 2, 3, 4, 10}
	s := space(t, data, 1, L2)
	got := find(t, s, Options{K: func(q int) int { return q }, Queries: []int32{1, 3, 5}, Gallery: []int32{0, 3, 4}, Workers: 2})
	for q, want := range map[int][]int32{1: {0}, 3: {4, 0}, 5: {4, 3, 0}} {
		var rows []int32
		for _, n := range got[q] {
			rows = append(rows, n.Row)
		}
		if !slices.Equal(rows, want) {
			t.Errorf("row %d finds %v, want %v", q, rows, want)
		}
	}
	for q, near := range find(t, s, Options{K: fixed(2), Gallery: []int32{}}) {
		if near == nil || len(near) > 0 {
			t.Errorf("row %d finds %v in an empty gallery", q, near)
		}
	}
	if err := s.Search(context.Background(), Options{K: fixed(1), Queries: []int32{3, 1}}, nil); err == nil {
		t.Error("queries out of order are taken")
	}
}

// A collapsed encoder makes all rows equal. On data sorted by pair (rows 2i and 2i+1 belong together) an order by row
// number would find the other of a pair far too often; a drawn order finds it in 1 of n-1.
func TestAllEqualRowsAreAtChance(t *testing.T) {
	const n, dim, k = 2000, 3, 5
	data := make([]float32, n*dim)
	for i := range data {
		data[i] = 0.125
	}
	for _, m := range []Metric{Cosine, L2} {
		s := space(t, data, dim, m)
		hits, place := 0, 0.0
		for q, near := range find(t, s, Options{K: fixed(k), Seed: 3, Workers: 2}) {
			for _, x := range near {
				place += float64(x.Row) / n / k / n
				if x.Distance != 0 {
					t.Fatalf("%s: equal rows are %g apart", m, x.Distance)
				}
				if int(x.Row) == q^1 {
					hits++
				}
			}
		}
		if hits > 20 { // 5 expected: Poisson, P(>20) < 1e-6
			t.Errorf("%s: %d of %d queries find their pair among %d of all-equal rows; chance is %d", m, hits, n, k, k)
		}
		if place < 0.48 || place > 0.52 {
			t.Errorf("%s: the mean place of rows found is %.3f of all, not about ½", m, place)
		}
		a, b := find(t, s, Options{K: fixed(k), Seed: 3}), find(t, s, Options{K: fixed(k), Seed: 4})
		if slices.EqualFunc(a, b, slices.Equal[[]Neighbour]) {
			t.Errorf("%s: another seed gives the same order of ties", m)
		}
	}
}

func TestEqualBytesTieExactly(t *testing.T) {
	g := rand.New(rand.NewPCG(9, 9))
	const n, dim = 300, 37 // rows i, i+100 and i+200 are equal
	data := make([]float32, n*dim)
	for i := range 100 * dim {
		v := float32(g.NormFloat64())
		data[i], data[i+100*dim], data[i+200*dim] = v, v, v
	}
	for _, m := range []Metric{Cosine, L2} {
		for q, near := range find(t, space(t, data, dim, m), Options{K: fixed(n), Workers: 2}) {
			of := map[int32][]float64{}
			for _, x := range near {
				of[x.Row%100] = append(of[x.Row%100], x.Distance)
			}
			for r, d := range of {
				if slices.Min(d) != slices.Max(d) || (int(r) == q%100) != (d[0] == 0) {
					t.Fatalf("%s: rows equal to %d are at %v from row %d", m, r, d, q)
				}
			}
		}
	}
}

func TestZeroRowsAndCosine(t *testing.T) {
	s := space(t, []float32{0, 0, 1, 0, 0, 0, -1, 0.001}, 2, Cosine)
	near := find(t, s, Options{K: fixed(3)})
	for _, x := range near[0] {
		if x.Distance != 1 || s.Score(x.Distance) != 0 {
			t.Errorf("a row of zeros is at %g from row %d, not 1", x.Distance, x.Row)
		}
	}
	if d := s.Distance(1, 3); d < 1.99 || near[1][2].Row != 3 {
		t.Errorf("opposite rows are at %g", d)
	}
}

// Rows of zeros are farther (1) than rows with a cosine of 0.3, and must not push them out.
func TestZeroRowsAreNotNear(t *testing.T) {
	data := []float32{1, 0}
	for range 20 {
		data = append(data, 0, 0, 0.3, 0.954)
	}
	for _, x := range find(t, space(t, data, 2, Cosine), Options{K: fixed(20)})[0] {
		if x.Row%2 != 0 || math.Abs(x.Distance-0.7) > 1e-4 {
			t.Errorf("row %d at %v is among the nearest", x.Row, x.Distance)
		}
	}
}

func TestOnlyFiniteNumbers(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := NewSpace([]float32{1, 2, 3, float32(bad)}, 2, L2); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if _, err := NewSpace(make([]float32, 5), 2, L2); err == nil {
		t.Error("half a row is taken")
	}
	if _, err := NewSpace(nil, 2, "manhattan"); err == nil {
		t.Error("an unknown metric is taken")
	}
}

func TestSearchStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := space(t, make([]float32, 1000), 2, L2)
	if err := s.Search(ctx, Options{K: fixed(3)}, func(int, []Neighbour) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search returns %v", err)
	}
}

// Bounds hold, and their slack covers the truth, in 8 bits and in float32, whatever the rows are like.
func TestBoundsHold(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, m, dim := rapid.IntRange(1, blockRows).Draw(r, "rows"), rapid.IntRange(1, 2*chunk).Draw(r, "columns"), rapid.IntRange(1, 600).Draw(r, "dim")
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		draw := map[string]func() float64{
			"normal": g.NormFloat64, "positive": g.ExpFloat64, "integers": func() float64 { return float64(g.IntN(3)) },
			"sizes": func() float64 { return g.NormFloat64() * math.Exp(30*(g.Float64()-1)) },
			"tiny":  func() float64 { return 1e-30 * g.NormFloat64() }, "zero": func() float64 { return 0 },
		}
		name := rapid.SampledFrom([]string{"normal", "positive", "integers", "sizes", "tiny", "zero"}).Draw(r, "numbers")
		left, v := drawn(draw[name], n, dim)
		right, u := drawn(draw[name], m, dim)
		for _, inBytes := range []bool{false, true} {
			if inBytes && !dot8.Available() {
				continue
			}
			if inBytes {
				left.round()
				right.round()
			}
			c, tile := right.pack(all(m), inBytes), newTile()
			for at := 0; at < m; at += chunk {
				cols := tile.bound(left, c, at)
				for i := range n {
					for j := range cols {
						truth := 0.0
						for k, x := range v[i] {
							truth += u[at+j][k]*u[at+j][k]/2 - x*u[at+j][k]
						}
						low, e := float64(tile.low[i*chunk+j]), 1e-14*(left.half[i]+c.half[at+j])
						if slack := tile.slack(left, i, c, at+j); low > truth+e || low+slack < truth-e {
							r.Fatalf("bytes %v: row %d, column %d: %g lies outside %g to %g", inBytes, i, at+j, truth, low, low+slack)
						}
					}
				}
			}
		}
	})
}

// drawn makes a block of n rows, and the numbers it was set from.
func drawn(draw func() float64, n, dim int) (*block, [][]float64) {
	b, rows := newBlock(n, dim), make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, dim)
		for j := range rows[i] {
			rows[i][j] = draw()
		}
		b.set(i, rows[i])
	}
	return &b, rows
}

func TestLowest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		k := rapid.IntRange(1, 40).Draw(r, "k")
		x := rapid.SliceOfN(rapid.SampledFrom([]float32{-1e9, -3, -2.5, 0, 1e-30, 1, 1.25, 7, 7.5, 8, 1e9}), 0, 300).Draw(r, "x")
		even := rapid.Bool().Draw(r, "even")
		if even {
			for i := range x {
				x[i] = float32(i*7919%len(x)) / 3
			}
		}
		limit, n := lowest(x, k, make([]int32, len(x))), 0
		for _, v := range x {
			if v <= limit {
				n++
			}
		}
		if n < min(k, len(x)) {
			r.Fatalf("%d of %v are at most %v, not %d", n, x, limit, k)
		}
		if even && n > k+k/4+4 && n > min(k, len(x)) {
			r.Fatalf("%d of %v are at most %v, for %d", n, x, limit, k)
		}
	})
}

func TestHeap(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, x := rapid.IntRange(0, 20).Draw(r, "n"), rapid.SliceOfN(rapid.IntRange(0, 30), 0, 100).Draw(r, "x")
		var h heap[int]
		for i, v := range x {
			sorted := slices.Clone(x[:i])
			slices.Sort(sorted)
			if takes, want := h.push(v, n), n > 0 && (i < n || v < sorted[n-1]); takes != want {
				r.Fatalf("%d after %v: taken %v", v, x[:i], takes)
			}
		}
		if got := slices.Clone(h); len(x) > 0 && n > 0 {
			slices.Sort(x)
			if x = x[:min(n, len(x))]; h[0] != x[len(x)-1] {
				r.Fatalf("the top of the %d smallest of %v is %d", n, x, h[0])
			}
			if slices.Sort(got); !slices.Equal(got, x) {
				r.Fatalf("the %d smallest are %v, not %v", n, got, x)
			}
		}
	})
}

func TestSmallest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 80).Draw(r, "d")
		k := rapid.IntRange(0, 90).Draw(r, "k")
		x := make([]ranked, len(d))
		for i, v := range d {
			x[i] = ranked{Neighbour{int32(i), float64(v)}, tie(1, 0, int32(i))}
		}
		sorted := slices.Clone(x)
		slices.SortFunc(sorted, ranked.compare)
		got := smallest(x, k)
		slices.SortFunc(got, ranked.compare)
		if !slices.Equal(got, sorted[:min(k, len(sorted))]) {
			r.Fatalf("the %d smallest of %v are said to be %v", k, sorted, got)
		}
	})
}

func TestCloser(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, dim := rapid.IntRange(1, 150).Draw(r, "n"), rapid.IntRange(1, 20).Draw(r, "dim")
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		size := rapid.SampledFrom([]float64{1, 1e-20, 1e20}).Draw(r, "size")
		data, least, from := make([]float32, n*dim), make([]float64, n), make([]int32, rapid.IntRange(1, 9).Draw(r, "from"))
		for i := range data {
			data[i] = float32(size * float64(g.IntN(4)))
		}
		for i := range least {
			least[i] = size * size * float64(g.IntN(5*dim))
		}
		out := make([][]float64, len(from))
		for f := range from {
			from[f], out[f] = int32(g.IntN(n)), make([]float64, n)
		}
		s := space(t, data, dim, L2)
		if err := s.Closer(context.Background(), from, least, out, 2); err != nil {
			r.Fatal(err)
		}
		for f := range from {
			for i := range n {
				if want := min(least[i], SquaredL2(s.Row(i), s.Row(int(from[f])))); out[f][i] != want {
					r.Fatalf("row %d to row %d: %v, want %v", i, from[f], out[f][i], want)
				}
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	g := rand.New(rand.NewPCG(1, 1))
	const n, dim = 2000, 512
	data := make([]float32, n*dim)
	for i := range data {
		data[i] = float32(g.NormFloat64())
	}
	for b.Loop() {
		find(b, space(b, data, dim, L2), Options{K: fixed(20), Workers: 1})
	}
	b.ReportMetric(float64(b.N)*2*n*n*dim/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
