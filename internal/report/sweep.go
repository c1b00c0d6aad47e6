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
		ts = append(ts, tile{Name: "As good, as far as is known", Note: "other variants that can't be told from the best",
			Lines: []tileLine{{Value: count(v.Alike), Interval: "of " + plural(v.Others, "other", "others")}}})
	}
	variants := tile{Name: "Variants", Note: "all that the sweep names", Lines: []tileLine{{Value: count(len(t.Runs))}}}
	if t.Seeds != nil {
		variants.Lines[0].Interval = "with their seeds; " + plural(len(t.Rows), "row", "rows") + " without"
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
		return verdict{"?", "no interval, so it may be noise", "same"}
	case c.Apart && c.Method == sweep.Intervals:
		return verdict{"▼", "worse, intervals apart", "down"}
	case c.Apart:
		return verdict{"▼", "worse", "down"}
	case c.Method == sweep.Intervals && c.Overlap:
		return verdict{"≈", "intervals overlap, so it may be noise", "same"}
	}
	return verdict{"≈", "difference inside the noise", "same"}
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
		how = append(how, fmt.Sprintf("Values are means over seeds, with ± the standard deviation and Student's %s interval of the mean in brackets. They tell what another training would change, on the same photos.", percentWord))
	} else if t.Main >= 0 {
		how = append(how, "Each value is of one seed. Its interval is the bootstrap over photos of the variant's own scores: it tells what other photos would change, not another training.")
	}
	pairs := "A p"
	if t.Pairs > 1 {
		pairs = fmt.Sprintf("Its p is corrected for all %d pairs of variants, since the best was picked as the best;", t.Pairs)
	}
	texts := []struct {
		m    sweep.Method
		text string
	}{
		{sweep.Tukey, "Differences to the best are judged by Tukey's test" + blocked(t) + ": %s compared with it. Its p holds for all pairs of variants at once, since the best was picked as the best; below 0.05 counts as more than noise. The brackets hold the difference by itself."},
		{sweep.Paired, "Where brackets stand by a difference, %s compared photo by photo, by the sign test over pairs of photos. " + pairs + " below 0.05 counts as more than noise. The brackets hold the difference by itself."},
		{sweep.Intervals, "Without such brackets, %s compared by whether both intervals overlap, and lie apart by more than luck explains among so many. That is careful: those that overlap may differ all the same."},
		{sweep.None, "For %s there is nothing to tell noise by: too few seeds, or a measure without an interval."},
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
		how = append(how, "The best of many is partly the luckiest: expect a little less of it on other photos and seeds.")
	}
	return how
}

// blocked says whether seeds were taken for blocks.
func blocked(t *sweep.Table) string {
	if t.Blocked {
		return ", seed by seed, as all have the same seeds"
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
