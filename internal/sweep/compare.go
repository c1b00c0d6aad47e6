package sweep

import (
	"context"
	"math"
)

// Method is how two variants were compared.
type Method string

// The methods, the strongest first.
const (
	Welch     Method = "welch"     // Welch's test over seeds
	Paired    Method = "paired"    // the paired bootstrap over the photos both were asked for
	Intervals Method = "intervals" // whether the intervals of both overlap
	None      Method = "none"      // there is nothing to tell noise by
)

// Comparison is a variant against the best one.
type Comparison struct {
	Method     Method
	Difference float64 // its value less the best one's: 0 or less
	Low, High  float64 // bounds of the difference, for this comparison by itself; NaN: none
	P          float64 // of Welch's test, two-sided; NaN otherwise
	Adjusted   float64 // P corrected for all comparisons with the best; NaN otherwise
	Apart      bool    // the difference is more than noise
}

// mostPaired is how many variants are compared by their photos, since each has to be read; the nearest to the best.
const mostPaired = 50

// compare sets every row against the first, which is the best.
func (t *Table) compare(ctx context.Context) {
	if t.Main < 0 {
		return
	}
	best := &t.Rows[0]
	var welched []*Comparison
	var ps []float64
	pairs := pairing{table: t, best: best, measure: t.Measures[t.Main].Name}
	for i := range t.Rows[1:] {
		row := &t.Rows[i+1]
		a, b := row.Cells[t.Main], best.Cells[t.Main]
		if math.IsNaN(a.Mean) {
			continue
		}
		var c Comparison
		switch {
		case t.Seeds != nil:
			c = overSeedsOf(a, b)
		case i < mostPaired:
			var ok bool
			if c, ok = pairs.with(ctx, row); !ok {
				c = byIntervals(a, b)
			}
		default:
			c = byIntervals(a, b)
		}
		row.Against = &c
		if c.Method == Welch {
			welched, ps = append(welched, row.Against), append(ps, c.P)
		}
	}
	for i, p := range holm(ps) {
		welched[i].Adjusted, welched[i].Apart = p, p < 1-Confidence
	}
}

func overSeedsOf(a, b Value) Comparison {
	if a.N < 2 || b.N < 2 {
		return Comparison{Method: None, Difference: a.Mean - b.Mean, Low: math.NaN(), High: math.NaN(), P: math.NaN(), Adjusted: math.NaN()}
	}
	return welch(a, b)
}

// byIntervals tells apart what intervals leave no doubt about. It is careful: two intervals may overlap although the
// difference is more than noise.
func byIntervals(a, b Value) Comparison {
	nan := math.NaN()
	c := Comparison{Method: Intervals, Difference: a.Mean - b.Mean, Low: nan, High: nan, P: nan, Adjusted: nan}
	if math.IsNaN(a.High) || math.IsNaN(b.Low) {
		c.Method = None
		return c
	}
	c.Apart = a.High < b.Low
	return c
}
