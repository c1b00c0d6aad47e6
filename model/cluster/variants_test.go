package cluster

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"fashionpipe/internal/nearest"

	"pgregory.net/rapid"
)

type variants struct {
	Data map[string]struct {
		Dim  int
		Rows []float32
	}
	MiniBatch struct {
		Data    string
		Start   []int
		Batches [][]int32
		Centres []float64
		Counts  []float64
	}
	Inertias []struct {
		Data    string
		Tol     float64
		MaxIter int `json:"max_iter"`
		Cases   []struct {
			Start      []int
			Inertia    float64
			Iterations int
		}
	}
	Spherical []struct {
		Data    string
		Start   []int
		Labels  []int32
		Centres []float64
		Cosines float64
	}
	MeanShift []struct {
		Data               string
		Bandwidth          float64
		Gaussian, Blurring bool
		Labels             []int32
		Places             []float64
		Iterations         int
	}
}

func readVariants(t *testing.T) (v variants) {
	t.Helper()
	b, err := os.ReadFile("testdata/variants.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// data gives the rows of a name, and the centres at some of them.
func (v variants) data(name string, at []int) (rows []float32, dim int, start []float64) {
	d := v.Data[name]
	for _, i := range at {
		start = appendRow(start, d.Rows[i*d.Dim:(i+1)*d.Dim])
	}
	return d.Rows, d.Dim, start
}

func TestInertiaIsNoWorseThanScikitLearns(t *testing.T) {
	v := readVariants(t)
	for _, g := range v.Inertias {
		for i, c := range g.Cases {
			rows, dim, start := v.data(g.Data, c.Start)
			for _, m := range []Method{Lloyd, Elkan} {
				r, err := KMeans{K: len(c.Start), Method: m, Start: start, Tol: g.Tol, MaxIter: g.MaxIter, Workers: 2}.Fit(context.Background(), rows, dim)
				if err != nil {
					t.Fatal(err)
				}
				if r.Inertia > c.Inertia*(1+1e-9) || r.Iterations != c.Iterations {
					t.Errorf("%s from start %d by %s: inertia %v after %d iterations, scikit-learn's %v after %d", g.Data, i, m, r.Inertia, r.Iterations, c.Inertia, c.Iterations)
				}
			}
			if g.MaxIter < 100 {
				continue
			}
			r, err := KMeans{K: len(c.Start), Method: HartiganWong, Start: start, MaxIter: g.MaxIter}.Fit(context.Background(), rows, dim)
			if err != nil || !r.Converged {
				t.Errorf("%s from start %d by Hartigan & Wong: %v", g.Data, i, err)
			}
		}
	}
}

// Not only close: the labels, and so every sum, are the same.
func TestElkanIsLloydToTheLastBit(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, dim := rapid.IntRange(1, 400).Draw(r, "n"), rapid.IntRange(1, 40).Draw(r, "dim")
		k := rapid.IntRange(1, min(n, 100)).Draw(r, "k")
		levels := rapid.SampledFrom([]int{2, 5, 1 << 20}).Draw(r, "levels") // few: ties
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		data := make([]float32, n*dim)
		for i := range data {
			data[i] = float32(g.IntN(levels)) + float32(10*g.IntN(2))
		}
		o := KMeans{K: k, Method: Lloyd, Restarts: 2, MaxIter: 60, Seed: 3, Workers: 2, Spherical: rapid.Bool().Draw(r, "spherical")}
		want, err := o.Fit(context.Background(), data, dim)
		if err != nil {
			r.Fatal(err)
		}
		o.Method = Elkan
		got, err := o.Fit(context.Background(), data, dim)
		if err != nil {
			r.Fatal(err)
		}
		if !slices.Equal(got.Label, want.Label) || !slices.Equal(got.Centres, want.Centres) || got.Inertia != want.Inertia || got.Iterations != want.Iterations {
			r.Fatalf("Elkan's inertia is %v after %d iterations, Lloyd's %v after %d", got.Inertia, got.Iterations, want.Inertia, want.Iterations)
		}
	})
}

