package cluster

import (
	"cmp"
	"math"
	"slices"

	"fashionpipe/internal/nearest"
)

// Result is a clustering of n rows into K clusters, numbered from the largest to the smallest (but see KMeans.Keep).
type Result struct {
	Label      []int32   // n: the cluster of each row, 0 … K-1, or -1 for none
	Distance   []float64 // n: L2 distance of each row to its cluster's centre; NaN where there is none
	K          int       // clusters found, none empty
	Centres    []float64 // K×dim, row-major
	Sizes      []int     // K: members
	Inertia    float64   // sum of the squared distances to the centres
	Iterations int
	Converged  bool // it stopped by itself, not at the limit of iterations
}

// number puts clusters in the order of their size (equal sizes: by number before) or, with keep, leaves their order,
// drops the empty ones, and measures the distances.
func (r *Result) number(s *nearest.Space, keep bool) {
	dim := s.Dim
	k := len(r.Centres) / dim
	sizes := make([]int, k)
	for _, l := range r.Label {
		if l >= 0 {
			sizes[l]++
		}
	}
	order := make([]int, k)
	for c := range order {
		order[c] = c
	}
	if !keep {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	}
	order = slices.DeleteFunc(order, func(c int) bool { return sizes[c] == 0 })

	r.K, r.Sizes = len(order), nil
	number, centres := make([]int32, k), make([]float64, 0, len(order)*dim)
	for to, from := range order {
		number[from] = int32(to)
		centres = append(centres, r.Centres[from*dim:(from+1)*dim]...)
		r.Sizes = append(r.Sizes, sizes[from])
	}
	r.Centres = centres
	r.measure(s, number)
}

func (r *Result) measure(s *nearest.Space, number []int32) {
	r.Distance, r.Inertia = make([]float64, len(r.Label)), 0
	for i, l := range r.Label {
		if l < 0 {
			r.Distance[i] = math.NaN()
			continue
		}
		c := int(number[l])
		r.Label[i] = int32(c)
		d := nearest.SquaredToCentre(s.Row(i), r.Centres[c*s.Dim:(c+1)*s.Dim])
		r.Distance[i] = math.Sqrt(d)
		r.Inertia += d
	}
}
