package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"time"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
	"fashionpipe/model"
	"fashionpipe/model/cluster"
)

const clusterDim = 512

// clusters compares neighbours, k-means and mean shift on the device with those on the processor: they are to be the same, to
// the byte. Each is done twice on the device, and the second time counts.
func clusters(ctx context.Context, o options) error {
	d, err := model.OpenDistances(o.backend)
	if err != nil {
		return err
	}
	rows, failed := groups(o.photos), false
	for _, w := range []struct {
		name string
		run  func(context.Context, []float32, nearest.Device) (any, error)
	}{{"20 neighbours", neighbours}, {"k-means", kmeans}, {"flat mean shift", meanshift}} {
		var results [3]any
		var seconds [3]float64
		for i, on := range []nearest.Device{nil, d, d} {
			begin := time.Now()
			if results[i], err = w.run(ctx, rows, on); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			seconds[i] = time.Since(begin).Seconds()
		}
		same := reflect.DeepEqual(results[0], results[1]) && reflect.DeepEqual(results[0], results[2])
		failed = failed || !same
		fmt.Printf("%s of %d×%d: device %.3f s (the first time %.2f), processor %.3f s; the same: %t\n",
			w.name, o.photos, clusterDim, seconds[2], seconds[1], seconds[0], same)
		r := record{What: "check", Name: w.name + " the same on the device", OK: same, DeviceS: seconds[2], ProcessorS: seconds[0]}
		if err := o.emit(r); err != nil {
			return err
		}
	}
	if failed {
		return errors.New("the device finds something else than the processor")
	}
	return nil
}

// groups makes rows around 20 centres.
func groups(rows int) []float32 {
	const centres, apart = 20, 3
	r := rng.New(1, "groups")
	centre := make([]float64, centres*clusterDim)
	for i := range centre {
		centre[i] = apart * r.NormFloat64()
	}
	data := make([]float32, rows*clusterDim)
	for i := range data {
		data[i] = float32(centre[i/clusterDim%centres*clusterDim+i%clusterDim] + r.NormFloat64())
	}
	return data
}

func neighbours(ctx context.Context, rows []float32, d nearest.Device) (any, error) {
	space, err := nearest.NewSpace(rows, clusterDim, nearest.L2)
	if err != nil {
		return nil, err
	}
	if err := space.Use(ctx, d); err != nil {
		return nil, err
	}
	defer space.Close()
	found := make([][]nearest.Neighbour, space.Len())
	o := nearest.Options{K: func(int) int { return 20 }, Workers: runtime.NumCPU()}
	return found, space.Search(ctx, o, func(q int, near []nearest.Neighbour) { found[q] = slices.Clone(near) })
}

func kmeans(ctx context.Context, rows []float32, d nearest.Device) (any, error) {
	k := min(500, len(rows)/clusterDim/4)
	return cluster.KMeans{K: k, Restarts: 1, MaxIter: 25, Seed: 1, Workers: runtime.NumCPU(), Device: d}.Fit(ctx, rows, clusterDim)
}

func meanshift(ctx context.Context, rows []float32, d nearest.Device) (any, error) {
	return cluster.MeanShift{Bandwidth: 36, MaxIter: 300, Tol: 1e-3, Merge: 1, Seed: 1, Workers: runtime.NumCPU(), Device: d}.Fit(ctx, rows, clusterDim)
}
