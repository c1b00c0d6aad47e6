package report

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"

	"fashionpipe/internal/sweep"
)

// SweepInput is all that the page of a sweep shows.
type SweepInput struct {
	Title  string
	Table  *sweep.Table
	Links  map[string]string // name of a variant → where its report is, relative to the page
	Photos []SweepPhotos     // variants of the galleries; none: no galleries
	Seed   uint64            // draws the queries of the galleries
	Run    Run               // without stages
	Counts string            // of stages: "412 stages, 300 cached, 112 ran"
}

// sweepPage is what the template sees.
type sweepPage struct {
	Title       string
	Style       template.CSS
	Script      template.JS
	Verdict     []string
	Clear       verdict
	Tiles       []tile
	Table       *sweepTable
	Axes        []*axisPlot
	Galleries   *sweepGalleries
	Failures    []failure
	Failed      int
	Variants    int
	Run         runView
	Counts      string
	How         []string
	AxesHow     string
	MainMeasure string
	Chance      bool // some plot shows it
}

// WriteSweep draws the page of a sweep. Its bytes depend on its input only.
func WriteSweep(ctx context.Context, w io.Writer, in SweepInput) error {
	t := in.Table
	p := &sweepPage{Title: in.Title, Variants: len(t.Runs), Verdict: t.Verdict.Sentences, Table: newSweepTable(in), Axes: newAxisPlots(t),
		Failures: newFailures(t), Failed: len(t.Failed()), Run: newRunView(in.Run), Counts: in.Counts, How: howCompared(t), AxesHow: howAxes(t)}
	if t.Main >= 0 {
		p.MainMeasure = t.Measures[t.Main].Words()
	}
	p.Tiles = sweepTiles(t)
	p.Chance = slices.ContainsFunc(p.Table.Chances, func(k []mark) bool { return len(k) > 0 })
	p.Style = template.CSS(bundle("style") + bundle("sweep/style"))
	p.Script = template.JS(bundle("script") + bundle("sweep/script"))
	var err error
	if p.Galleries, err = newSweepGalleries(ctx, in); err != nil {
		return fmt.Errorf("report of the sweep: %w", err)
	}
	var out bytes.Buffer
	if err := templates().ExecuteTemplate(&out, "sweep.tmpl", p); err != nil {
		return fmt.Errorf("report of the sweep: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

// sweepTiles are the best, the second, how many can't be told from the best, and how many variants there are.
func sweepTiles(t *sweep.Table) []tile {
	v := t.Verdict
	var ts []tile
	add := func(name string, r *sweep.Row) *tile {
		c := r.Cells[t.Main]
		line := tileLine{Value: decimal(c.Mean, 3), Interval: interval(c.Low, c.High, decimal)}
		if !math.IsNaN(c.SD) {
			line.Interval = "± " + decimal(c.SD, 3) + " over " + plural(c.N, "seed", "seeds") + " " + line.Interval
		}
		ts = append(ts, tile{Name: name, Note: r.Name, Lines: []tileLine{line}})
		return &ts[len(ts)-1]
	}
	if v.Best != nil && len(t.Rows) > 1 {
		add("Best", v.Best)
	} else if v.Best != nil {
		add(measureWords(t.Measures[t.Main]), v.Best)
	}
	if v.Second != nil {
		second := add("Second", v.Second)
		c := v.Second.Against
		second.Diff, second.Range = difference(c.Difference, 3), interval(c.Low, c.High, difference)
		k := judgeRow(c)
		second.Verdict = &k
		ts = append(ts, tile{Name: "Not significantly worse", Note: "variants without a significant difference from the best",
			Lines: []tileLine{{Value: count(v.Alike), Interval: "of " + plural(v.Others, "other", "others")}}})
	}
	variants := tile{Name: "Variants", Note: "all variants of the sweep", Lines: []tileLine{{Value: count(len(t.Runs))}}}
	if t.Seeds != nil {
		variants.Lines[0].Interval = "counting seeds; " + plural(len(t.Rows), "row", "rows") + " in the table"
	}
	if n := len(t.Failed()); n > 0 {
		variants.Verdict = &verdict{"✕", count(n) + " failed", "down"}
	}
	return append(ts, variants)
}

// judgeRow reads a comparison with the best variant.
func judgeRow(c *sweep.Comparison) verdict {
	switch {
	case c.Method == sweep.None:
		return verdict{"?", "no interval, not tested", "same"}
	case c.Apart && c.Method == sweep.Intervals:
		return verdict{"▼", "significantly worse: intervals do not overlap", "down"}
	case c.Apart:
		return verdict{"▼", "significantly worse", "down"}
	case c.Method == sweep.Intervals && c.Overlap:
		return verdict{"≈", "inconclusive: intervals overlap", "same"}
	}
	return verdict{"≈", "not significant", "same"}
}

// howCompared says how noise was told from differences, for each way that was used.
func howCompared(t *sweep.Table) []string {
	used := map[sweep.Method]int{}
	for _, r := range t.Rows {
		if r.Against != nil {
			used[r.Against.Method]++
		}
	}
	var how []string
	if t.Seeds != nil {
		how = append(how, fmt.Sprintf("Values are means over seeds ± standard deviations, with Student's %s interval of the mean in brackets. They cover the variation between trainings on the same photos.", percentWord))
	} else if t.Main >= 0 {
		how = append(how, "Each value is from one seed. Its interval is from the variant's own scores, by a bootstrap over photos: it covers the sampling of photos, not the variation between trainings.")
	}
	pairs := "A p-value"
	if t.Pairs > 1 {
		pairs = fmt.Sprintf("The p-value is Bonferroni-corrected for all %d pairs of variants, since the best was selected from them; a value", t.Pairs)
	}
	texts := []struct {
		m    sweep.Method
		text string
	}{
		{sweep.Tukey, "Differences from the best are tested by Tukey's test" + blocked(t) + ": %s compared with it. The p-value is adjusted for all pairs of variants, since the best was selected from them; a value below 0.05 counts as significant (n.s.: not significant). The interval of the difference, in brackets, is unadjusted."},
		{sweep.Paired, "Where a difference has brackets, %s compared with the best photo by photo, by the sign test over pairs of photos. " + pairs + " below 0.05 counts as significant (n.s.: not significant). The interval of the difference, in brackets, is unadjusted."},
		{sweep.Intervals, "Where a difference has no brackets, %s compared with the best by whether the two intervals overlap, with a correction for the number of variants. This is conservative: overlapping intervals do not rule out a difference."},
		{sweep.None, "For %s no test is possible: too few seeds, or a measure without an interval."},
	}
	for _, x := range texts {
		if n := used[x.m]; n > 0 {
			who := plural(n, "variant was", "variants were")
			if x.m == sweep.None {
				who = plural(n, "variant", "variants")
			}
			how = append(how, fmt.Sprintf(x.text, who))
		}
	}
	if used[sweep.Tukey]+used[sweep.Paired]+used[sweep.Intervals] > 1 {
		how = append(how, "The best of many variants is partly the luckiest: expect it to do slightly worse on other photos and seeds.")
	}
	return how
}

// blocked says whether seeds were taken for blocks.
func blocked(t *sweep.Table) string {
	if t.Blocked {
		return ", with seeds as blocks, since all have the same seeds"
	}
	return ""
}

const percentWord = "95\u202f%"

// failure is a stage that failed, with the variants that it cost.
type failure struct {
	Problem  string
	Variants []string
}

func newFailures(t *sweep.Table) []failure {
	var fs []failure
	for _, r := range t.Failed() {
		i := slices.IndexFunc(fs, func(f failure) bool { return f.Problem == r.Problem })
		if i < 0 {
			i, fs = len(fs), append(fs, failure{Problem: r.Problem})
		}
		fs[i].Variants = append(fs[i].Variants, r.Name)
	}
	return fs
}
