package sweep

import (
	"context"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Method is how two variants were compared.
type Method string

// The methods, the strongest first.
const (
	Tukey     Method = "tukey"     // Tukey's test over seeds
	Paired    Method = "paired"    // the sign test over the photos both were asked for
	Intervals Method = "intervals" // whether the intervals of both overlap
	None      Method = "none"      // there is nothing to tell noise by
)

// Comparison is a variant against the best one.
type Comparison struct {
	Method     Method
	Difference float64 // its value less the best one's: 0 or less, or 0 or more where less is better
	Low, High  float64 // bounds of the difference, for this comparison by itself; NaN: none
	P          float64 // two-sided, of this comparison by itself; NaN: none
	Adjusted   float64 // P corrected for the best being the best of all, the luckiest among equals; NaN: none
	Overlap    bool    // of Intervals: they do
	Apart      bool    // the difference is more than noise
}

// compare sets every row against the first, which is the best. Where all variants are equal, the chance that any row is
// called worse is 1 − Confidence at most. It isn't enough to correct for as many comparisons as there are other rows: the
// best was picked after the fact, so that each row is compared with the luckiest of all. Hence all pairs of rows count.
func (t *Table) compare(ctx context.Context, memory *Memory) error {
	if t.Main < 0 {
		return nil
	}
	measured := 0
	for _, r := range t.Rows {
		if r.Cells[t.Main].N > 0 {
			measured++
		}
	}
	t.Pairs = measured * (measured - 1) / 2
	photos := &pairing{table: t, best: &t.Rows[0], measure: t.Measures[t.Main].Name, memory: memory}
	if t.Seeds != nil {
		t.compareSeeds(ctx, photos)
		return ctx.Err()
	}
	photos.lookAt(ctx, t.Rows[1:])
	for i := range t.Rows[1:] {
		if row := &t.Rows[i+1]; row.Cells[t.Main].N > 0 {
			c := photos.compare(ctx, row, i)
			row.Against = &c
		}
	}
	return ctx.Err()
}

// bonferroni is p corrected for all pairs of rows, of which it is one.
func (t *Table) bonferroni(p float64) float64 { return math.Min(1, p*float64(t.Pairs)) }

// byIntervals tells apart what intervals leave no doubt about: they must not overlap, and their halves that face each other,
// taken for those of normal distributions, must not leave it to luck among so many pairs. It is careful: two intervals
// may overlap although the difference is more than noise.
func (t *Table) byIntervals(a, b Value) Comparison {
	nan := math.NaN()
	c := Comparison{Method: Intervals, Difference: a.Mean - b.Mean, Low: nan, High: nan, P: nan, Adjusted: nan}
	if math.IsNaN(a.High) || math.IsNaN(b.Low) {
		c.Method = None
		return c
	}
	n := distuv.UnitNormal
	c.P, c.Overlap = 1, a.High >= b.Low
	half := math.Hypot(a.High-a.Mean, b.Mean-b.Low)
	if t.Measures[t.Main].Less {
		c.Overlap, half = b.High >= a.Low, math.Hypot(a.Mean-a.Low, b.High-b.Mean)
	}
	if half > 0 {
		c.P = 2 * n.CDF(-math.Abs(c.Difference)/half*n.Quantile((1+Confidence)/2))
	} else if c.Difference != 0 {
		c.P = 0
	}
	c.Adjusted = t.bonferroni(c.P)
	c.Apart = !c.Overlap && c.Adjusted < 1-Confidence
	return c
}
