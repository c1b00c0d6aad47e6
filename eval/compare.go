package eval

import (
	"context"
	"math"
)

// Compare means the values of one or two models over the same queries: values[model][query][measure], all models with the
// same queries. scores[model][measure] are the means with their intervals; differences[measure] are the first model's
// less the second's, with paired intervals, and nil for one model. Groups of queries are drawn for both models together.
// Without queries all is NaN.
func (b Bootstrap) Compare(ctx context.Context, values [][][]float64, measures int, groups []int) (scores [][]Interval, differences []Interval, err error) {
	rows := make([][]float64, len(values[0]))
	for i := range rows { // all models' values of a query in one row
		for _, v := range values {
			rows[i] = append(rows[i], v[i]...)
		}
	}
	means, replicates := nothing(len(values) * measures)
	if len(rows) > 0 {
		if means, replicates, err = b.means(ctx, rows, groups); err != nil {
			return nil, nil, err
		}
	}
	for m := range values {
		scores = append(scores, nil)
		for at := m * measures; at < (m+1)*measures; at++ {
			scores[m] = append(scores[m], b.percentile(means[at], replicates[at]))
		}
	}
	if len(values) == 2 {
		for i := range measures {
			j := measures + i
			differences = append(differences, b.percentile(means[i]-means[j], minus(replicates[i], replicates[j])))
		}
	}
	return scores, differences, nil
}

// nothing are n means of no rows.
func nothing(n int) (means []float64, replicates [][]float64) {
	for range n {
		means = append(means, math.NaN())
	}
	return means, make([][]float64, n)
}

func minus(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return d
}
