package cluster

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// blobs draws n rows around k centres far apart; row i belongs to centre i%k.
func blobs(g *rand.Rand, n, dim, k int) []float32 {
	data := make([]float32, n*dim)
	for i := range data {
		c := i / dim % k
		data[i] = float32(100*math.Sin(float64(c*dim+i%dim+1)*12.9898) + g.NormFloat64())
	}
	return data
}

func TestKMeansFindsBlobs(t *testing.T) {
	const n, dim, k = 400, 10, 6
	data := blobs(rand.New(rand.NewPCG(1, 1)), n, dim, k)
	r, err := KMeans{K: k, Restarts: 3, MaxIter: 100, Tol: 1e-4, Workers: 2}.Fit(context.Background(), data, dim)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]int32, n)
	for i := range want {
		want[i] = int32(i % k)
	}
	if !samePartition(r.Label, want) || !r.Converged || r.K != k {
		t.Errorf("blobs far apart are not found: %d clusters, converged %v", r.K, r.Converged)
	}
}

// What must hold of every result, for rows of any kind: duplicates, fewer distinct rows than clusters, one cluster.
func TestKMeansProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, dim := rapid.IntRange(1, 120).Draw(r, "n"), rapid.IntRange(1, 6).Draw(r, "dim")
		k := rapid.IntRange(1, min(n, 20)).Draw(r, "k")
		levels := rapid.SampledFrom([]int{1, 2, 5, 1 << 20}).Draw(r, "levels")
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		data, distinct := make([]float32, n*dim), map[string]bool{}
		for i := range data {
			data[i] = float32(g.IntN(levels))
		}
		for i := range n {
			var b strings.Builder
			for _, v := range data[i*dim : (i+1)*dim] {
				b.WriteString(string(rune(v)) + " ")
			}
			distinct[b.String()] = true
		}
		o := KMeans{K: k, Restarts: 2, MaxIter: 50, Tol: 0, Seed: 7, Workers: 1}
		res, err := o.Fit(context.Background(), data, dim)
		if err != nil {
			r.Fatal(err)
		}
		if want := min(k, len(distinct)); res.K != want {
			r.Fatalf("%d clusters of %d distinct rows, want %d", res.K, len(distinct), want)
		}
		checkResult(r, res, data, dim)
		if res.Converged {
			checkCentres(r, res, data, dim)
		}
		o.Workers = 4
		again, err := o.Fit(context.Background(), data, dim)
		if err != nil || !slices.Equal(again.Label, res.Label) || !slices.Equal(again.Centres, res.Centres) || again.Inertia != res.Inertia {
			r.Fatalf("4 workers give another result than 1 (%v)", err)
		}
	})
}

// checkResult checks sizes, distances and that each row lies with its nearest centre.
func checkResult(r *rapid.T, res *Result, data []float32, dim int) {
	sizes, inertia := make([]int, res.K), 0.0
	for i, l := range res.Label {
		row := data[i*dim : (i+1)*dim]
		at := func(c int) (d float64) {
			for j, v := range row {
				d += math.Pow(float64(v)-res.Centres[c*dim+j], 2)
			}
			return d
		}
		sizes[l]++
		inertia += at(int(l))
		if !close(res.Distance[i], math.Sqrt(at(int(l)))) {
			r.Fatalf("row %d is at %v from its centre, not %v", i, math.Sqrt(at(int(l))), res.Distance[i])
		}
		for c := range res.K {
			if at(c) < at(int(l))*(1-1e-12) {
				r.Fatalf("row %d is nearer to centre %d than to its own", i, c)
			}
		}
	}
	if !slices.Equal(sizes, res.Sizes) || !slices.IsSortedFunc(sizes, func(a, b int) int { return b - a }) || slices.Contains(sizes, 0) {
		r.Fatalf("sizes are %v, said to be %v", sizes, res.Sizes)
	}
	if !close(res.Inertia, inertia) {
		r.Fatalf("inertia is %v, said to be %v", inertia, res.Inertia)
	}
}

// checkCentres checks that each centre is the mean of its members.
func checkCentres(r *rapid.T, res *Result, data []float32, dim int) {
	sums := make([]float64, len(res.Centres))
	for i, l := range res.Label {
		for j := range dim {
			sums[int(l)*dim+j] += float64(data[i*dim+j]) / float64(res.Sizes[l])
		}
	}
	for i, v := range sums {
		if !close(res.Centres[i], v) {
			r.Fatalf("value %d of the centres is %v, the mean is %v", i, res.Centres[i], v)
		}
	}
}

func TestKMeansRefuses(t *testing.T) {
	data := []float32{1, 2, 3}
	for k, text := range map[int]string{0: "k must be", 4: "4 clusters of 3 rows"} {
		if _, err := (KMeans{K: k}).Fit(context.Background(), data, 1); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("k=%d: error %v", k, err)
		}
	}
	if _, err := (KMeans{K: 1}).Fit(context.Background(), []float32{float32(math.NaN())}, 1); err == nil {
		t.Error("NaN is taken")
	}
	if _, err := (KMeans{K: 2, Start: []float64{1}}).Fit(context.Background(), data, 1); err == nil {
		t.Error("one centre is taken to start two clusters")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (KMeans{K: 2}).Fit(ctx, data, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled fit returns %v", err)
	}
}

func TestKMeansFromAGivenStart(t *testing.T) {
	start := []float64{0, 100}
	r, err := KMeans{K: 2, Start: start, MaxIter: 10}.Fit(context.Background(), []float32{1, 2, 3, 90, 92}, 1)
	if err != nil || !slices.Equal(r.Centres, []float64{2, 91}) || !slices.Equal(start, []float64{0, 100}) || r.Inertia != 4 {
		t.Errorf("%+v (%v), start is now %v", r, err, start)
	}
}

// The farthest row from its centre is alone in its cluster: to fill the empty one, another row must go.
func TestEmptyClustersTakeFromThoseWithMore(t *testing.T) {
	r, err := KMeans{K: 3, Start: []float64{0, 50, 1000}, MaxIter: 1}.Fit(context.Background(), []float32{0, 1, 100}, 1)
	if err != nil || r.K != 3 {
		t.Errorf("%+v (%v)", r, err)
	}
}

func TestDrawNeverTakesWeightZero(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0, 1, 2.5, 1e-9}), 1, 30).Draw(r, "weights")
		w[rapid.IntRange(0, len(w)-1).Draw(r, "one")] = 1
		cum, total := cumulate(w)
		for _, at := range []float64{0, rapid.Float64Range(0, total).Draw(r, "at"), total} {
			if i := draw(cum, at); w[i] == 0 {
				r.Fatalf("row %d of weights %v is drawn at %v", i, w, at)
			}
		}
	})
}

func BenchmarkKMeans(b *testing.B) {
	g := rand.New(rand.NewPCG(1, 1))
	const n, dim = 5000, 512
	data := make([]float32, n*dim)
	for i := range data {
		data[i] = float32(g.NormFloat64())
	}
	for b.Loop() {
		if _, err := (KMeans{K: 50, Restarts: 1, MaxIter: 20, Workers: 2}).Fit(context.Background(), data, dim); err != nil {
			b.Fatal(err)
		}
	}
}
