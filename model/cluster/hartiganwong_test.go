package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestHartiganWongEqualsR(t *testing.T) {
	b, err := os.ReadFile("testdata/hartiganwong.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Name, Outcome   string
			Dim, Iterations int
			MaxIter         int `json:"max_iter"`
			Data            []float32
			Start, Centres  []float64
			Labels          []int32
			Within          float64
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	for _, c := range golden.Cases {
		t.Run(c.Name, func(t *testing.T) {
			k := len(c.Start) / c.Dim
			r, err := KMeans{K: k, Method: HartiganWong, MaxIter: c.MaxIter, Start: c.Start, Keep: true, Workers: 2}.Fit(context.Background(), c.Data, c.Dim)
			var empty *EmptyStartError
			switch {
			case strings.HasPrefix(c.Outcome, "empty cluster"):
				if !errors.As(err, &empty) || empty.Centre != k-1 {
					t.Errorf("R: %s; ours: %v", c.Outcome, err)
				}
				return
			case err != nil:
				t.Fatal(err)
			case strings.HasPrefix(c.Outcome, "number of cluster centres"): // each row is a cluster of its own
				if r.K != k || r.Inertia != 0 {
					t.Errorf("R: %s; ours: %+v", c.Outcome, r)
				}
				return
			}
			stopped := strings.HasPrefix(c.Outcome, "did not converge")
			if r.Converged == stopped || !stopped && r.Iterations != c.Iterations {
				t.Errorf("%d iterations, converged %v; R: %d, %q", r.Iterations, r.Converged, c.Iterations, c.Outcome)
			}
			if !slices.Equal(r.Label, c.Labels) || !close(r.Inertia, c.Within) {
				t.Errorf("inertia %v, R's %v\n%v\n%v", r.Inertia, c.Within, r.Label, c.Labels)
			}
			for i, v := range r.Centres {
				if !close(v, c.Centres[i]) {
					t.Fatalf("centre value %d is %v, R's %v", i, v, c.Centres[i])
				}
			}
		})
	}
}

// What the method promises: no single row can move to another cluster and lower the sum of squares.
func TestHartiganWongEndsWhereNoRowMoves(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, dim := rapid.IntRange(4, 80).Draw(r, "n"), rapid.IntRange(1, 4).Draw(r, "dim")
		k := rapid.IntRange(2, min(n-1, 12)).Draw(r, "k")
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		data := make([]float32, n*dim)
		for i := range data {
			data[i] = float32(g.NormFloat64())
		}
		o := KMeans{K: k, Method: HartiganWong, Restarts: 1, MaxIter: 300, Seed: 5, Workers: 1}
		res, err := o.Fit(context.Background(), data, dim)
		if err != nil || !res.Converged {
			r.Fatalf("%v, %+v", err, res)
		}
		checkCentres(r, res, data, dim)
		for i, own := range res.Label {
			weighed := func(c int, n float64) (d float64) {
				for j := range dim {
					d += math.Pow(float64(data[i*dim+j])-res.Centres[c*dim+j], 2)
				}
				return d * n
			}
			a := float64(res.Sizes[own])
			for c := range res.K {
				b := float64(res.Sizes[c])
				if a > 1 && c != int(own) && weighed(c, b/(b+1)) < weighed(int(own), a/(a-1))*(1-1e-9) {
					r.Fatalf("row %d would rather be in cluster %d than in %d", i, c, own)
				}
			}
		}
		o.Workers = 4
		if again, err := o.Fit(context.Background(), data, dim); err != nil || !slices.Equal(again.Label, res.Label) {
			r.Fatalf("4 workers give another result than 1 (%v)", err)
		}
	})
}
