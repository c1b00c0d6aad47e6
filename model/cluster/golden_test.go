package cluster

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
)

type golden struct {
	KMeans []struct {
		Name            string
		Dim, Iterations int
		MaxIter         int `json:"max_iter"`
		Data            []float32
		Start, Centres  []float64
		Tol, Inertia    float64
		Labels          []int32
	}
	Starts struct {
		Dim, K        int
		Data          []float32
		Inertias      []float64
		StartInertias []float64 `json:"start_inertias"`
	}
	MeanShift []struct {
		Dim                 int
		Data                []float32
		Quantile, Bandwidth float64
		Labels              []int32
		Centres             []float64
	}
	Bandwidths []struct{ Quantile, Bandwidth float64 }
}

func readGolden(t *testing.T) golden {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(b)) }

func TestLloydEqualsScikitLearn(t *testing.T) {
	for _, c := range readGolden(t).KMeans {
		t.Run(c.Name, func(t *testing.T) {
			s, err := nearest.NewSpace(c.Data, c.Dim, nearest.L2)
			if err != nil {
				t.Fatal(err)
			}
			l, err := KMeans{Tol: c.Tol, MaxIter: c.MaxIter, Workers: 2}.newLloyd(s, 0)
			if err != nil {
				t.Fatal(err)
			}
			r, err := l.from(context.Background(), slices.Clone(c.Start))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(r.Label, c.Labels) || r.Iterations != c.Iterations {
				t.Errorf("labels or iterations differ: %d iterations, want %d\n%v\n%v", r.Iterations, c.Iterations, r.Label, c.Labels)
			}
			for i, v := range r.Centres {
				if !close(v, c.Centres[i]) {
					t.Fatalf("centre value %d is %v, want %v", i, v, c.Centres[i])
				}
			}
			r.number(s, false)
			if !close(r.Inertia, c.Inertia) {
				t.Errorf("inertia %v, want %v", r.Inertia, c.Inertia)
			}
		})
	}
}

// Starts are drawn, so they can't be equal; their quality can.
func TestStartsAreAsGoodAsScikitLearns(t *testing.T) {
	g := readGolden(t).Starts
	ctx := context.Background()
	s, err := nearest.NewSpace(g.Data, g.Dim, nearest.L2)
	if err != nil {
		t.Fatal(err)
	}
	a, err := nearest.NewAssigner(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	label := make([]int32, s.Len())
	var ours []float64
	for seed := range 200 {
		centres, err := plusPlus(ctx, s, g.K, 1, rng.New(uint64(seed)))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Assign(ctx, centres, label); err != nil {
			t.Fatal(err)
		}
		r := Result{Label: slices.Clone(label), Centres: centres}
		r.number(s, false)
		ours = append(ours, r.Inertia)
	}
	if m, want := mean(ours), mean(g.StartInertias); m > want*1.03 || m < want*0.97 {
		t.Errorf("the mean inertia of 200 starts is %.1f, scikit-learn's is %.1f", m, want)
	}
	var ends []float64
	for seed := range 40 {
		r, err := KMeans{K: g.K, Restarts: 1, MaxIter: 300, Tol: 1e-4, Seed: uint64(seed)}.Fit(ctx, g.Data, g.Dim)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, r.Inertia)
	}
	if m, want := mean(ends), mean(g.Inertias); m > want*1.02 || m < want*0.98 {
		t.Errorf("the mean inertia of 40 fits is %.1f, scikit-learn's is %.1f", m, want)
	}
}

func mean(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v
	}
	return s / float64(len(x))
}

func TestMeanShiftFindsScikitLearnsClusters(t *testing.T) {
	for _, c := range readGolden(t).MeanShift {
		r, err := MeanShift{Bandwidth: c.Bandwidth, MaxIter: 300, Tol: 1e-3, Merge: 0.5}.Fit(context.Background(), c.Data, c.Dim)
		if err != nil {
			t.Fatal(err)
		}
		if !samePartition(r.Label, c.Labels) {
			t.Errorf("the flat kernel groups rows otherwise:\n%v\n%v", r.Label, c.Labels)
		}
		for k := range r.K { // each centre is one of scikit-learn's
			ours := r.Centres[k*c.Dim : (k+1)*c.Dim]
			least := math.Inf(1)
			for j := 0; j < len(c.Centres); j += c.Dim {
				d := 0.0
				for x := range ours {
					gap := ours[x] - c.Centres[j+x]
					d += gap * gap
				}
				least = min(least, math.Sqrt(d))
			}
			if least > 0.02*c.Bandwidth {
				t.Errorf("centre %v is %v from scikit-learn's nearest", ours, least)
			}
		}
	}
}

func samePartition(a, b []int32) bool {
	ab, ba := map[int32]int32{}, map[int32]int32{}
	for i := range a {
		if _, ok := ab[a[i]]; !ok {
			ab[a[i]] = b[i]
		}
		if _, ok := ba[b[i]]; !ok {
			ba[b[i]] = a[i]
		}
		if ab[a[i]] != b[i] || ba[b[i]] != a[i] {
			return false
		}
	}
	return true
}

func TestBandwidthEqualsScikitLearn(t *testing.T) {
	g := readGolden(t)
	check := func(data []float32, dim int, q, want float64) {
		got, err := EstimateBandwidth(context.Background(), data, dim, q, 0, 1, 2)
		if err != nil || !close(got, want) {
			t.Errorf("quantile %v: bandwidth %v, want %v (%v)", q, got, want, err)
		}
	}
	for _, c := range g.MeanShift {
		check(c.Data, c.Dim, c.Quantile, c.Bandwidth)
	}
	for _, b := range g.Bandwidths {
		check(g.Starts.Data, g.Starts.Dim, b.Quantile, b.Bandwidth)
	}
}
