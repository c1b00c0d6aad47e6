package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/internal/sweep"
	"fashionpipe/pipelines"
)

// variantsDir holds a folder per variant in the folder of results of a sweep.
const variantsDir = "variants"

// memoryFile has what comparisons of photos gave, in the folder of results: a run with nothing to do reads no list again.
const memoryFile = ".comparisons.json"

func keepMemory(dir string, m *sweep.Memory) error {
	b, err := m.Encode()
	if err != nil || b == nil {
		return err
	}
	return replace(filepath.Join(dir, memoryFile), b)
}

// writeTables writes the result table as CSV and Parquet, and beside it one with each seed where the table folds them.
func writeTables(dir string, t *sweep.Table, axes []sweep.Axis) error {
	type file struct {
		name  string
		write func(io.Writer) error
	}
	files := []file{{"table.csv", t.WriteCSV}, {"table.parquet", t.WriteParquet}}
	if t.Seeds != nil {
		files = append(files,
			file{"seeds.csv", func(w io.Writer) error { return t.WriteSeedsCSV(w, axes) }},
			file{"seeds.parquet", func(w io.Writer) error { return t.WriteSeedsParquet(w, axes) }})
	}
	for _, f := range files {
		var b bytes.Buffer
		if err := f.write(&b); err != nil {
			return err
		}
		if err := replace(filepath.Join(dir, f.name), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// exportSweep puts the results of a sweep into a folder that a person opens. One with an interim table gets its links alone:
// whoever interrupts wants the end, and what there is to compare and to draw may take seconds.
func exportSweep(ctx context.Context, dir string, e *pipelines.Experiment, sum *dag.Summary, t *sweep.Table, axes []sweep.Axis) (results, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return results{}, err
	}
	if err := dropLinks(dir, &dag.Graph{}); err != nil { // of a run of the same name without a sweep
		return results{}, err
	}
	r := results{Dir: dir}
	old, err := exportVariants(dir, e, sum)
	if err != nil {
		return r, err
	}
	r.Old = old
	if t.Interim || nothingNew(t) {
		r.Old = append(leftFiles(dir, sweepFiles), r.Old...)
		return r, nil
	}
	if err := writeTables(dir, t, axes); err != nil {
		return r, err
	}
	for _, name := range leftFiles(dir, sweepFiles, plainFiles) { // of a time when there were seeds, or no sweep
		if t.Seeds == nil && strings.HasPrefix(name, "seeds.") || slices.Contains(plainFiles, name) {
			r.Old = append(r.Old, name)
		}
	}
	r.Table = filepath.Join(dir, "table.csv")
	page := filepath.Join(dir, "report.html")
	if err := writeSweepReport(ctx, page, e, sum, t); err != nil {
		return r, err
	}
	r.Reports = []string{page}
	return r, nil
}

// nothingNew says whether a run of a part of each variant (--only) gave no scores: what an earlier run wrote is better.
func nothingNew(t *sweep.Table) bool {
	for _, r := range t.Runs {
		if r.Problem != "" || !r.Missing {
			return false
		}
	}
	return t.Main < 0
}

// sweepFiles are the files that a sweep leaves beside the folders of its variants, plainFiles those of a run without one.
var (
	sweepFiles = []string{"report.html", "table.csv", "table.parquet", "seeds.csv", "seeds.parquet"}
	plainFiles = []string{"metrics.json"}
)

// leftFiles names those of the files that are there.
func leftFiles(dir string, of ...[]string) []string {
	var left []string
	for _, name := range slices.Concat(of...) {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			left = append(left, name)
		}
	}
	return left
}
