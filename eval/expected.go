package eval

import (
	"cmp"
	"math"
	"slices"
)

// expectedInformation is the mutual information, in nats, that labellings with groups of these sizes have on average if
// drawn by chance (Vinh, Epps & Bailey 2010, equation 24a). Groups of equal size are worked out once: many classes are
// of a few sizes.
func expectedInformation(classes, clusters []int, n int) float64 {
	logFactorial := make([]float64, n+1)
	logs := make([]float64, n+1)
	for i := 1; i <= n; i++ {
		logs[i] = math.Log(float64(i))
		logFactorial[i] = logFactorial[i-1] + logs[i]
	}
	var sum float64
	as, bs := sizes(classes), sizes(clusters)
	for _, a := range as {
		for _, b := range bs {
			sum += float64(a.times) * float64(b.times) * expectedCell(a.size, b.size, n, logs, logFactorial)
		}
	}
	return sum
}

// expectedCell is the part of a class of a rows and a cluster of b: the sum over the sizes of their overlap, each with
// its hypergeometric probability.
func expectedCell(a, b, n int, logs, logFactorial []float64) float64 {
	fixed := logFactorial[a] + logFactorial[b] + logFactorial[n-a] + logFactorial[n-b] - logFactorial[n]
	logRatio := logs[n] - logs[a] - logs[b]
	var sum float64
	for k := max(1, a+b-n); k <= min(a, b); k++ {
		p := math.Exp(fixed - logFactorial[k] - logFactorial[a-k] - logFactorial[b-k] - logFactorial[n-a-b+k])
		sum += float64(k) / float64(n) * (logs[k] + logRatio) * p
	}
	return sum
}

type groupSize struct{ size, times int }

// sizes counts groups by their size, in ascending order of it.
func sizes(counts []int) []groupSize {
	of := map[int]int{}
	for _, c := range counts {
		of[c]++
	}
	out := make([]groupSize, 0, len(of))
	for s, t := range of {
		out = append(out, groupSize{s, t})
	}
	slices.SortFunc(out, func(a, b groupSize) int { return cmp.Compare(a.size, b.size) })
	return out
}
