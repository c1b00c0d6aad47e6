package choose

import (
	"context"
	"math"

	"fashionpipe/internal/rng"
)

// gaps clusters each set of rows without clusters by each candidate.
func (c *chooser) gaps(ctx context.Context) error {
	b, err := newBox(ctx, c.data, c.dim)
	if err != nil {
		return err
	}
	logs := make([][]float64, len(c.candidates)) // of the sums of squares, per candidate and draw
	for draw := range c.Draws {
		rows := b.draw(len(c.data)/c.dim, rng.New(c.Seed, "choose", "gap", draw))
		for i, x := range c.candidates {
			r, err := c.fit(ctx, rows, x.Value, c.seed("gap", draw, i))
			if err != nil {
				return err
			}
			logs[i] = append(logs[i], math.Log(r.Inertia))
		}
	}
	for i := range c.candidates {
		x := &c.candidates[i]
		x.Score, x.Spread = gap(x.Result.Inertia, logs[i])
	}
	return nil
}

// gap is the gap statistic of a sum of squares against the logarithms of those without clusters, with its standard
// error (Tibshirani, Walther & Hastie 2001, section 3: the deviation over draws times √(1 + 1/draws)). Both are NaN where
// a sum is 0: rows that all lie on their centres.
func gap(inertia float64, reference []float64) (gap, spread float64) {
	gap = mean(reference) - math.Log(inertia)
	spread = deviation(reference, 0) * math.Sqrt(1+1/float64(len(reference)))
	if math.IsInf(gap, 0) || math.IsNaN(gap) {
		return math.NaN(), math.NaN()
	}
	return gap, spread
}

// firstGap is the first candidate whose gap is at least the next one's less its standard error, among those that have
// one; the last of them where there is none.
func firstGap(candidates []Candidate) int {
	last := -1
	for i, x := range candidates {
		if math.IsNaN(x.Score) {
			continue
		}
		if last >= 0 && candidates[last].Score >= x.Score-x.Spread {
			return last
		}
		last = i
	}
	return last
}
