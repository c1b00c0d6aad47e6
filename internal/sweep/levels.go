package sweep

import "math"

// Level is a value of an axis with what variants reach that have it, the other axes averaged.
type Level struct {
	Value string
	Mean  Value     // of the measure that rows are sorted by
	Each  []float64 // the rows' own values
	Rows  int       // rows with this value of the axis, measured or not
}

// Levels averages over all axes but one. With seeds, each seed's average is one number, and the interval is Student's
// over these: the other axes don't widen it. Without, the bounds are the averages of the rows' bounds: a bit wide, since
// the errors of rows that are judged by the same photos go together, but not wholly. That is also taken where some row
// lacks each seed.
func (t *Table) Levels(axis int) []Level {
	if t.Main < 0 {
		return nil
	}
	var levels []Level
	for _, value := range t.Axes[axis].Values {
		l := Level{Value: value}
		var rows []*Row
		for i := range t.Rows {
			if r := &t.Rows[i]; r.Values[axis] == value {
				l.Rows++
				if v := r.Cells[t.Main].Mean; !math.IsNaN(v) {
					rows, l.Each = append(rows, r), append(l.Each, v)
				}
			}
		}
		if means := t.seedMeans(rows); len(means) > 0 {
			l.Mean = overSeeds(means).within(t.Measures[t.Main])
		} else {
			l.Mean = t.meanBounds(rows)
		}
		levels = append(levels, l)
	}
	return levels
}

// seedMeans is, for each seed, the mean of its values in rows. A seed that some of the rows lack is left out: its mean
// would be one over other variants.
func (t *Table) seedMeans(rows []*Row) []float64 {
	if t.Seeds == nil {
		return nil
	}
	measure := t.Measures[t.Main].Name
	sums, counts := map[string]float64{}, map[string]int{}
	for _, row := range rows {
		for _, r := range row.Runs {
			if f, ok := t.values[r][measure]; ok {
				sums[t.Seed(r)] += f.value
				counts[t.Seed(r)]++
			}
		}
	}
	var means []float64
	for _, seed := range t.Seeds.Values {
		if n := counts[seed]; n > 0 && n == len(rows) {
			means = append(means, sums[seed]/float64(n))
		}
	}
	return means
}

// meanBounds averages values and bounds.
func (t *Table) meanBounds(rows []*Row) Value {
	nan := math.NaN()
	v := Value{nan, nan, nan, nan, len(rows)}
	if len(rows) == 0 {
		return v
	}
	v.Mean, v.Low, v.High = 0, 0, 0
	for _, r := range rows {
		c, n := r.Cells[t.Main], float64(len(rows))
		v.Mean, v.Low, v.High = v.Mean+c.Mean/n, v.Low+c.Low/n, v.High+c.High/n
	}
	return v
}
