package sweep

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"fashionpipe/formats"
)

// baselineRole is who the variants are compared with in their scores.
const baselineRole = "baseline"

// findBaseline makes the row of the baseline, where variants share it: each measure that has the same value in all variants,
// or in all with the same seed, which are folded then as those of a variant are. There is none if no measure does.
func (t *Table) findBaseline(prefix bool) {
	row := &Row{Name: baselineRole, Values: make([]string, len(t.Axes))}
	some := false
	values := map[*Run]map[string]found{}
	for _, r := range t.Runs {
		values[r] = map[string]found{}
		for _, f := range measuresOf(asBaseline(r), prefix) {
			values[r][f.Name] = f
		}
		for _, m := range r.Metrics {
			row.addModel(m.Models)
		}
	}
	for _, m := range t.Measures {
		v := t.shared(values, m)
		some = some || v.N > 0
		row.Cells = append(row.Cells, v)
	}
	if some {
		row.Model = cmp.Or(row.Model, "of no name")
		t.Baseline = row
	}
}

// addModel takes the name of the baseline from scores.
func (r *Row) addModel(models []formats.MetricsModel) {
	for _, m := range models {
		name := m.Name
		if m.Random && !strings.Contains(name, "random weights") {
			name += ", random weights"
		}
		switch {
		case m.Role != baselineRole || name == r.Model:
		case r.Model == "":
			r.Model = name
		default:
			r.Model = "several models"
		}
	}
}

// shared is a measure that all variants agree on, or all with the same seed.
func (t *Table) shared(values map[*Run]map[string]found, m Measure) Value {
	nan := math.NaN()
	var seeds []string
	bySeed := map[string]found{}
	for _, r := range t.Runs {
		f, ok := values[r][m.Name]
		if !ok || math.IsNaN(f.value) {
			continue
		}
		had, again := bySeed[t.Seed(r)]
		if again && had.value != f.value {
			return Value{nan, nan, nan, nan, 0}
		}
		if !again {
			seeds, bySeed[t.Seed(r)] = append(seeds, t.Seed(r)), f
		}
	}
	var all []float64
	for _, s := range seeds {
		all = append(all, bySeed[s].value)
	}
	if len(all) > 0 && slices.Min(all) == slices.Max(all) {
		f := bySeed[seeds[0]]
		return Value{f.value, nan, f.low, f.high, 1}
	}
	return overSeeds(all).within(m)
}

// asBaseline gives a variant's scores with the baseline's in the place of ours, under the same names.
func asBaseline(r *Run) *Run {
	out := &Run{}
	for _, m := range r.Metrics {
		scores := &formats.Metrics{}
		for _, s := range m.Retrieval {
			if s.Role == baselineRole {
				s.Role = role
				scores.Retrieval = append(scores.Retrieval, s)
			}
		}
		for _, s := range m.Clusters {
			if b, ok := counterpart(m.Clusters, s); ok && s.Role == role {
				s.Value, s.Low, s.High = b.Value, b.Low, b.High
				scores.Clusters = append(scores.Clusters, s)
			}
		}
		out.Metrics = append(out.Metrics, Metrics{m.Stage, scores, m.Clusterings})
	}
	return out
}

// counterpart finds the baseline's clustering by the same algorithm; where one of the two models has several by it, that of as
// many clusters.
func counterpart(all []formats.ClusterScore, of formats.ClusterScore) (formats.ClusterScore, bool) {
	var theirs, mine []formats.ClusterScore
	for _, s := range all {
		switch {
		case s.Algorithm != of.Algorithm || s.By != of.By || s.Measure != of.Measure:
		case s.Role == baselineRole:
			theirs = append(theirs, s)
		default:
			mine = append(mine, s)
		}
	}
	if len(theirs) > 1 || len(mine) > 1 {
		theirs = slices.DeleteFunc(theirs, func(s formats.ClusterScore) bool { return s.K != of.K })
	}
	if len(theirs) != 1 {
		return formats.ClusterScore{}, false
	}
	return theirs[0], true
}

// withBaseline are the rows and behind them that of the baseline, if there is one.
func (t *Table) withBaseline(rows []Row) []Row {
	if t.Baseline == nil {
		return rows
	}
	return append(slices.Clone(rows), *t.Baseline)
}