func TestSphericalEqualsTheFormula(t *testing.T) {
	v := readVariants(t)
	for _, c := range v.Spherical {
		rows, dim, start := v.data(c.Data, c.Start)
		r, err := KMeans{K: len(c.Start), Spherical: true, Start: start, Keep: true, MaxIter: 100}.Fit(context.Background(), rows, dim)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.Label, c.Labels) || !near(r.Centres, c.Centres, 1e-6) { // our rows are float32 when normalised
			t.Errorf("%s: other clusters\n%v\n%v", c.Data, r.Label, c.Labels)
		}
		if cosines := float64(len(r.Label)) - r.Inertia/2; math.Abs(cosines-c.Cosines) > 1e-4 {
			t.Errorf("%s: the cosines add up to %v, want %v", c.Data, cosines, c.Cosines)
		}
		for i := range r.K {
			if n := norm(r.Centres[i*dim : (i+1)*dim]); math.Abs(n-1) > 1e-12 {
				t.Errorf("centre %d has norm %v", i, n)
			}
		}
	}
}

func near(a, b []float64, within float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) <= within })
}

// Rows of zeros have no direction, opposite rows none together; neither breaks anything.
func TestSphericalWithoutDirections(t *testing.T) {
	r, err := KMeans{K: 2, Spherical: true, Restarts: 2, MaxIter: 10}.Fit(context.Background(), []float32{0, 0, 1, 0, -1, 0, 2, 0, 0, 0}, 2)
	if err != nil || slices.ContainsFunc(r.Centres, math.IsNaN) || r.Label[1] != r.Label[3] || r.Label[1] == r.Label[2] {
		t.Errorf("%+v (%v)", r, err)
	}
}

