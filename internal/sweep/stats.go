package sweep

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Confidence is that of the intervals over seeds, and what comparisons need before they count.
const Confidence = 0.95

// Value is a measure of a variant.
type Value struct {
	Mean      float64 // over seeds; the value itself where there is one; NaN: not measured
	SD        float64 // sample standard deviation over seeds; NaN with fewer than two
	Low, High float64 // bounds of the interval; NaN: none
	N         int     // seeds that gave a value
}

// overSeeds is the mean of the values of several seeds with Student's t interval, mean ± t·sd/√n with n−1 degrees of
// freedom (Student, The probable error of a mean, 1908). It says where the mean over all seeds may be, on these photos.
// Fewer than two values have no interval, nor have values that are all the same: a measure that counts photos gives those
// by chance, and nothing is known then of how far seeds scatter.
func overSeeds(values []float64) Value {
	nan := math.NaN()
	v := Value{nan, nan, nan, nan, len(values)}
	if len(values) == 0 {
		return v
	}
	v.Mean = stat.Mean(values, nil)
	if len(values) < 2 {
		return v
	}
	v.SD = stat.StdDev(values, nil)
	if v.SD == 0 {
		return v
	}
	n := float64(len(values))
	half := studentQuantile((1+Confidence)/2, n-1) * v.SD / math.Sqrt(n)
	v.Low, v.High = v.Mean-half, v.Mean+half
	return v
}

// within cuts the bounds to what a measure can be. That loses nothing: the mean is never outside.
func (v Value) within(m Measure) Value {
	v.Low, v.High = math.Max(v.Low, m.lowest), math.Min(v.High, 1) // NaN stays
	return v
}

func studentQuantile(p, df float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(p)
}
