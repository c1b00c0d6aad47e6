package sweep

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// collect finds the measures, and each variant's values. It says whether names of measures begin with the stage.
func (t *Table) collect() (prefix bool) {
	stages := map[string]bool{}
	for _, r := range t.Runs {
		for _, m := range r.Metrics {
			stages[m.Stage] = true
		}
	}
	prefix = len(stages) > 1
	t.values = map[*Run]map[string]found{}
	seen := map[string]bool{}
	for _, r := range t.Runs {
		t.values[r] = map[string]found{}
		for _, f := range measuresOf(r, prefix) {
			if _, twice := t.values[r][f.Name]; twice || math.IsNaN(f.value) {
				continue
			}
			t.values[r][f.Name] = f
			if !seen[f.Name] {
				seen[f.Name] = true
				t.Measures = append(t.Measures, f.Measure)
			}
		}
	}
	slices.SortStableFunc(t.Measures, func(a, b Measure) int {
		switch {
		case a.Head && b.Head:
			return cmp.Compare(a.rank, b.rank)
		case a.Head:
			return -1
		case b.Head:
			return 1
		case b.aside && !a.aside:
			return -1
		case a.aside && !b.aside:
			return 1
		}
		return 0
	})
	return prefix
}

// fold makes the rows, in the order of the file.
func (t *Table) fold(axes []Axis) {
	at := map[string]int{}
	for _, r := range t.Runs {
		var values, parts []string
		for i, a := range axes {
			if t.Seeds != nil && &axes[i] == t.Seeds {
				continue
			}
			values, parts = append(values, r.Values[i]), append(parts, a.Name+"="+r.Values[i])
		}
		key := strings.Join(values, "\x00")
		if _, there := at[key]; !there {
			at[key] = len(t.Rows)
			row := Row{Name: strings.Join(parts, ","), Values: values}
			if t.Seeds == nil {
				row.Name = r.Name
			}
			t.Rows = append(t.Rows, row)
		}
		t.Rows[at[key]].Runs = append(t.Rows[at[key]].Runs, r)
	}
	for i := range t.Rows {
		for _, m := range t.Measures {
			t.Rows[i].Cells = append(t.Rows[i].Cells, t.cell(&t.Rows[i], m))
		}
	}
}

// cell is a measure of a row: over its seeds, or as it was measured where the table has none.
func (t *Table) cell(row *Row, m Measure) Value {
	var values []float64
	for _, r := range row.Runs {
		if f, ok := t.values[r][m.Name]; ok {
			values = append(values, f.value)
		}
	}
	v := overSeeds(values).within(m)
	if t.Seeds == nil && v.N == 1 {
		f := t.values[row.Runs[0]][m.Name]
		v.Low, v.High = f.low, f.high
	}
	return v
}

// order sorts the rows: best first, what was not measured last, equals in the order of the file.
func (t *Table) order() {
	if t.Main < 0 {
		return
	}
	slices.SortStableFunc(t.Rows, func(a, b Row) int {
		x, y := a.Cells[t.Main].Mean, b.Cells[t.Main].Mean
		switch {
		case math.IsNaN(x) && math.IsNaN(y):
			return 0
		case math.IsNaN(x):
			return 1
		case math.IsNaN(y):
			return -1
		}
		if t.Measures[t.Main].Less {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(y, x)
	})
}