// The steps of mini-batches, fed with the batches that scikit-learn was fed with.
func TestMiniBatchStepsEqualScikitLearns(t *testing.T) {
	v := readVariants(t)
	g := v.MiniBatch
	rows, dim, centres := v.data(g.Data, g.Start)
	s, err := nearest.NewSpace(rows, dim, nearest.L2)
	if err != nil {
		t.Fatal(err)
	}
	m, err := KMeans{K: len(g.Start), Batch: len(g.Batches[0]), MaxIter: 1}.newMiniBatch(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	m.counts = make([]int, len(g.Start))
	label, squared := make([]int32, m.batch), make([]float64, m.batch)
	for _, batch := range g.Batches {
		if err := m.assigner.AssignSome(context.Background(), batch, centres, label, squared); err != nil {
			t.Fatal(err)
		}
		m.update(batch, label, centres)
	}
	for c, n := range g.Counts {
		if float64(m.counts[c]) != n {
			t.Errorf("counts are %v, want %v", m.counts, g.Counts)
			break
		}
	}
	if !near(centres, g.Centres, 1e-9) {
		t.Errorf("centres\n%v\nwant\n%v", centres, g.Centres)
	}
}

func TestFewestCounts(t *testing.T) {
	for _, c := range []struct {
		counts []int
		most   int
		want   []int
	}{
		{[]int{1000, 10, 9, 500, 0}, 10, []int{2, 4}}, // below a hundredth of 1000
		{[]int{1000, 1, 9, 3, 2}, 2, []int{1, 4}},
		{[]int{5, 5, 5}, 3, nil},
		{[]int{1000, 0, 0, 0}, 2, []int{1, 2}},
	} {
		if got := fewest(c.counts, c.most); !slices.Equal(got, c.want) {
			t.Errorf("fewest of %v: %v, want %v", c.counts, got, c.want)
		}
	}
}

func TestMiniBatchFindsBlobs(t *testing.T) {
	const n, dim, k = 3000, 6, 5
	data := blobs(rand.New(rand.NewPCG(1, 1)), n, dim, k)
	lloyd, err := KMeans{K: k, Restarts: 5, MaxIter: 100}.Fit(context.Background(), data, dim)
	if err != nil {
		t.Fatal(err)
	}
	var start []float64
	for c := range k {
		start = appendRow(start, data[c*dim:(c+1)*dim])
	}
	o := KMeans{K: k, Method: MiniBatch, Batch: 100, MaxIter: 100, Seed: 2, Start: start, Workers: 2}
	r, err := o.Fit(context.Background(), data, dim)
	if err != nil || r.K != k || !r.Converged || !samePartition(r.Label, lloyd.Label) || r.Inertia > lloyd.Inertia*1.02 {
		t.Errorf("%+v (%v), Lloyd's inertia is %v", r, err, lloyd.Inertia)
	}
	o.Workers = 1
	if again, err := o.Fit(context.Background(), data, dim); err != nil || !slices.Equal(again.Centres, r.Centres) {
		t.Errorf("1 worker gives another result than 2 (%v)", err)
	}
	o.Start, o.Restarts = nil, 5 // drawn from a sample of the rows
	if r, err := o.Fit(context.Background(), data, dim); err != nil || !samePartition(r.Label, lloyd.Label) {
		t.Errorf("from drawn starts: %+v (%v)", r, err)
	}
	o.Start = appendRow(start, []float32{9e5, 9e5, 9e5, 9e5, 9e5, 9e5}) // far from all rows: put onto one of a batch
	o.K = k + 1
	if r, err := o.Fit(context.Background(), data, dim); err != nil || r.K != o.K || r.Inertia > lloyd.Inertia*1.02 {
		t.Errorf("from a centre far away: %+v (%v)", r, err)
	}
}

func TestMeanShiftEqualsTheFormula(t *testing.T) {
	v := readVariants(t)
	for _, c := range v.MeanShift {
		rows, dim, _ := v.data(c.Data, nil)
		o := MeanShift{Bandwidth: c.Bandwidth, Gaussian: c.Gaussian, Blurring: c.Blurring, MaxIter: 300, Tol: 1e-3, Merge: 0.5, Workers: 2}
		r, err := o.Fit(context.Background(), rows, dim)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Converged || !samePartition(r.Label, c.Labels) {
			t.Errorf("gaussian %v, blurring %v, h=%v: other groups\n%v\n%v", c.Gaussian, c.Blurring, c.Bandwidth, r.Label, c.Labels)
			continue
		}
		// one place stands for those within half a bandwidth; a walker may stop as far before it as its steps were short
		for i, l := range r.Label {
			apart := 0.0
			for j := range dim {
				apart += math.Pow(r.Centres[int(l)*dim+j]-c.Places[i*dim+j], 2)
			}
			within := 0.02
			if !c.Gaussian {
				within = 0.1 // it stops anywhere on a plateau
			}
			if math.Sqrt(apart) > within*c.Bandwidth {
				t.Errorf("gaussian %v, blurring %v, h=%v: row %d ends %v from where it should", c.Gaussian, c.Blurring, c.Bandwidth, i, math.Sqrt(apart))
				break
			}
		}
		if c.Blurring && r.Iterations != c.Iterations {
			t.Errorf("gaussian %v, h=%v: %d iterations, want %d", c.Gaussian, c.Bandwidth, r.Iterations, c.Iterations)
		}
		o.Workers = 1
		if again, err := o.Fit(context.Background(), rows, dim); err != nil || !slices.Equal(again.Centres, r.Centres) {
			t.Errorf("gaussian %v, blurring %v: 1 worker gives another result than 2 (%v)", c.Gaussian, c.Blurring, err)
		}
	}
}

func TestVariantsRefuse(t *testing.T) {
	data, ctx := []float32{1, 2, 3, 4}, context.Background()
	for name, o := range map[string]KMeans{
		"an unknown method":       {K: 2, Method: "elkans"},
		"spherical mini-batches":  {K: 2, Method: MiniBatch, Spherical: true, Batch: 2},
		"spherical Hartigan-Wong": {K: 2, Method: HartiganWong, Spherical: true},
	} {
		if _, err := o.Fit(ctx, data, 1); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := (MeanShift{Bandwidth: 1, Blurring: true, Starts: 2}).Fit(ctx, data, 1); err == nil {
		t.Error("blurring with starts is taken")
	}
}
