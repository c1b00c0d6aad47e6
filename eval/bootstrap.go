package eval

import (
	"context"
	"math"
	"slices"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/rng"
)

// Bootstrap draws samples like the one at hand, with repetition, to see how far a measure would stray (Efron &
// Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
//
// What is drawn is groups of rows, whole: photos of one garment are near-copies of each other, so drawing them one by one
// would count the same luck many times and make intervals too narrow (the cluster bootstrap: Field & Welsh,
// Bootstrapping clustered data, 2007). Groups are numbers, one per row, of any value; rows of one number go together, and
// without groups (nil) each row is its own. With fewer than two groups there are no intervals.
type Bootstrap struct {
	Resamples  int     // 0: no intervals
	Confidence float64 // 0.95, say
	Seed       uint64
	Workers    int
}

// Interval is a value with the bounds of its confidence interval, NaN where there is none.
type Interval struct{ Value, Low, High float64 }

// noInterval is a value without bounds.
func noInterval(v float64) Interval { return Interval{v, math.NaN(), math.NaN()} }

// Mean is the mean of values with the interval of resampled groups; all NaN without values.
func (b Bootstrap) Mean(ctx context.Context, values []float64, groups []int) (Interval, error) {
	if len(values) == 0 {
		return noInterval(math.NaN()), nil
	}
	rows := make([][]float64, len(values))
	for i := range values {
		rows[i] = values[i : i+1]
	}
	means, replicates, err := b.means(ctx, rows, groups)
	if err != nil {
		return Interval{}, err
	}
	return b.percentile(means[0], replicates[0]), nil
}

// means gives, for each column of rows, its mean and the means of the resamples: replicates[column][resample]. A resample
// of as many groups as there are may hold more or fewer rows; its mean is over those it holds. All columns see the same
// resamples, so the difference of two columns' replicates is the replicate of their difference: that makes intervals of
// differences paired.
func (b Bootstrap) means(ctx context.Context, rows [][]float64, groups []int) (means []float64, replicates [][]float64, err error) {
	members := together(len(rows), groups)
	width := len(rows[0])
	sums := make([][]float64, len(members)) // per group
	for g, rowsOf := range members {
		sums[g] = make([]float64, width)
		for _, i := range rowsOf {
			addTo(sums[g], rows[i])
		}
	}
	sample := func(pick func(g int) int) []float64 {
		mean, n := make([]float64, width), 0
		for g := range members {
			p := pick(g)
			addTo(mean, sums[p])
			n += len(members[p])
		}
		for j := range mean {
			mean[j] /= float64(n)
		}
		return mean
	}
	samples := make([][]float64, b.resamples(members))
	err = parallel.ForEach(ctx, len(samples), b.Workers, func(_, i int) {
		r := rng.New(b.Seed, "bootstrap", i)
		samples[i] = sample(func(int) int { return r.IntN(len(members)) })
	})
	if err != nil {
		return nil, nil, err
	}
	return sample(func(g int) int { return g }), columns(samples, width), nil
}

// resamples is how many are drawn of groups: none of fewer than two, which would all be the same.
func (b Bootstrap) resamples(members [][]int) int {
	if len(members) < 2 {
		return 0
	}
	return b.Resamples
}

// together lists the rows of each group, in the order groups are met.
func together(n int, groups []int) [][]int {
	var members [][]int
	of := map[int]int{}
	for i := range n {
		g := len(members)
		if groups != nil {
			g = numberOf(of, groups[i])
		}
		if g == len(members) {
			members = append(members, nil)
		}
		members[g] = append(members[g], i)
	}
	return members
}

func addTo(sum, v []float64) {
	for j := range v {
		sum[j] += v[j]
	}
}

// columns turns rows of width numbers.
func columns(rows [][]float64, width int) [][]float64 {
	out := make([][]float64, width)
	for j := range out {
		for _, r := range rows {
			out[j] = append(out[j], r[j])
		}
	}
	return out
}

// percentile is the percentile interval around a value: the middle Confidence of the replicates.
func (b Bootstrap) percentile(value float64, replicates []float64) Interval {
	if len(replicates) == 0 {
		return noInterval(value)
	}
	s := slices.Clone(replicates)
	slices.Sort(s)
	tail := (1 - b.Confidence) / 2
	return Interval{value, quantile(s, tail), quantile(s, 1-tail)}
}

// recentred is the percentile interval moved so that the replicates' mean falls on the value, and cut to low … high. It
// is for measures of agreement between two labellings: a resample holds some rows twice, a row agrees with its copy, and
// so replicates lie above what a fresh sample would give, the more so the smaller the groups are.
func (b Bootstrap) recentred(value float64, replicates []float64, low, high float64) Interval {
	if len(replicates) == 0 {
		return noInterval(value)
	}
	in := b.percentile(value, replicates)
	var mean float64
	for _, v := range replicates {
		mean += v / float64(len(replicates))
	}
	in.Low, in.High = max(low, in.Low+value-mean), min(high, in.High+value-mean)
	return in
}

// quantile is the q-quantile of ascending numbers, linear between neighbours as numpy's default is.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	lo := int(at)
	if lo+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[lo] + (at-float64(lo))*(sorted[lo+1]-sorted[lo])
}
