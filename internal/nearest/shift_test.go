package nearest

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// One step from the definition: on a grid, where many rows lie at exactly the bandwidth, and with kernels far narrower
// than the numbers are large.
func TestShiftIsTheWeightedMean(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, dim := rapid.IntRange(1, 150).Draw(r, "n"), rapid.IntRange(1, 20).Draw(r, "dim")
		gaussian := rapid.Bool().Draw(r, "gaussian")
		h := float64(rapid.IntRange(1, 5).Draw(r, "bandwidth"))
		far := float64(rapid.SampledFrom([]int{0, 4096}).Draw(r, "far")) // two heaps this far apart
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		data := make([]float32, n*dim)
		for i := range data {
			data[i] = float32(g.IntN(4)) + float32(far)*float32(i/dim%2)
		}
		s := space(t, data, dim, L2)
		p, err := s.PlacesAt(all(n))
		if err != nil {
			r.Fatal(err)
		}
		moved, weight := make([]float64, n), make([]float64, n)
		if err := p.Shift(context.Background(), all(n), Kernel{gaussian, h}, moved, weight, 2); err != nil {
			r.Fatal(err)
		}
		for i := range n {
			mean, total := meanAround(s, i, gaussian, h)
			if math.Abs(weight[i]-total) > 1e-3*total || !gaussian && weight[i] != total {
				r.Fatalf("row %d has a weight of %v around it, not %v", i, weight[i], total)
			}
			var way float64
			for j, v := range p.Position(i) {
				if math.Abs(v-mean[j]) > 2e-3+1e-6*far {
					r.Fatalf("row %d moves to %v in dimension %d, not %v", i, v, j, mean[j])
				}
				way += (v - float64(s.Row(i)[j])) * (v - float64(s.Row(i)[j]))
			}
			if math.Abs(moved[i]-math.Sqrt(way)) > 1e-3+1e-6*far {
				r.Fatalf("row %d moved by %v, not %v", i, moved[i], math.Sqrt(way))
			}
		}
	})
}

func meanAround(s *Space, i int, gaussian bool, h float64) (mean []float64, total float64) {
	mean = make([]float64, s.Dim)
	for j := range s.Len() {
		d, w := s.Distance(i, j), 0.0
		if gaussian {
			w = math.Exp(-d / 2 / h / h)
		} else if d <= h*h {
			w = 1
		}
		total += w
		for c, v := range s.Row(j) {
			mean[c] += w * float64(v)
		}
	}
	for c := range mean {
		mean[c] /= total
	}
	return mean, total
}

func TestFirstNear(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, radius := rapid.IntRange(1, 300).Draw(r, "n"), float64(rapid.IntRange(0, 4).Draw(r, "radius"))
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		data := make([]float32, 2*n)
		for i := range data {
			data[i] = float32(g.IntN(30))
		}
		s := space(t, data, 2, L2)
		p, err := s.PlacesAt(all(n))
		if err != nil {
			r.Fatal(err)
		}
		list := slices.DeleteFunc(all(n), func(i int32) bool { return i%3 == 1 })
		first, err := p.FirstNear(context.Background(), list, radius+0.01, 2)
		if err != nil {
			r.Fatal(err)
		}
		for i, q := range list {
			want := list[slices.IndexFunc(list, func(j int32) bool { return j == q || s.Distance(int(q), int(j)) <= (radius+0.01)*(radius+0.01) })]
			if first[i] != want {
				r.Fatalf("place %d is first near %d, not %d", q, first[i], want)
			}
		}
	})
}
