package sweep

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s differs (%v):\n%s", name, err, got)
	}
	for line := range strings.Lines(got) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > 80 && strings.HasPrefix(name, "text") {
			t.Errorf("wider than 80: %q", line)
		}
	}
}

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		seeds  int
		sort   string
		damage func(runs []*Run)
	}{
		"seeds":  {3, "", nil},
		"one":    {1, "", nil},
		"sorted": {3, "groups.category.ami", nil},
		"failed": {2, "", func(runs []*Run) {
			runs[8].Metrics, runs[8].Problem = nil, "encoder@grid=3x3 failed: no memory"
			runs[2].Metrics, runs[3].Metrics, runs[2].Problem, runs[3].Missing = nil, nil, "photos failed: gone", true
			runs[0].Gates, runs[11].Gates = []string{"encoder: collapse"}, []string{"encoder: collapse"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			axes, runs := fakeSweep(c.seeds)
			if c.damage != nil {
				c.damage(runs)
			}
			table, err := New(t.Context(), axes, runs, c.sort, nil)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "text-"+name+".txt", table.Text(80, 4, "table.csv"))
			golden(t, "verdict-"+name+".txt", strings.Join(table.Verdict.Sentences, "\n")+"\n")
		})
	}
}

// TestInterim: what there is of a sweep is sorted and counted, and nothing is compared.
func TestInterim(t *testing.T) {
	axes, runs := fakeSweep(2)
	for _, r := range runs[4:] { // two rows have both seeds
		r.Metrics, r.Missing = nil, true
	}
	table := Interim(axes, runs, "no.such.measure")
	if table.Scored() != 4 || table.Verdict.Best != nil || table.Rows[0].Against != nil || table.Rows[1].Against != nil {
		t.Errorf("%d scored, verdict %+v, rows %+v", table.Scored(), table.Verdict, table.Rows[:2])
	}
	text := table.Text(80, 1, "")
	for _, want := range []string{"\n   and 1 more\n   and 4 without scores\n", "* best so far"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	for _, r := range runs {
		r.Metrics = nil
	}
	if table := Interim(axes, runs, ""); table.Scored() != 0 || table.Text(80, 20, "") != "" {
		t.Errorf("of no scores: %d, %s", table.Scored(), table.Text(80, 20, ""))
	}
}

func TestUnknownMeasure(t *testing.T) {
	axes, runs := fakeSweep(2)
	for name, want := range map[string]string{
		"recal":            "nearest are garment.recall@1, garment.recall@5, category.recall@1",
		"category.recal@1": "did you mean category.recall@1?",
	} {
		table, err := New(t.Context(), axes, runs, name, nil)
		var unknown *UnknownMeasureError
		if !errors.As(err, &unknown) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v", err)
		}
		if table.Main != 0 || len(table.Rows) != 6 {
			t.Errorf("no table beside the error: %+v", table)
		}
	}
}

func TestNoScores(t *testing.T) {
	axes, runs := fakeSweep(2)
	for _, r := range runs {
		r.Metrics, r.Problem = nil, "photos failed: gone"
	}
	table, err := New(t.Context(), axes, runs, "", nil)
	if err != nil || table.Text(80, 20, "x") != "" || len(table.Failed()) != 12 {
		t.Errorf("table %+v (%v)", table, err)
	}
	var b bytes.Buffer
	if err := table.WriteCSV(&b); err != nil || strings.Count(b.String(), "failed") < 6 {
		t.Errorf("%s (%v)", &b, err)
	}
}

// Where several stages give scores, their names stand before the measures.
func TestSeveralScores(t *testing.T) {
	axes, runs := fakeSweep(1)
	for _, r := range runs {
		r.Metrics = append(r.Metrics, scores("again", 0.1, 0.2, 0.3))
	}
	table, err := New(t.Context(), axes, runs, "", nil)
	if err != nil || table.Measures[0].Name != "scores.garment.recall@1" || table.Measures[0].Title != "Recall@1 of scores" {
		t.Errorf("measures %+v (%v)", table.Measures, err)
	}
}

// A sweep of seeds alone has one row.
func TestSeedsAlone(t *testing.T) {
	_, runs := fakeSweep(3)
	for _, r := range runs[:3] {
		r.Values = r.Values[2:]
	}
	table, err := New(t.Context(), []Axis{{Name: "seed", Values: []string{"1", "2", "3"}, Seed: true}}, runs[:3], "", nil)
	if err != nil || len(table.Rows) != 1 || table.Rows[0].Cells[0].N != 3 {
		t.Fatalf("rows %+v (%v)", table.Rows, err)
	}
	golden(t, "text-alone.txt", table.Text(80, 20, "table.csv"))
	golden(t, "verdict-alone.txt", strings.Join(table.Verdict.Sentences, "\n")+"\n")
}

func TestFiles(t *testing.T) {
	axes, runs := fakeSweep(2)
	runs[0].Problem = `encoder failed: "lr", too high`
	table, err := New(t.Context(), axes, runs, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := table.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "table.csv", b.String())
	rows, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := table.WriteParquet(&b); err != nil {
		t.Fatal(err)
	}
	sameTable(t, b.Bytes(), rows)

	b.Reset()
	if err := table.WriteSeedsCSV(&b, axes); err != nil {
		t.Fatal(err)
	}
	golden(t, "seeds.csv", b.String())
	if rows, err = csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll(); err != nil || len(rows) != 13 {
		t.Fatalf("%d rows (%v)", len(rows), err)
	}
	b.Reset()
	if err := table.WriteSeedsParquet(&b, axes); err != nil {
		t.Fatal(err)
	}
	sameTable(t, b.Bytes(), rows)
}

// sameTable compares a Parquet file with the rows of a CSV file.
func sameTable(t *testing.T, file []byte, want [][]string) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range f.Schema().Columns() {
		if c[0] != want[0][i] {
			t.Errorf("column %d is %q, want %q", i, c[0], want[0][i])
		}
	}
	if f.NumRows() != int64(len(want)-1) {
		t.Fatalf("%d rows, want %d", f.NumRows(), len(want)-1)
	}
	rows := make([]parquet.Row, f.NumRows())
	r := parquet.NewReader(f)
	if n, err := r.ReadRows(rows); n != len(rows) {
		t.Fatalf("%d rows could be read: %v", n, err)
	}
	for i, row := range rows {
		for k, v := range row {
			text := ""
			switch v.Kind() {
			case parquet.Double:
				text = field(v.Double())
			case parquet.Int64:
				text = field(v.Int64())
			default:
				if !v.IsNull() {
					text = v.String()
				}
			}
			if v.IsNull() {
				text = ""
			}
			if text != want[i+1][k] {
				t.Errorf("row %d, %s: %q, want %q", i, want[0][k], text, want[i+1][k])
			}
		}
	}
}
