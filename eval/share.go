package eval

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson is the share of won among n with its score interval (Wilson, Probable inference, the law of succession, and
// statistical inference, 1927); all NaN for n = 0.
func Wilson(won, n int, confidence float64) Interval {
	if n == 0 {
		return noInterval(math.NaN())
	}
	p, m := float64(won)/float64(n), float64(n)
	z := distuv.UnitNormal.Quantile((1 + confidence) / 2)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Interval{p, max(0, middle-half), min(1, middle+half)}
}

// SignTest is the chance that of two that are alike one wins as many comparisons or more (McNemar, Note on the sampling
// error of the difference between correlated proportions or percentages, 1947, in its exact form). Two-sided; 1 where
// nobody won.
func SignTest(won, lost int) float64 {
	if won+lost == 0 {
		return 1
	}
	return math.Min(1, 2*distuv.Binomial{N: float64(won + lost), P: 0.5}.CDF(float64(min(won, lost))))
}
