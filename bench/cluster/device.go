package main

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/simd"
	"fashionpipe/model"
	"fashionpipe/model/cluster"
)

// work is something that a device and this processor do, with the same result.
type work struct {
	title string
	same  func(a, b any) bool
	run   func(ctx context.Context, d nearest.Device) (any, error)
}

// onDevice measures a backend's device beside this processor, taking turns.
func onDevice(ctx context.Context, backend string, data map[string][]float32, s size) error {
	began := time.Now()
	d, err := model.OpenDistances(backend)
	if err != nil {
		return err
	}
	fmt.Printf("%s\nopened in %.2f s; beside it %d threads, %s; best of %d turns\n\n", d.Describe(), time.Since(began).Seconds(), s.threads, simd.Active(), s.turns)
	for _, w := range works(data, s) {
		if err := w.measure(ctx, d, s.turns); err != nil {
			return fmt.Errorf("%s: %w", w.title, err)
		}
	}
	return nil
}

func works(data map[string][]float32, s size) []work {
	search := func(ctx context.Context, d nearest.Device) (any, error) { return search(ctx, d, data["rows"], s) }
	assign := func(ctx context.Context, d nearest.Device) (any, error) {
		return cluster.KMeans{K: s.clusters, MaxIter: s.iterations, Start: first(data["rows"], s.clusters, s), Workers: s.threads, Device: d}.Fit(ctx, data["rows"], s.dim)
	}
	shift := func(gaussian bool) func(ctx context.Context, d nearest.Device) (any, error) {
		return func(ctx context.Context, d nearest.Device) (any, error) {
			return cluster.MeanShift{Gaussian: gaussian, Bandwidth: s.bandwidth, MaxIter: 300, Tol: 1e-3, Merge: 1, Workers: s.threads, Device: d}.Fit(ctx, data["groups"], s.dim)
		}
	}
	return []work{
		{fmt.Sprintf("exact %d nearest neighbours (L2) of every row among %d×%d", s.neighbours, s.rows, s.dim), reflect.DeepEqual, search},
		{fmt.Sprintf("k-means of %d×%d, k=%d, %d iterations", s.rows, s.dim, s.clusters, s.iterations), reflect.DeepEqual, assign},
		{fmt.Sprintf("mean shift of %d×%d, flat kernel, bandwidth %.3g", s.walkers, s.dim, s.bandwidth), reflect.DeepEqual, shift(false)},
		{fmt.Sprintf("mean shift of %d×%d, Gaussian kernel, bandwidth %.3g", s.walkers, s.dim, s.bandwidth), alike, shift(true)},
	}
}

// alike compares clusterings by their rows only.
func alike(a, b any) bool {
	return slices.Equal(a.(*cluster.Result).Label, b.(*cluster.Result).Label)
}

func search(ctx context.Context, d nearest.Device, rows []float32, s size) (any, error) {
	space, err := nearest.NewSpace(rows, s.dim, nearest.L2)
	if err != nil {
		return nil, err
	}
	if err := space.Use(ctx, d); err != nil {
		return nil, err
	}
	defer space.Close()
	found := make([][]nearest.Neighbour, space.Len())
	o := nearest.Options{K: func(int) int { return s.neighbours }, Workers: s.threads}
	return found, space.Search(ctx, o, func(q int, near []nearest.Neighbour) { found[q] = slices.Clone(near) })
}

func (w work) measure(ctx context.Context, d nearest.Device, turns int) error {
	var there, here, compiled float64
	for turn := range turns + 1 { // the first compiles
		on, seconds, err := w.time(ctx, d)
		if err != nil {
			return err
		}
		if turn == 0 {
			compiled = seconds
			continue
		}
		processor, beside, err := w.time(ctx, nil)
		if err != nil {
			return err
		}
		if !w.same(on, processor) {
			return fmt.Errorf("the device finds something else than this processor")
		}
		if turn == 1 || seconds < there {
			there = seconds
		}
		if turn == 1 || beside < here {
			here = beside
		}
	}
	fmt.Printf("%s\n  device %.3f s (%.2f s the first time, with compiling), processor %.3f s: the device is %.2f× as fast\n", w.title, there, compiled, here, here/there)
	return nil
}

func (w work) time(ctx context.Context, d nearest.Device) (any, float64, error) {
	began := time.Now()
	result, err := w.run(ctx, d)
	return result, time.Since(began).Seconds(), err
}
