package eval

import (
	"context"
	"math"
	"slices"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/rng"
)

// Bootstrap draws samples of the same size as the one at hand, with repetition, to see how far a measure would stray
// (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
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

// Means gives, for each column of rows, its mean and the means of the resamples: replicates[column][resample]. All
// columns see the same resamples, so the difference of two columns' replicates is the replicate of their difference:
// that makes intervals of differences paired.
func (b Bootstrap) Means(ctx context.Context, rows [][]float64) (means []float64, replicates [][]float64, err error) {
	if len(rows) == 0 {
		return nil, nil, nil
	}
	width := len(rows[0])
	sum := func(pick func(i int) int) []float64 {
		s := make([]float64, width)
		for i := range rows {
			for j, v := range rows[pick(i)] {
				s[j] += v
			}
		}
		for j := range s {
			s[j] /= float64(len(rows))
		}
		return s
	}
	samples := make([][]float64, b.Resamples)
	err = nearest.ForEach(ctx, b.Resamples, b.Workers, func(_, i int) {
		r := rng.New(b.Seed, "bootstrap", i)
		samples[i] = sum(func(int) int { return r.IntN(len(rows)) })
	})
	if err != nil {
		return nil, nil, err
	}
	replicates = make([][]float64, width)
	for j := range replicates {
		for _, s := range samples {
			replicates[j] = append(replicates[j], s[j])
		}
	}
	return sum(func(i int) int { return i }), replicates, nil
}

// Percentile is the percentile interval around a value: the middle Confidence of the replicates.
func (b Bootstrap) Percentile(value float64, replicates []float64) Interval {
	if len(replicates) == 0 {
		return noInterval(value)
	}
	s := slices.Clone(replicates)
	slices.Sort(s)
	tail := (1 - b.Confidence) / 2
	return Interval{value, quantile(s, tail), quantile(s, 1-tail)}
}

// Recentred is the percentile interval moved so that the replicates' mean falls on the value, and cut to low … high. It
// is for measures of agreement between two labellings: a resample holds some rows twice, a row agrees with its copy, and
// so replicates lie above what a fresh sample would give, the more so the smaller the groups are.
func (b Bootstrap) Recentred(value float64, replicates []float64, low, high float64) Interval {
	in := b.Percentile(value, replicates)
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
