package report

import (
	"math"
	"strconv"
	"strings"

	"fashionpipe/internal/sweep"
)

// sweepTable is the table of a sweep, best first.
type sweepTable struct {
	Axes     []string
	Seeds    bool
	Measures []heading
	Rows     []sweepRow
}

// heading is a measure over its column.
type heading struct{ Title, By string }

// String is the heading in one line.
func (h heading) String() string {
	if h.By == "" {
		return h.Title
	}
	return h.Title + " (" + h.By + ")"
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
	v := &sweepTable{Seeds: t.Seeds != nil}
	for _, i := range t.Varying() {
		v.Axes = append(v.Axes, t.Axes[i].Name)
	}
	shown := shownMeasures(t)
	axes := make([]axis, len(t.Measures))
	for _, m := range shown {
		v.Measures = append(v.Measures, heading{t.Measures[m].Title, t.Measures[m].By})
		axes[m] = columnAxis(t.Rows, m)
	}
	for i := range t.Rows {
		v.Rows = append(v.Rows, newSweepRow(in, i, shown, axes))
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

func newSweepRow(in SweepInput, i int, shown []int, axes []axis) sweepRow {
	t := in.Table
	r := &t.Rows[i]
	row := sweepRow{Name: r.Name, Best: r == t.Verdict.Best, Rank: "–", Diff: "–"}
	for _, k := range t.Varying() {
		row.Values = append(row.Values, axisSortable(t.Axes[k], r.Values[k]))
	}
	if t.Main >= 0 {
		c := r.Cells[t.Main]
		row.Seeds = sortable{count(c.N), strconv.Itoa(c.N)}
		if !math.IsNaN(c.Mean) {
			row.Rank = count(i + 1)
		}
	}
	for _, m := range shown {
		c := r.Cells[m]
		cell := sweepCell{mark: newMark(model{Role: ours}, axes[m], c.Mean, c.Low, c.High), Key: sortKey(c.Mean)}
		if !math.IsNaN(c.SD) {
			cell.SD = "± " + decimal(c.SD, 3)
		}
		row.Cells = append(row.Cells, cell)
	}
	if c := r.Against; c != nil {
		row.Diff, row.Range, row.Key, row.Verdict = signed(c.Difference, 3), interval(c.Low, c.High, signed), sortKey(c.Difference), judgeRow(c)
		row.Verdict.Text = inCell(c)
	} else if row.Best {
		row.Diff, row.Key, row.Verdict = "", "0", verdict{"★", "best", "up"}
	}
	row.Notes, row.Links = rowNotes(r), rowLinks(in, r)
	return row
}

// inCell is the verdict in as few words as a cell of the table has room for.
func inCell(c *sweep.Comparison) string {
	text := "noise"
	switch {
	case c.Method == sweep.None:
		return "no interval"
	case c.Apart:
		text = "worse"
	case c.Method == sweep.Intervals:
		return "overlaps"
	}
	if c.Method == sweep.Welch {
		text += ", p\u00a0" + pText(c.Adjusted)
	}
	return text
}

// rowNotes say what went wrong with some of a row's variants.
func rowNotes(r *sweep.Row) []string {
	var notes []string
	failed, missing := 0, 0
	gates := map[string]bool{}
	for _, run := range r.Runs {
		switch {
		case run.Problem != "":
			failed++
		case run.Missing:
			missing++
		}
		for _, g := range run.Gates {
			if !gates[g] {
				gates[g] = true
				notes = append(notes, "gate failed: "+g)
			}
		}
	}
	part := func(n int, what string) {
		if n > 0 && len(r.Runs) > 1 {
			notes = append(notes, count(n)+" of "+plural(len(r.Runs), "seed", "seeds")+" "+what)
		} else if n > 0 {
			notes = append(notes, what)
		}
	}
	part(failed, "failed")
	part(missing, "not run")
	return notes
}

func rowLinks(in SweepInput, r *sweep.Row) []link {
	var links []link
	for i, run := range r.Runs {
		to, ok := in.Links[run.Name]
		if !ok {
			continue
		}
		text := "report"
		if in.Table.Seeds != nil {
			text = in.Table.Seeds.Values[i%len(in.Table.Seeds.Values)]
		}
		links = append(links, link{text, run.Name, to})
	}
	return links
}

// axisSortable sorts the values of an axis in the order of the file.
func axisSortable(a sweep.Axis, value string) sortable {
	for i, v := range a.Values {
		if v == value {
			return sortable{value, strconv.Itoa(i)}
		}
	}
	return sortable{value, ""}
}

// sortKey is a number for the script to sort by; "" sorts last.
func sortKey(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 9, 64)
}

// columnAxis spans the values and bounds of a measure, for its small plots.
func columnAxis(rows []sweep.Row, m int) axis {
	low, high := math.Inf(1), math.Inf(-1)
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

func pText(p float64) string {
	if p < 0.001 {
		return "under 0.001"
	}
	return strconv.FormatFloat(p, 'g', 2, 64)
}
