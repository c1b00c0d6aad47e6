package report

import (
	"math"
	"strconv"
	"strings"

	"fashionpipe/internal/sweep"
)

func newSweepRow(in SweepInput, r *sweep.Row, rank int, shown []int, axes []axis) sweepRow {
	t := in.Table
	row := sweepRow{Name: r.Name, Best: r == t.Verdict.Best, Rank: "–", Diff: "–", Model: r.Model}
	for _, k := range t.Varying() {
		row.Values = append(row.Values, axisSortable(t.Axes[k], r.Values[k]))
	}
	if t.Main >= 0 {
		c := r.Cells[t.Main]
		if r.Model == "" {
			row.Seeds = sortable{count(c.N), strconv.Itoa(c.N)}
		}
		if !math.IsNaN(c.Mean) && r.Model == "" {
			row.Rank = count(rank)
		}
	}
	for _, m := range shown {
		c := r.Cells[m]
		cell := sweepCell{mark: newMark(model{Role: row.Role()}, axes[m], c.Mean, c.Low, c.High), Key: sortKey(c.Mean)}
		if !math.IsNaN(c.SD) {
			cell.SD = "± " + decimal(c.SD, 3)
		}
		row.Cells = append(row.Cells, cell)
	}
	if c := r.Against; c != nil {
		row.Diff, row.Range, row.Key, row.Verdict = difference(c.Difference, 3), interval(c.Low, c.High, difference), sortKey(c.Difference), judgeRow(c)
		row.Verdict.Text = inCell(c)
	} else if row.Best {
		row.Diff, row.Key, row.Verdict = "", "0", verdict{"★", "best", "up"}
	}
	row.Notes, row.Links = rowNotes(r), rowLinks(in, r)
	return row
}

// inCell is the verdict in as few words as a cell of the table has room for.
func inCell(c *sweep.Comparison) string {
	text := "n.s."
	switch {
	case c.Method == sweep.None:
		return "no interval"
	case c.Apart:
		text = "worse"
	case c.Method == sweep.Intervals && c.Overlap:
		return "overlaps"
	}
	if c.Method == sweep.Tukey || c.Method == sweep.Paired {
		text += ", p\u00a0" + strings.ReplaceAll(sweep.PText(c.Adjusted), " ", "\u00a0")
	}
	return text
}

// rowNotes say what went wrong with some of a row's variants.
func rowNotes(r *sweep.Row) []string {
	var notes []string
	failed, missing := 0, 0
	for _, g := range r.Gates() {
		notes = append(notes, "gate failed: "+g)
	}
	for _, run := range r.Runs {
		switch {
		case run.Problem != "":
			failed++
		case run.Missing:
			missing++
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
	for _, run := range r.Runs {
		to, ok := in.Links[run.Name]
		if !ok {
			continue
		}
		text := "report"
		if in.Table.Seeds != nil {
			text = in.Table.Seed(run)
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
