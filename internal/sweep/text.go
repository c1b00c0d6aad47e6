package sweep

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// widest is how many characters a value of an axis may take on a screen.
const widest = 20

// Text draws the best rows as a table of at most width columns: the axes, then as many measures as fit. more is the file
// that has the rest; "" if none has.
func (t *Table) Text(width, rows int, more string) string {
	if t.Main < 0 {
		return ""
	}
	shown := slices.DeleteFunc(slices.Clone(t.Rows), func(r Row) bool { return math.IsNaN(r.Cells[t.Main].Mean) })
	left := len(shown) - min(rows, len(shown))
	shown = shown[:len(shown)-left]
	g := t.grid(t.withBaseline(shown), width)
	lines := g.lines()
	var last []string // the baseline, below what is left out
	if t.Baseline != nil {
		n := len(lines) - 1
		lines, last = lines[:n:n], lines[n:]
	}
	also := ""
	if more != "" {
		more, also = " in "+more, ", also in "+more
	}
	if left > 0 {
		lines = append(lines, fmt.Sprintf("   and %d more%s", left, more))
	}
	if n := len(t.Rows) - len(shown) - left; n > 0 {
		lines = append(lines, fmt.Sprintf("   and %d without scores%s", n, also))
	}
	lines = append(append(lines, last...), t.legend(shown, width)...)
	return strings.Join(lines, "\n") + "\n"
}

// grid is a table of texts: two lines of heads, then rows.
type grid struct {
	columns [][]string
	right   []bool
	label   string // of the last row, in the place of its cells before column over, but for the first
	over    int
}

func (t *Table) grid(rows []Row, width int) *grid {
	g := &grid{}
	marks := []string{"", ""}
	for i, r := range rows {
		marks = append(marks, r.mark(i == 0))
	}
	g.add(false, marks)
	for _, i := range t.Varying() {
		c := []string{"", clip(t.Axes[i].Name)}
		for _, r := range rows {
			c = append(c, clip(r.Values[i]))
		}
		g.add(false, c)
	}
	if t.Seeds != nil {
		c := []string{"", "seeds"}
		for _, r := range rows {
			if c = append(c, fmt.Sprint(r.Cells[t.Main].N)); r.Model != "" {
				c[len(c)-1] = ""
			}
		}
		g.add(true, c)
	}
	if t.Baseline != nil {
		g.label, g.over = t.Baseline.Name, len(g.columns)
	}
	for _, m := range t.shownMeasures() {
		c := t.measureColumn(rows, m)
		if g.width()+2+columnWidth(c) > width && m != t.Main {
			continue
		}
		g.add(true, c)
	}
	return g
}

// shownMeasures are the one that rows are sorted by and the others that are shown first.
func (t *Table) shownMeasures() []int {
	ms := []int{t.Main}
	for i, m := range t.Measures {
		if m.Head && i != t.Main {
			ms = append(ms, i)
		}
	}
	return ms
}

func (t *Table) measureColumn(rows []Row, m int) []string {
	title := t.Measures[m]
	c := []string{title.Title, title.By}
	for _, r := range rows {
		v := r.Cells[m]
		text := decimal(v.Mean)
		switch {
		case !math.IsNaN(v.SD):
			text += " ±" + decimal(v.SD)
		case t.Seeds != nil && !math.IsNaN(v.Mean):
			text += strings.Repeat(" ", len(" ±0.000")-1)
		case m == t.Main && !math.IsNaN(v.Low):
			text += fmt.Sprintf(" [%s, %s]", decimal(v.Low), decimal(v.High))
		}
		c = append(c, text)
	}
	return c
}

// mark says how a row stands to the best.
func (r *Row) mark(best bool) string {
	m := " "
	switch {
	case r.Model != "":
		return "="
	case best:
		m = "*"
	case r.Against != nil && r.Against.Method == None:
		m = "?"
	case r.Against != nil && !r.Against.Apart:
		m = "~"
	}
	if len(r.Gates()) > 0 {
		return m + "!"
	}
	return m
}

func (t *Table) legend(rows []Row, width int) []string {
	used := ""
	for i, r := range rows {
		used += r.mark(i == 0)
	}
	parts := []string{"* best"}
	if t.Interim {
		parts = []string{"* best so far"}
	}
	for _, k := range []struct{ mark, text string }{
		{"~", "~ no significant difference from the best"}, {"?", "? no interval, not tested"}, {"!", "! a quality gate failed"},
	} {
		if strings.Contains(used, k.mark) {
			parts = append(parts, k.text)
		}
	}
	if t.Seeds != nil {
		parts = append(parts, "± sd over seeds")
	}
	if t.Baseline != nil {
		parts = append(parts, "= baseline: "+t.Baseline.Model)
	}
	lines := []string{"  "}
	for _, p := range parts {
		if last := &lines[len(lines)-1]; utf8.RuneCountInString(*last)+3+utf8.RuneCountInString(p) <= width {
			*last += " " + p + "  "
		} else {
			lines = append(lines, "   "+p+"  ")
		}
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

func (g *grid) add(right bool, column []string) {
	g.columns, g.right = append(g.columns, column), append(g.right, right)
}

func (g *grid) width() int {
	w := 0
	for _, c := range g.columns {
		w += 2 + columnWidth(c)
	}
	return w - 2
}

func (g *grid) lines() []string {
	var lines []string
	for i := range g.columns[0] {
		line := ""
		for k, c := range g.columns {
			if k > 0 && k < g.over && i == len(c)-1 {
				if k == g.over-1 {
					line += g.labelled()
				}
				continue
			}
			pad := strings.Repeat(" ", columnWidth(c)-utf8.RuneCountInString(c[i]))
			if g.right[k] {
				line += pad + c[i] + "  "
			} else {
				line += c[i] + pad + "  "
			}
		}
		if line = strings.TrimRight(line, " "); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// labelled is the label, as wide as the cells that it stands for; empty where it doesn't fit there: the mark tells the row too.
func (g *grid) labelled() string {
	room := 0
	for _, c := range g.columns[1:g.over] {
		room += columnWidth(c) + 2
	}
	label := g.label
	if len(label)+2 > room {
		label = ""
	}
	return label + strings.Repeat(" ", room-len(label))
}

func columnWidth(c []string) int {
	w := 0
	for _, s := range c {
		w = max(w, utf8.RuneCountInString(s))
	}
	return w
}

func clip(s string) string {
	if r := []rune(s); len(r) > widest {
		return string(r[:widest-1]) + "…"
	}
	return s
}
