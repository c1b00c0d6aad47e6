package eval

import (
	"context"
	"slices"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
)

// AgreementIntervals gives the measures of Contingency.Agreement, in the order of Agreement, with intervals from
// resampling the rows (see Bootstrap.Recentred).
func (b Bootstrap) AgreementIntervals(ctx context.Context, t *Contingency) ([]Interval, error) {
	values := t.Agreement()
	out := make([]Interval, len(values))
	for i, v := range values {
		out[i] = noInterval(v)
	}
	if t.n == 0 || b.Resamples == 0 {
		return out, nil
	}
	replicates := make([][]float64, b.Resamples)
	err := nearest.ForEach(ctx, b.Resamples, b.Workers, func(_, i int) {
		replicates[i] = t.resample(b.Seed, i).Agreement()
	})
	if err != nil {
		return nil, err
	}
	for j, name := range Agreement {
		low := 0.0
		if name == "ami" || name == "ari" {
			low = -1
		}
		column := make([]float64, b.Resamples)
		for i, r := range replicates {
			column[i] = r[j]
		}
		out[j] = b.Recentred(values[j], column, low, 1)
	}
	return out, nil
}

// resample draws as many rows as there are, with repetition. All that a row is here is its cell.
func (t *Contingency) resample(seed uint64, i int) *Contingency {
	upTo := make([]int, len(t.cells)) // rows in the cells up to each
	cells := slices.Clone(t.cells)
	sum := 0
	for j := range cells {
		sum += cells[j].count
		upTo[j], cells[j].count = sum, 0
	}
	r := rng.New(seed, "bootstrap", i)
	for range t.n {
		j, exact := slices.BinarySearch(upTo, r.IntN(t.n))
		if exact {
			j++
		}
		cells[j].count++
	}
	return newContingency(cells)
}

// Silhouette gives each row's silhouette (Rousseeuw 1987, Euclidean): (b−a)/max(a,b), where a is its mean distance to
// the others of its cluster and b that to the rows of the nearest other cluster; 0 for a row alone in its cluster. Rows
// in no cluster (-1) are left out; of more than limit rows, so many are drawn by the seed, and distances are among those
// (as scikit-learn's sample_size does). It gives none where fewer than two clusters, or only clusters of one row, are
// left.
func Silhouette(ctx context.Context, data []float32, dim int, clusters []int32, limit int, seed uint64, workers int) ([]float64, error) {
	rows := silhouetteRows(clusters, limit, seed)
	cluster, sizes := map[int32]int{}, []int{}
	label := make([]int, len(rows))
	for i, r := range rows {
		l, ok := cluster[clusters[r]]
		if !ok {
			l = len(sizes)
			cluster[clusters[r]], sizes = l, append(sizes, 0)
		}
		label[i] = l
		sizes[l]++
	}
	if len(sizes) < 2 || len(sizes) == len(rows) {
		return nil, nil
	}
	space, err := nearest.NewSpace(data, dim, nearest.L2)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(rows))
	err = nearest.ForEach(ctx, len(rows), workers, func(_, i int) {
		sums := make([]float64, len(sizes))
		for j, r := range rows {
			sums[label[j]] += space.Score(space.Distance(rows[i], r))
		}
		out[i] = silhouette(sums, sizes, label[i])
	})
	return out, err
}

// silhouetteRows are the rows in a cluster, or a draw of them in ascending order.
func silhouetteRows(clusters []int32, limit int, seed uint64) []int {
	var rows []int
	for i, c := range clusters {
		if c >= 0 {
			rows = append(rows, i)
		}
	}
	if limit > 0 && len(rows) > limit {
		rng.New(seed, "silhouette").Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		rows = rows[:limit]
		slices.Sort(rows)
	}
	return rows
}

// silhouette is that of a row in cluster own, whose distances to the rows of each cluster sum to sums.
func silhouette(sums []float64, sizes []int, own int) float64 {
	if sizes[own] == 1 {
		return 0
	}
	a, b := sums[own]/float64(sizes[own]-1), -1.0
	for c, s := range sums {
		if m := s / float64(sizes[c]); c != own && (b < 0 || m < b) {
			b = m
		}
	}
	if max(a, b) == 0 {
		return 0
	}
	return (b - a) / max(a, b)
}
