package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// TestMeanShiftOfManyRows has a walker at each of 10,000 rows of 512 numbers and climbs from some of them again, by the
// formula in float64.
func TestMeanShiftOfManyRows(t *testing.T) {
	if testing.Short() {
		t.Skip("10,000 × 512")
	}
	const n, dim, k, h, tol = 10_000, 512, 20, 32.2, 1e-3
	g := rand.New(rand.NewPCG(7, 7))
	centres := make([]float64, k*dim)
	for i := range centres {
		centres[i] = g.NormFloat64()
	}
	data := make([]float32, n*dim)
	for i := range data {
		data[i] = float32(centres[i/dim%k*dim+i%dim] + g.NormFloat64())
	}
	r, err := MeanShift{Bandwidth: h, MaxIter: 300, Tol: tol, Merge: 0.5, Workers: 2}.Fit(context.Background(), data, dim)
	if err != nil {
		t.Fatal(err)
	}
	if r.K != k || !r.Converged {
		t.Errorf("%d places of %d, converged: %v", r.K, k, r.Converged)
	}
	for i := 0; i < n; i += 331 {
		x := climb(data, dim, i, h, tol*h)
		label, least := int32(-1), math.Inf(1)
		for c := range r.K {
			if d := distanceTo(x, r.Centres[c*dim:(c+1)*dim]); d < least {
				label, least = int32(c), d
			}
		}
		if r.Label[i] != label || least > 2*tol*h {
			t.Errorf("row %d: place %d, the formula climbs to %d, to within %v of it", i, r.Label[i], label, least)
		}
	}
}

// climb moves from a row to the mean of all rows within h of where it is, until it moves by at most least.
func climb(data []float32, dim, row int, h, least float64) []float64 {
	x := make([]float64, dim)
	for j := range x {
		x[j] = float64(data[row*dim+j])
	}
	for {
		mean, members := make([]float64, dim), 0.0
		for at := 0; at < len(data); at += dim {
			sum := 0.0
			for j, v := range data[at : at+dim] {
				sum += (float64(v) - x[j]) * (float64(v) - x[j])
			}
			if sum > h*h {
				continue
			}
			members++
			for j, v := range data[at : at+dim] {
				mean[j] += float64(v)
			}
		}
		for j := range mean {
			mean[j] /= members
		}
		moved := distanceTo(mean, x)
		x = mean
		if moved <= least {
			return x
		}
	}
}

func distanceTo(a, b []float64) float64 {
	sum := 0.0
	for j := range a {
		sum += (a[j] - b[j]) * (a[j] - b[j])
	}
	return math.Sqrt(sum)
}
