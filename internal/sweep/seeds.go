package sweep

import (
	"context"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// leastSpread is a standard error below which seeds made no difference but that of rounding.
const leastSpread = 1e-12

// trial is what variants reached over their seeds, as Tukey's test needs it.
type trial struct {
	rows    []*Row                      // those with two seeds or more
	values  map[*Row]map[string]float64 // by seed
	measure Measure
	blocked bool    // all have the same seeds, so what a seed does to all of them is no noise
	s2, df  float64 // variance of one value, pooled over the rows, and its degrees of freedom
	shape   *studentized
}

// newTrial gathers what the rows reached; nil where fewer than two have two seeds.
func (t *Table) newTrial() *trial {
	tr := &trial{values: map[*Row]map[string]float64{}, blocked: true, measure: t.Measures[t.Main]}
	for i := range t.Rows {
		row, values := &t.Rows[i], map[string]float64{}
		for _, r := range row.Runs {
			if f, ok := t.values[r][tr.measure.Name]; ok {
				values[t.Seed(r)] = f.value
			}
		}
		if len(values) >= 2 {
			tr.rows, tr.values[row] = append(tr.rows, row), values
			tr.blocked = tr.blocked && sameSeeds(values, tr.values[tr.rows[0]])
		}
	}
	if len(tr.rows) < 2 {
		return nil
	}
	tr.shape = studentizedOf(len(tr.rows))
	tr.pool(t.Main)
	return tr
}

func sameSeeds(a, b map[string]float64) bool {
	for seed := range a {
		if _, ok := b[seed]; !ok {
			return false
		}
	}
	return len(a) == len(b)
}

// pool finds the variance that is left once each row's mean is taken out, and each seed's where the rows are blocked: the
// residual of a one-way layout, or of randomized blocks.
func (tr *trial) pool(main int) {
	count := map[string]float64{}
	shift := map[string]float64{} // what a seed does to all
	n := 0
	for _, row := range tr.rows {
		for _, seed := range tr.seeds(row) {
			v := tr.values[row][seed]
			shift[seed] += v - row.Cells[main].Mean
			count[seed]++
			n++
		}
	}
	tr.df = float64(n - len(tr.rows))
	if tr.blocked {
		tr.df -= float64(len(count) - 1)
	}
	for _, row := range tr.rows {
		for _, seed := range tr.seeds(row) {
			e := tr.values[row][seed] - row.Cells[main].Mean
			if tr.blocked {
				e -= shift[seed] / count[seed]
			}
			tr.s2 += e * e / tr.df
		}
	}
}

// compare sets a row against the best by Tukey's test, with Tukey and Kramer's weights where they have unequal seeds:
//
//	q = √2·|difference|/se, se² = s²·(1/na + 1/nb)
//
// Where the two by themselves spread wider than all on average, their own spread is taken, so that a few restless variants
// aren't judged by calm ones; that only makes p larger. ok is false where seeds made no difference between them: none at all, or the same to all.
func (tr *trial) compare(a, b *Row, main int) (c Comparison, ok bool) {
	x, y := a.Cells[main], b.Cells[main]
	se := math.Sqrt(max(tr.s2*(1/float64(x.N)+1/float64(y.N)), tr.own(a, b, x, y)))
	if se < leastSpread {
		return Comparison{}, false
	}
	c = Comparison{Method: Tukey, Difference: x.Mean - y.Mean}
	c.P = 2 * distuv.StudentsT{Sigma: 1, Nu: tr.df}.CDF(-math.Abs(c.Difference)/se)
	c.Adjusted = max(c.P, tr.shape.tail(math.Sqrt2*math.Abs(c.Difference)/se, tr.df))
	half := studentQuantile((1+Confidence)/2, tr.df) * se
	c.Low, c.High = c.Difference-half, c.Difference+half
	c.Apart = tr.measure.worse(c.Difference) && c.Adjusted < 1-Confidence
	return c, true
}

// own is the variance of the difference of two rows' means, by these rows alone.
func (tr *trial) own(a, b *Row, x, y Value) float64 {
	if !tr.blocked {
		return x.SD*x.SD/float64(x.N) + y.SD*y.SD/float64(y.N)
	}
	var d []float64
	for _, seed := range tr.seeds(a) {
		d = append(d, tr.values[a][seed]-tr.values[b][seed])
	}
	return stat.Variance(d, nil) / float64(len(d))
}

// seeds lists those of a row, in an order that is always the same: sums of floats depend on it.
func (tr *trial) seeds(row *Row) []string { return slices.Sorted(maps.Keys(tr.values[row])) }

// compareSeeds sets every row against the first, by seeds. Where seeds made no difference between them, they say nothing
// about noise, and the photos have to.
func (t *Table) compareSeeds(ctx context.Context, photos *pairing) {
	best, tr := &t.Rows[0], t.newTrial()
	if tr != nil {
		t.Blocked, t.Family = tr.blocked, len(tr.rows)
	}
	for i := range t.Rows[1:] {
		row := &t.Rows[i+1]
		a, b := row.Cells[t.Main], best.Cells[t.Main]
		if a.N == 0 {
			continue
		}
		nan := math.NaN()
		c := Comparison{Method: None, Difference: a.Mean - b.Mean, Low: nan, High: nan, P: nan, Adjusted: nan}
		if a.N > 1 && b.N > 1 {
			var ok bool
			if c, ok = tr.compare(row, best, t.Main); !ok {
				c = photos.compare(ctx, row, i)
			}
		}
		row.Against = &c
	}
}
