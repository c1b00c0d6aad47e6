package main

import (
	"fmt"
	"math"

	"fashionpipe/internal/simd"
	"fashionpipe/internal/simd/peak"
)

// task is a row of the comparison.
type task struct {
	name, title string
	operations  float64 // of the plain method in float32; 0 where it depends on the data
}

func tasks(s size) []task {
	pairs := float64(s.rows) * float64(s.dim) * 2
	return []task{
		{"neighbours", fmt.Sprintf("exact %d nearest neighbours (L2) of every row among %d×%d", s.neighbours, s.rows, s.dim), pairs * float64(s.rows)},
		{"kmeans", fmt.Sprintf("k-means of %d×%d, k=%d, %d iterations from the same centres", s.rows, s.dim, s.clusters, s.iterations),
			pairs * float64(s.clusters) * float64(s.iterations)},
		{"elkan", "the same by Elkan's bounds", 0},
		{"minibatch", fmt.Sprintf("mini-batch k-means of %d×%d, k=%d, batches of 1024, from the same centres, until it stops by itself", s.rows, s.dim, s.groups), 0},
		{"hartigan-wong", fmt.Sprintf("Hartigan & Wong's k-means of %d×%d, k=%d, from the same centres (R has one thread)", s.transfers, s.dim, s.groups), 0},
		{"meanshift", fmt.Sprintf("mean shift of %d×%d, flat kernel, bandwidth %.3g, a walker from each row", s.walkers, s.dim, s.bandwidth), 0},
	}
}

func show(s size, programs []string, best map[string]measured) {
	top := peak.FLOPS(s.threads)
	fmt.Printf("float32, %d threads, best of %d turns (scikit-learn's mean shift: one); %s, peak measured: %.0f GFLOP/s\n\n",
		s.threads, s.turns, simd.Active(), top/1e9)
	for _, t := range tasks(s) {
		fmt.Println(t.title)
		own := best["pipe"].Seconds[t.name]
		for _, p := range programs {
			seconds, ok := best[p].Seconds[t.name]
			if !ok {
				continue
			}
			fmt.Printf("  %-13s %7.3f s", p, seconds)
			if t.operations > 0 {
				fmt.Printf("   %3.0f%% of the peak by the plain method", 100*t.operations/seconds/top)
			}
			if p != "pipe" {
				fmt.Printf("   pipe is %.2f× as fast", seconds/own)
			}
			fmt.Println()
		}
	}
	fmt.Println("\nthe same work?")
	for _, p := range programs {
		b := best[p]
		fmt.Printf("  %-13s", p)
		if b.Distances > 0 {
			fmt.Printf(" %d iterations, distances of neighbours add up to %.8g;", b.Iterations, b.Distances)
		}
		fmt.Print(" inertia")
		for _, t := range tasks(s) {
			if v, ok := b.Inertia[t.name]; ok {
				fmt.Printf(" %.6g (%s)", v, t.name)
			}
		}
		if b.Modes != nil {
			fmt.Printf(", %d places", len(b.Modes)/s.dim)
		}
		fmt.Println()
	}
}

// agree fails where a program has not found what pipe has, but for rounding. Mini-batches are drawn, so their results
// differ.
func agree(s size, best map[string]measured) error {
	own := best["pipe"]
	for p, b := range best {
		for task, v := range b.Inertia {
			if task != "minibatch" && math.Abs(v/own.Inertia[task]-1) > 1e-3 {
				return fmt.Errorf("%s has other clusters than pipe by %s", p, task)
			}
		}
		if b.Distances == 0 {
			continue // R: the one task
		}
		if b.Iterations != s.iterations {
			return fmt.Errorf("%s: k-means stopped after %d of %d iterations: lower -iterations", p, b.Iterations, s.iterations)
		}
		if math.Abs(b.Distances/own.Distances-1) > 1e-4 {
			return fmt.Errorf("%s has other neighbours than pipe", p)
		}
		if b.Modes == nil {
			continue
		}
		if far := apart(b.Modes, own.Modes, s.dim); len(b.Modes) != len(own.Modes) || far > 0.05*s.bandwidth {
			return fmt.Errorf("%s finds %d places, pipe %d; one is %.3g from the nearest of the other's, with a bandwidth of %.3g",
				p, len(b.Modes)/s.dim, len(own.Modes)/s.dim, far, s.bandwidth)
		}
	}
	return nil
}

// apart is how far a place of a lies from the nearest of b, at most.
func apart(a, b []float64, dim int) float64 {
	far := 0.0
	for i := 0; i < len(a); i += dim {
		near := math.Inf(1)
		for j := 0; j < len(b); j += dim {
			sum := 0.0
			for k := range dim {
				sum += (a[i+k] - b[j+k]) * (a[i+k] - b[j+k])
			}
			near = min(near, math.Sqrt(sum))
		}
		far = max(far, near)
	}
	return far
}
