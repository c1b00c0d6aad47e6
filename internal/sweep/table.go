package sweep

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Table is what a sweep reached, best first.
type Table struct {
	Axes     []Axis    // without the seed where that is folded
	Seeds    *Axis     // the axis of seeds that rows are folded over; nil: each row is one variant
	Measures []Measure // those shown first, first
	Main     int       // the measure that rows are sorted by; -1 where there is none
	Rows     []Row
	Runs     []*Run // all variants, in the order of the file
	Verdict  Verdict

	values map[*Run]map[string]found
}

// Row is a variant, over all of its seeds.
type Row struct {
	Name    string      // "grid=2x2"
	Values  []string    // one per axis of the table
	Runs    []*Run      // one per seed
	Cells   []Value     // one per measure of the table
	Against *Comparison // with the best; nil of the best itself, and where nothing was measured
}

// UnknownMeasureError says that a sweep has no measure of a name.
type UnknownMeasureError struct {
	Name  string
	Known []string
}

func (e *UnknownMeasureError) Error() string {
	return fmt.Sprintf("no measure is called %q; there are %s", e.Name, strings.Join(e.Known, ", "))
}

// New makes the table of runs, one per variant in the order of the file, sorted by the measure called sort, or by the
// first one ("" or an unknown name, which is an *UnknownMeasureError beside the table).
func New(ctx context.Context, axes []Axis, runs []*Run, sort string) (*Table, error) {
	t := &Table{Runs: runs, Main: -1}
	for i, a := range axes {
		if a.Seed && len(a.Values) > 1 && t.Seeds == nil {
			t.Seeds = &axes[i]
			continue
		}
		t.Axes = append(t.Axes, a)
	}
	t.collect()
	t.fold(axes)
	err := t.choose(sort)
	t.order()
	t.compare(ctx)
	t.judge()
	return t, err
}

// collect finds the measures, and each variant's values.
func (t *Table) collect() {
	stages := map[string]bool{}
	for _, r := range t.Runs {
		for _, m := range r.Metrics {
			stages[m.Stage] = true
		}
	}
	t.values = map[*Run]map[string]found{}
	seen := map[string]bool{}
	for _, r := range t.Runs {
		t.values[r] = map[string]found{}
		for _, f := range measuresOf(r, len(stages) > 1) {
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
		}
		return 0
	})
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

// choose picks the measure that rows are sorted by.
func (t *Table) choose(sort string) error {
	if len(t.Measures) == 0 {
		return nil
	}
	t.Main = 0
	if sort == "" {
		return nil
	}
	var known []string
	for i, m := range t.Measures {
		if m.Name == sort {
			t.Main = i
			return nil
		}
		known = append(known, m.Name)
	}
	return &UnknownMeasureError{sort, known}
}

// Varying lists the axes with more than one value, by their place: the others say nothing.
func (t *Table) Varying() []int {
	var axes []int
	for i, a := range t.Axes {
		if len(a.Values) > 1 {
			axes = append(axes, i)
		}
	}
	return axes
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
		return cmp.Compare(y, x)
	})
}

// Value is the value of a measure in one variant with its bootstrap interval; all NaN where it was not measured.
func (t *Table) Value(r *Run, measure string) Value {
	nan := math.NaN()
	f, ok := t.values[r][measure]
	if !ok {
		return Value{nan, nan, nan, nan, 0}
	}
	return Value{f.value, nan, f.low, f.high, 1}
}

// Failed lists the variants in which something went wrong.
func (t *Table) Failed() []*Run {
	var runs []*Run
	for _, r := range t.Runs {
		if r.Problem != "" {
			runs = append(runs, r)
		}
	}
	return runs
}
