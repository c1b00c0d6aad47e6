package eval

import (
	"context"
	"fmt"
	"slices"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/parallel"
	"fashionpipe/internal/rng"
)

// withInterval are the measures that have an interval. The others are not corrected for chance and depend on the number
// of rows itself: the fewer there are, the purer clusters look. So no resampling of one sample tells their value for all
// photos, and they have none. (Rows in groups raise AMI and ARI a little too; their intervals hold the value that samples
// of as many groups have in the mean.)
var withInterval = []string{"ami", "ari"}

// AgreementIntervals gives the measures of Contingency.Agreement, in the order of Agreement, of rows with these labels
// ("": left out) and clusters. AMI and ARI have intervals from resampling groups of rows (see recentred), the others
// none.
func (b Bootstrap) AgreementIntervals(ctx context.Context, labels []string, clusters []int32, groups []int) ([]Interval, error) {
	if len(labels) != len(clusters) {
		return nil, fmt.Errorf("eval: %d labels for %d rows in clusters", len(labels), len(clusters))
	}
	cells, of := tabulate(labels, clusters)
	values := newContingency(cells).Agreement()
	out := make([]Interval, len(values))
	for i, v := range values {
		out[i] = noInterval(v)
	}
	members := labelledGroups(of, groups)
	samples := make([][]float64, b.resamples(members))
	err := parallel.ForEach(ctx, len(samples), b.Workers, func(_, i int) {
		samples[i] = resample(rng.New(b.Seed, "bootstrap", i).IntN, members, cells, of).Agreement()
	})
	if err != nil {
		return nil, err
	}
	replicates := columns(samples, len(values))
	for j, name := range Agreement {
		if slices.Contains(withInterval, name) {
			out[j] = b.recentred(values[j], replicates[j], -1, 1)
		}
	}
	return out, nil
}

// labelledGroups lists the rows of each group that have a label, and so a cell.
func labelledGroups(cellOf, groups []int) [][]int {
	members := together(len(cellOf), groups)
	for g := range members {
		members[g] = slices.DeleteFunc(members[g], func(i int) bool { return cellOf[i] < 0 })
	}
	return slices.DeleteFunc(members, func(rows []int) bool { return len(rows) == 0 })
}

// resample counts the cells of as many groups as there are, drawn with repetition.
func resample(draw func(n int) int, members [][]int, cells []cell, cellOf []int) *Contingency {
	drawn := slices.Clone(cells)
	for i := range drawn {
		drawn[i].count = 0
	}
	for range members {
		for _, i := range members[draw(len(members))] {
			drawn[cellOf[i]].count++
		}
	}
	return newContingency(drawn)
}

// Silhouette gives rows and the silhouette of each (Rousseeuw 1987, Euclidean): (b−a)/max(a,b), where a is its mean distance to
// the others of its cluster and b that to the rows of the nearest other cluster; 0 for a row alone in its cluster. Rows
// in no cluster (-1) are left out; of more than limit rows, so many are drawn by the seed, and distances are among those
// (as scikit-learn's sample_size does). It gives none where fewer than two clusters, or only clusters of one row, are
// left.
func Silhouette(ctx context.Context, data []float32, dim int, clusters []int32, limit int, seed uint64, workers int) (rows []int, values []float64, err error) {
	rows = silhouetteRows(clusters, limit, seed)
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
		return nil, nil, nil
	}
	space, err := nearest.NewSpace(data, dim, nearest.L2)
	if err != nil {
		return nil, nil, err
	}
	values = make([]float64, len(rows))
	err = parallel.ForEach(ctx, len(rows), workers, func(_, i int) {
		sums := make([]float64, len(sizes))
		for j, r := range rows {
			sums[label[j]] += space.Score(space.Distance(rows[i], r))
		}
		values[i] = silhouette(sums, sizes, label[i])
	})
	return rows, values, err
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
