package report

import (
	"math"
	"strings"

	"fashionpipe/internal/sweep"
)

// sweepTable is the table of a sweep, best first.
type sweepTable struct {
	Axes     []string
	Seeds    bool
	Measures []heading
	Chances  [][]mark   // of each measure, the one level of chance that all rows share; empty where there is none
	Rows     []sweepRow // best first, and last the baseline
	Variants int        // rows without it
}

// heading is a measure over its column.
type heading struct {
	Title, By string
	Chance    string // what a random order would reach; "" where that is not known
}

// String is the heading in one line.
func (h heading) String() string {
	s := h.Title
	if h.By != "" {
		s += " (" + h.By + ")"
	}
	if h.Chance != "" {
		s += ", " + h.Chance
	}
	return s
}

// mostMeasures is how many measures the page shows; the files have all.
const mostMeasures = 4

// sweepRow is a variant, over its seeds.
type sweepRow struct {
	Rank    string
	Name    string
	Values  []sortable // one per axis
	Seeds   sortable
	Cells   []sweepCell
	Diff    string
	Range   string
	Key     string // what the difference is sorted by
	Verdict verdict
	Notes   []string
	Links   []link
	Best    bool
	Model   string // of the baseline: its name; "" of a variant
}

// Role is the CSS class of the row's marks.
func (r sweepRow) Role() string {
	if r.Model != "" {
		return baseline
	}
	return ours
}

// sortable is a text with what it is sorted by.
type sortable struct{ Text, Key string }

// sweepCell is a measure of a variant.
type sweepCell struct {
	mark
	SD, Key string
}

// link leads to the report of a variant.
type link struct{ Text, Title, To string }

func newSweepTable(in SweepInput) *sweepTable {
	t := in.Table
	v := &sweepTable{Seeds: t.Seeds != nil, Variants: len(t.Rows)}
	for _, i := range t.Varying() {
		v.Axes = append(v.Axes, t.Axes[i].Name)
	}
	var rows []*sweep.Row
	for i := range t.Rows {
		rows = append(rows, &t.Rows[i])
	}
	if t.Baseline != nil {
		rows = append(rows, t.Baseline)
	}
	shown := shownMeasures(t)
	axes := make([]axis, len(t.Measures))
	for _, m := range shown {
		level := newChanceLevel(t, m)
		v.Measures = append(v.Measures, heading{t.Measures[m].Title, t.Measures[m].By, level.Text})
		axes[m] = columnAxis(rows, m, level.At)
		v.Chances = append(v.Chances, level.mark(axes[m]))
	}
	for i, r := range rows {
		v.Rows = append(v.Rows, newSweepRow(in, r, i+1, shown, axes))
	}
	return v
}

// shownMeasures are the one that rows are sorted by and the first others.
func shownMeasures(t *sweep.Table) []int {
	if t.Main < 0 {
		return nil
	}
	shown := []int{t.Main}
	for i, m := range t.Measures {
		if i != t.Main && m.Head && len(shown) < mostMeasures {
			shown = append(shown, i)
		}
	}
	return shown
}

// columnAxis spans the values and bounds of a measure and its level of chance, if any, for its small plots.
func columnAxis(rows []*sweep.Row, m int, chance float64) axis {
	low, high := math.Inf(1), math.Inf(-1)
	if !math.IsNaN(chance) {
		low, high = chance, chance
	}
	for _, r := range rows {
		for _, v := range []float64{r.Cells[m].Mean, r.Cells[m].Low, r.Cells[m].High} {
			if !math.IsNaN(v) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	if low > high {
		return axis{low: 0, high: 1}
	}
	return niceAxis(low, high, 4)
}

func measureWords(m sweep.Measure) string {
	words := m.Words()
	if words == "" {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
