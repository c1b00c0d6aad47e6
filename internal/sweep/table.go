package sweep

import (
	"context"
	"fmt"
	"math"
	"strings"

	"fashionpipe/internal/spelling"
)

// Table is what a sweep reached, best first.
type Table struct {
	Axes     []Axis    // without the seed where that is folded
	Seeds    *Axis     // the axis of seeds that rows are folded over; nil: each row is one variant
	Measures []Measure // those shown first, first
	Main     int       // the measure that rows are sorted by; -1 where there is none
	Rows     []Row
	Baseline *Row   // what the variants are compared with in their scores, where they share it; nil: none
	Runs     []*Run // all variants, in the order of the file
	Verdict  Verdict
	Interim  bool // some runs are still to come: nothing is compared, and Verdict is empty
	Family   int  // the rows that Tukey's test compares; 0: none
	Blocked  bool // it does so seed by seed, since all have the same
	Pairs    int  // pairs of rows that comparisons by photos and by intervals are corrected for

	values map[*Run]map[string]found
	seedAt int // the place of the seeds among the axes of the sweep
}

// Row is a variant, over all of its seeds.
type Row struct {
	Name    string      // "grid=2x2"; "baseline"
	Model   string      // of the baseline: its name; "" of a variant
	Values  []string    // one per axis of the table
	Runs    []*Run      // one per seed; none of the baseline
	Cells   []Value     // one per measure of the table
	Against *Comparison // with the best; nil of the best itself, and where nothing was measured
}

// UnknownMeasureError says that a sweep has no measure of a name.
type UnknownMeasureError struct {
	Name  string
	Known []string // most alike first
}

// mostKnown is how many names an error lists.
const mostKnown = 5

func (e *UnknownMeasureError) Error() string {
	if near, ok := spelling.Nearest(e.Name, e.Known); ok {
		return fmt.Sprintf("no measure is called %q; did you mean %s?", e.Name, near)
	}
	known := strings.Join(e.Known[:min(len(e.Known), mostKnown)], ", ")
	if n := len(e.Known) - mostKnown; n > 0 {
		known += fmt.Sprintf(" and %d more columns of the table", n)
	}
	return fmt.Sprintf("no measure is called %q; nearest are %s", e.Name, known)
}

// New makes the table of runs, one per variant in the order of the file, sorted by the measure called sort, or by the
// first one ("" or an unknown name, which is an *UnknownMeasureError beside the table). memory has what comparisons of photos
// gave before; nil: nothing. Without a table the error is that of ctx.
func New(ctx context.Context, axes []Axis, runs []*Run, sort string, memory *Memory) (*Table, error) {
	t, err := sorted(axes, runs, sort)
	if err := t.compare(ctx, memory); err != nil {
		return nil, err
	}
	t.judge()
	return t, err
}

// Interim makes the table of runs of which some are still to come, in a moment: nothing in it is compared or judged.
func Interim(axes []Axis, runs []*Run, sort string) *Table {
	t, _ := sorted(axes, runs, sort) // the measure may be one of those to come
	t.Interim = true
	return t
}

// sorted makes a table without comparisons.
func sorted(axes []Axis, runs []*Run, sort string) (*Table, error) {
	t := &Table{Runs: runs, Main: -1}
	for i, a := range axes {
		if a.Seed && len(a.Values) > 1 && t.Seeds == nil {
			t.Seeds, t.seedAt = &axes[i], i
			continue
		}
		t.Axes = append(t.Axes, a)
	}
	prefix := t.collect()
	t.fold(axes)
	t.findBaseline(prefix)
	err := t.choose(sort)
	t.order()
	return t, err
}

// Scored counts the variants that have the measure rows are sorted by.
func (t *Table) Scored() int {
	n := 0
	for _, r := range t.Rows {
		if t.Main >= 0 {
			n += r.Cells[t.Main].N
		}
	}
	return n
}

// choose picks the measure that rows are sorted by.
func (t *Table) choose(sort string) error {
	if len(t.Measures) > 0 && !t.Measures[0].aside { // those lie behind all others
		t.Main = 0
	}
	if sort == "" || len(t.Measures) == 0 {
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
	return &UnknownMeasureError{sort, spelling.Ranked(sort, known)}
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

// Value is the value of a measure in one variant with its bootstrap interval; all NaN where it was not measured.
func (t *Table) Value(r *Run, measure string) Value {
	nan := math.NaN()
	f, ok := t.values[r][measure]
	if !ok {
		return Value{nan, nan, nan, nan, 0}
	}
	return Value{f.value, nan, f.low, f.high, 1}
}

// Chance spans what a random order would reach by a measure of the table, over all variants; NaN where scores don't say.
func (t *Table) Chance(measure int) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, r := range t.Runs {
		f, ok := t.values[r][t.Measures[measure].Name]
		if ok && !math.IsNaN(f.chance) {
			low, high = math.Min(low, f.chance), math.Max(high, f.chance)
		}
	}
	if low > high {
		return math.NaN(), math.NaN()
	}
	return low, high
}

// Seed is the seed of a variant as people read it; "" where the table folds none.
func (t *Table) Seed(r *Run) string {
	if t.Seeds == nil {
		return ""
	}
	return r.Values[t.seedAt]
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
