package cluster

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"fashionpipe/internal/rng"

	"pgregory.net/rapid"
)

func TestMeanShiftFindsBlobs(t *testing.T) {
	const n, dim, k = 300, 20, 5
	data := blobs(rand.New(rand.NewPCG(1, 1)), n, dim, k)
	want := make([]int32, n)
	for i := range want {
		want[i] = int32(i % k)
	}
	for _, gaussian := range []bool{false, true} {
		o := MeanShift{Bandwidth: 12, Gaussian: gaussian, MaxIter: 300, Tol: 1e-3, Merge: 0.5, Workers: 2}
		r, err := o.Fit(context.Background(), data, dim)
		if err != nil {
			t.Fatal(err)
		}
		if !samePartition(r.Label, want) || !r.Converged {
			t.Errorf("gaussian %v: blobs far apart are not found: %d clusters, converged %v", gaussian, r.K, r.Converged)
		}
		o.Workers = 1
		if again, err := o.Fit(context.Background(), data, dim); err != nil || !slices.Equal(again.Centres, r.Centres) || !slices.Equal(again.Label, r.Label) {
			t.Errorf("gaussian %v: 1 worker gives another result than 2 (%v)", gaussian, err)
		}
	}
}

// Every attractor of the Gaussian kernel is a fixed point of the mean it was sought by, worked out here from the
// definition, as far as float32 tells: positions near 10 are multiples of a millionth.
func TestGaussianAttractorsAreFixedPoints(t *testing.T) {
	const n, dim, h = 150, 3, 0.8
	g := rand.New(rand.NewPCG(4, 4))
	data := make([]float32, n*dim)
	for i := range data {
		data[i] = float32(g.NormFloat64() + float64(50+4*(i/dim%3)))
	}
	r, err := MeanShift{Bandwidth: h, Gaussian: true, MaxIter: 2000, Tol: 2e-5, Merge: 0.5}.Fit(context.Background(), data, dim)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Converged || r.K < 3 {
		t.Fatalf("%d clusters, converged %v", r.K, r.Converged)
	}
	for c := range r.K {
		at := r.Centres[c*dim : (c+1)*dim]
		mean, total := make([]float64, dim), 0.0
		for i := range n {
			d := 0.0
			for j := range dim {
				d += math.Pow(float64(data[i*dim+j])-at[j], 2)
			}
			w := math.Exp(-d / 2 / h / h)
			total += w
			for j := range dim {
				mean[j] += w * float64(data[i*dim+j])
			}
		}
		for j := range dim {
			if math.Abs(mean[j]/total-at[j]) > 5e-5 {
				t.Errorf("attractor %v moves to %v in dimension %d", at, mean[j]/total, j)
			}
		}
	}
}

// Two clusters, one wide and one narrow, with a row that is nearer to the narrow one's attractor and climbs to the wide
// one's: labels follow the climb.
func TestLabelsFollowTheClimb(t *testing.T) {
	var data []float32
	for i := -20; i <= 20; i++ { // wide, from 0 to 4, densest at 2
		data = append(data, float32(2+2*math.Pow(float64(i)/20, 3)))
	}
	data = append(data, 4.6, 6.35, 6.35, 6.35) // a row at 4.6, and a narrow cluster at 6.35
	const row = 41
	o := MeanShift{Bandwidth: 1.8, MaxIter: 100, Tol: 1e-6, Merge: 0.5, Starts: len(data) - 1}
	for !slices.Contains(sample(len(data), o.Starts, rng.New(o.Seed, "meanshift", "starts")), row) {
		o.Seed++
	}
	r, err := o.Fit(context.Background(), data, 1) // one row, not that at 4.6, takes the nearest
	if err != nil {
		t.Fatal(err)
	}
	wide, narrow := r.Label[20], r.Label[43]
	toWide, toNarrow := math.Abs(4.6-r.Centres[wide]), math.Abs(4.6-r.Centres[narrow])
	if wide == narrow || r.Label[row] != wide || toNarrow >= toWide {
		t.Errorf("row at 4.6: label %d, wide is %d at %v, narrow is %d at %v", r.Label[row], wide, toWide, narrow, toNarrow)
	}
}

