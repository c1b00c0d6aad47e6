package sweep

import (
	"cmp"
	"math"
	"slices"

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
// Fewer than two values have no interval.
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

// welch compares the means of a and b, which need two values each, without taking their spreads for equal (Welch, The
// generalization of Student's problem when several different population variances are involved, 1947):
//
//	t = (mean a − mean b) / √(sa²/na + sb²/nb)
//	df = (sa²/na + sb²/nb)² / ((sa²/na)²/(na−1) + (sb²/nb)²/(nb−1))
//
// It gives the difference with its interval and the two-sided p.
func welch(a, b Value) Comparison {
	va, vb := a.SD*a.SD/float64(a.N), b.SD*b.SD/float64(b.N)
	c := Comparison{Method: Welch, Difference: a.Mean - b.Mean}
	se := math.Sqrt(va + vb)
	if se == 0 { // no seed made a difference in either
		c.Low, c.High, c.P = c.Difference, c.Difference, 0
		if c.Difference == 0 {
			c.P = 1
		}
		return c
	}
	df := (va + vb) * (va + vb) / (va*va/float64(a.N-1) + vb*vb/float64(b.N-1))
	c.P = 2 * distuv.StudentsT{Sigma: 1, Nu: df}.CDF(-math.Abs(c.Difference)/se)
	half := studentQuantile((1+Confidence)/2, df) * se
	c.Low, c.High = c.Difference-half, c.Difference+half
	return c
}

// holm corrects p-values for being looked at together (Holm, A simple sequentially rejective multiple test procedure,
// 1979): the smallest counts m-fold, the next (m−1)-fold and so on, and none less than one before it.
func holm(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a], ps[b]) })
	adjusted, least := make([]float64, len(ps)), 0.0
	for k, i := range order {
		least = max(least, math.Min(1, float64(len(ps)-k)*ps[i]))
		adjusted[i] = least
	}
	return adjusted
}
