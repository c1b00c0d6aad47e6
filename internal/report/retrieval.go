package report

import (
	"fmt"
	"math"
	"strings"

	"fashionpipe/formats"
)

// scoreTable is one table of measures with a plot of their intervals.
type scoreTable struct {
	Title  string // "Same garment"
	About  string // what the measures are, where that is not said above all tables
	Ticks  []tick
	Rows   []measureRow
	Counts []string // queries and what was skipped
	Models []model
	Diff   bool // some row has a difference
}

// measureRow is a measure of every model.
type measureRow struct {
	Name    string
	Marks   []mark
	Chance  []mark // what a random order would reach, the same for all models; empty where that is not known
	Diff    string
	Range   string
	Verdict verdict
}

// mark is a value with its interval and their places on the plot.
type mark struct {
	Model           model
	Value, Interval string
	At, From, To    float64 // shares of the axis
	HasInterval     bool
	Missing         bool
}

// newMark places a value on an axis.
func newMark(m model, a axis, value, low, high float64) mark {
	k := mark{Model: m, Value: decimal(value, 3), Interval: interval(low, high, decimal), Missing: math.IsNaN(value)}
	if !k.Missing {
		k.At = a.at(value)
	}
	if k.Interval != "" {
		k.HasInterval, k.From, k.To = true, a.at(low), a.at(high)
	}
	return k
}

func newRetrieval(m *formats.Metrics, c *cast) []scoreTable {
	if m == nil {
		return nil
	}
	var tables []scoreTable
	for _, by := range distinct(m.Retrieval, func(r formats.RetrievalScore) string { return r.By }) {
		if t, ok := retrievalTable(m, c, by); ok {
			tables = append(tables, t)
		}
	}
	return tables
}

func retrievalTable(m *formats.Metrics, c *cast, by string) (scoreTable, bool) {
	var scores []formats.RetrievalScore
	low, high, measured := 0.0, 0.0, false
	for _, r := range m.Retrieval {
		if r.By == by {
			scores = append(scores, r)
			low = min(low, orZero(r.Value), orZero(r.Low))
			high = max(high, orZero(r.Value), orZero(r.High), orZero(r.Chance))
			measured = measured || !math.IsNaN(r.Value)
		}
	}
	if !measured {
		return scoreTable{}, false
	}
	a := niceAxis(low, max(high, 0.01), 5)
	t := scoreTable{Title: "Same " + by, Ticks: a.ticks(5), Models: c.list(), Counts: queryCounts(scores, c)}
	if g := galleryRows(m); g > 0 {
		t.Counts = append(t.Counts, "neighbours from a gallery of "+plural(g, "photo", "photos"))
	}
	for _, name := range distinct(scores, func(r formats.RetrievalScore) string { return r.Measure }) {
		row := measureRow{Name: measureName(name)}
		for _, md := range t.Models {
			k := mark{Model: md, Value: "–", Missing: true}
			for _, r := range scores {
				if r.Measure == name && r.Role == md.Role {
					k = newMark(md, a, r.Value, r.Low, r.High)
					if !math.IsNaN(r.Chance) {
						row.Chance = []mark{newMark(model{}, a, r.Chance, math.NaN(), math.NaN())}
					}
				}
			}
			row.Marks = append(row.Marks, k)
		}
		for _, d := range m.Difference {
			if d.By == by && d.Measure == name {
				row.Diff, row.Range, row.Verdict = difference(d.Value, 3), interval(d.Low, d.High, difference), judge(d)
				t.Diff = true
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, true
}

// galleryRows is how many photos neighbours were looked for in; 0 where the queries are each other's neighbours.
func galleryRows(m *formats.Metrics) int {
	if len(m.Models) == 0 {
		return 0
	}
	return m.Models[0].GalleryRows // of all models the same
}

// queryCounts says how many queries were counted and skipped; once where the models agree.
func queryCounts(scores []formats.RetrievalScore, c *cast) []string {
	var lines []string
	for _, md := range c.list() {
		for _, r := range scores {
			if r.Role != md.Role {
				continue
			}
			lines = append(lines, plural(r.Queries, "query", "queries")+" counted"+skipped(r))
			break
		}
	}
	if len(lines) == 2 && lines[0] == lines[1] {
		return lines[:1]
	}
	for i := range lines {
		lines[i] = c.list()[i].Role + ": " + lines[i]
	}
	return lines
}

// skipped says what the queries without a positive would change if they counted.
func skipped(r formats.RetrievalScore) string {
	if r.Skipped == 0 {
		return ""
	}
	all := r.Queries + r.Skipped
	return fmt.Sprintf("; %s (%s %%) without a positive are left out; counted as 0, they would multiply each value by %s",
		count(r.Skipped), decimal(100*float64(r.Skipped)/float64(all), 1), decimal(float64(r.Queries)/float64(all), 3))
}

// measureName writes a measure as people do.
func measureName(m string) string {
	names := map[string]string{"r_precision": "R-precision", "map@r": "mAP@R", "nmi": "NMI", "ami": "AMI", "ari": "ARI",
		"v_measure": "V-measure"}
	if n, ok := names[m]; ok {
		return n
	}
	for raw, written := range map[string]string{"map@": "mAP@", "mrr@": "MRR@", "ndcg@": "nDCG@"} {
		if k, ok := strings.CutPrefix(m, raw); ok {
			return written + k
		}
	}
	if m == "" {
		return m
	}
	return strings.ToUpper(m[:1]) + strings.ReplaceAll(m[1:], "_", " ")
}

// distinct lists the different keys of xs in the order they are met.
func distinct[T any](xs []T, key func(T) string) []string {
	seen := map[string]bool{}
	var out []string
	for _, x := range xs {
		if k := key(x); !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}

func orZero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}
