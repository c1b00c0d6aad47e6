package sweep

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// column is a column of a file: one of texts, whole or real numbers, with nil where there is nothing.
type column struct {
	name   string
	values []any // string, int64 or float64, all of one type but for nil
}

// sheet is a table as it goes to a file.
type sheet struct {
	columns []column
	rows    int
}

func (s *sheet) add(name string, at func(i int) any) {
	for slices.ContainsFunc(s.columns, func(c column) bool { return c.name == name }) {
		name += "_"
	}
	c := column{name, make([]any, s.rows)}
	for i := range c.values {
		c.values[i] = at(i)
	}
	s.columns = append(s.columns, c)
}

// addReal adds a column of numbers, unless all of them are missing.
func (s *sheet) addReal(name string, at func(i int) float64) {
	for i := range s.rows {
		if !math.IsNaN(at(i)) {
			s.add(name, func(i int) any {
				if v := at(i); !math.IsNaN(v) {
					return v
				}
				return nil
			})
			return
		}
	}
}

// addAxis adds the values of an axis, as numbers where all of them are.
func (s *sheet) addAxis(a Axis, at func(i int) string) {
	whole, real := true, true
	for _, v := range a.Values {
		n, err := strconv.ParseInt(v, 10, 64)
		whole = whole && err == nil && strconv.FormatInt(n, 10) == v
		f, err := strconv.ParseFloat(v, 64)
		real = real && err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	s.add(a.Name, func(i int) any {
		switch v := at(i); {
		case v == "": // of the baseline
			return nil
		case whole:
			n, _ := strconv.ParseInt(v, 10, 64)
			return n
		case real:
			f, _ := strconv.ParseFloat(v, 64)
			return f
		default:
			return v
		}
	})
}

// sheet is the table as people see it: a row per variant, over its seeds, best first, and last the baseline.
func (t *Table) sheet() *sheet {
	rows := t.withBaseline(t.Rows)
	s := &sheet{rows: len(rows)}
	s.add("name", func(i int) any { return rows[i].Name })
	for k, a := range t.Axes {
		s.addAxis(a, func(i int) string { return rows[i].Values[k] })
	}
	if t.Seeds != nil {
		s.add("seeds", func(i int) any {
			if rows[i].Model != "" {
				return nil
			}
			n := 0
			for _, r := range rows[i].Runs {
				if r.ok() {
					n++
				}
			}
			return int64(n)
		})
	}
	s.addStates(func(i int) []*Run { return rows[i].Runs })
	s.add("against_best", func(i int) any { return rows[i].standing(i == 0 && t.Main >= 0) })
	against := func(get func(c *Comparison) float64) func(i int) float64 {
		return func(i int) float64 {
			if c := rows[i].Against; c != nil {
				return get(c)
			}
			return math.NaN()
		}
	}
	s.addReal("difference", against(func(c *Comparison) float64 { return c.Difference }))
	s.addReal("difference.low", against(func(c *Comparison) float64 { return c.Low }))
	s.addReal("difference.high", against(func(c *Comparison) float64 { return c.High }))
	s.addReal("p", against(func(c *Comparison) float64 { return c.P }))
	s.addReal("p_adjusted", against(func(c *Comparison) float64 { return c.Adjusted }))
	for k, m := range t.Measures {
		s.addReal(m.Name, func(i int) float64 { return rows[i].Cells[k].Mean })
		s.addReal(m.Name+".sd", func(i int) float64 { return rows[i].Cells[k].SD })
		s.addReal(m.Name+".low", func(i int) float64 { return rows[i].Cells[k].Low })
		s.addReal(m.Name+".high", func(i int) float64 { return rows[i].Cells[k].High })
	}
	return s
}

// seedSheet is a row per variant and seed, in the order of the file.
func (t *Table) seedSheet(axes []Axis) *sheet {
	s := &sheet{rows: len(t.Runs)}
	s.add("name", func(i int) any { return t.Runs[i].Name })
	for k, a := range axes {
		s.addAxis(a, func(i int) string { return t.Runs[i].Values[k] })
	}
	s.addStates(func(i int) []*Run { return t.Runs[i : i+1] })
	for _, m := range t.Measures {
		s.addReal(m.Name, func(i int) float64 { return t.Value(t.Runs[i], m.Name).Mean })
		s.addReal(m.Name+".low", func(i int) float64 { return t.Value(t.Runs[i], m.Name).Low })
		s.addReal(m.Name+".high", func(i int) float64 { return t.Value(t.Runs[i], m.Name).High })
	}
	return s
}

// addStates adds what became of the variants of a row.
func (s *sheet) addStates(runs func(i int) []*Run) {
	s.add("state", func(i int) any {
		state := "ok"
		if len(runs(i)) == 0 {
			state = baselineRole
		}
		for _, r := range runs(i) {
			switch {
			case r.Problem != "":
				return "failed"
			case r.Missing:
				state = "incomplete"
			}
		}
		return state
	})
	joined := func(get func(r *Run) []string) func(i int) any {
		return func(i int) any {
			var all []string
			for _, r := range runs(i) {
				for _, text := range get(r) {
					if text != "" && !slices.Contains(all, text) {
						all = append(all, text)
					}
				}
			}
			if len(all) == 0 {
				return nil
			}
			return strings.Join(all, "; ")
		}
	}
	s.add("problem", joined(func(r *Run) []string { return []string{r.Problem} }))
	s.add("gates", joined(func(r *Run) []string { return r.Gates }))
}

// standing is a row against the best in a word.
func (r *Row) standing(best bool) any {
	switch {
	case best:
		return "best"
	case r.Against == nil:
		return nil
	case r.Against.Method == None:
		return "unknown"
	case r.Against.Apart:
		return "worse"
	}
	return "noise"
}