func TestMeanShiftOfEqualRows(t *testing.T) {
	data := []float32{3, 3, 3, 8, 3, 8}
	h, err := EstimateBandwidth(context.Background(), data, 1, 0.3, 0, 1, 1)
	if err != nil || h != 0 {
		t.Fatalf("bandwidth %v (%v)", h, err)
	}
	for _, gaussian := range []bool{false, true} {
		r, err := MeanShift{Bandwidth: h, Gaussian: gaussian, MaxIter: 10, Tol: 1e-3, Merge: 0.5}.Fit(context.Background(), data, 1)
		if err != nil || !slices.Equal(r.Label, []int32{0, 0, 0, 1, 0, 1}) {
			t.Errorf("distinct rows are not the clusters at bandwidth 0: %v (%v)", r, err)
		}
	}
}

func TestStartsAndSmallClusters(t *testing.T) {
	data := blobs(rand.New(rand.NewPCG(2, 1)), 200, 4, 2)
	data = append(data, 1e4, 1e4, 1e4, 1e4) // a row on its own
	o := MeanShift{Bandwidth: 10, MaxIter: 100, Tol: 1e-3, Merge: 0.5, MinSize: 2, Seed: 1}
	r, err := o.Fit(context.Background(), data, 4)
	if err != nil || r.K != 2 || r.Label[200] != -1 || !math.IsNaN(r.Distance[200]) || math.IsNaN(r.Inertia) {
		t.Errorf("the lone row is in a cluster: %v (%v)", r, err)
	}
	o.Starts, o.MinSize = 20, 0
	few, err := o.Fit(context.Background(), data, 4)
	if err != nil || few.K != 2 || !samePartition(few.Label, r.Label) {
		t.Errorf("20 starts give other clusters than all: %v (%v)", few, err)
	}
}

func TestMeanShiftNeedsNoScale(t *testing.T) { // the same rows anywhere, at any size, are grouped the same way
	rapid.Check(t, func(r *rapid.T) {
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		shift, size := rapid.SampledFrom([]float64{0, 64, -1024}).Draw(r, "shift"), rapid.SampledFrom([]float64{1, 0x1p-30, 0x1p30}).Draw(r, "size")
		var data, other []float32
		for range 60 {
			v := float64(g.IntN(64)) / 4
			data, other = append(data, float32(v)), append(other, float32((v+shift)*size))
		}
		fit := func(d []float32, h float64) []int32 {
			res, err := MeanShift{Bandwidth: h, MaxIter: 100, Tol: 1e-3, Merge: 0.5}.Fit(context.Background(), d, 1)
			if err != nil {
				r.Fatal(err)
			}
			return res.Label
		}
		if a, b := fit(data, 1.1), fit(other, 1.1*size); !slices.Equal(a, b) {
			r.Fatalf("moved by %v and scaled by %v, rows are grouped otherwise:\n%v\n%v", shift, size, a, b)
		}
	})
}

func BenchmarkMeanShift(b *testing.B) {
	g := rand.New(rand.NewPCG(1, 1))
	const n, dim = 2000, 512
	data := blobs(g, n, dim, 20)
	for i := range data {
		data[i] += 30 * float32(g.NormFloat64())
	}
	for _, gaussian := range []bool{false, true} {
		b.Run(map[bool]string{false: "flat", true: "gaussian"}[gaussian], func(b *testing.B) {
			for b.Loop() {
				h, err := EstimateBandwidth(context.Background(), data, dim, 0.3, 0, 1, 2)
				if err != nil {
					b.Fatal(err)
				}
				o := MeanShift{Bandwidth: h, Gaussian: gaussian, MaxIter: 300, Tol: 1e-3, Merge: 0.5, Workers: 2}
				r, err := o.Fit(context.Background(), data, dim)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Iterations), "iterations")
				b.ReportMetric(float64(r.K), "clusters")
			}
		})
	}
}

// TestMeanShiftStopsWhileItMerges: a bandwidth so narrow that each row is a place leaves all pairs of them to compare.
func TestMeanShiftStopsWhileItMerges(t *testing.T) {
	data := make([]float32, 300)
	for i := range data {
		data[i] = float32(i)
	}
	for _, blurring := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		o := MeanShift{Bandwidth: 0.1, Blurring: blurring, MaxIter: 10, Tol: 1e-3, Merge: 0.5, Workers: 1, Progress: func(_, walking int) {
			if walking == 0 {
				cancel()
			}
		}}
		if _, err := o.Fit(ctx, data, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("blurring %v: %v", blurring, err)
		}
	}
}
