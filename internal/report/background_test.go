package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
)

// backgroundScores are scores of ours, which follows the background less than the baseline does.
func backgroundScores() *formats.Metrics {
	m := fakeScores()
	for i, name := range []string{"sensitivity", "scene@5", "garment@5"} {
		o, b := []float64{0.2, 0.1, 0.6}[i], []float64{0.5, 0.4, 0.3}[i]
		m.Background = append(m.Background,
			formats.BackgroundScore{Role: ours, Measure: name, Value: o, Low: o - 0.05, High: o + 0.05, Chance: 0.5, Queries: 90, Skipped: 10},
			formats.BackgroundScore{Role: baseline, Measure: name, Value: b, Low: b - 0.05, High: b + 0.05, Chance: 0.5, Queries: 90, Skipped: 10})
		m.Difference = append(m.Difference, formats.Difference{By: "background", Measure: name, Value: o - b, Low: o - b - 0.1, High: o - b + 0.1})
	}
	for i, name := range []string{"overlap@5", "explained@5"} {
		v := []float64{0.7, 0.3}[i]
		m.Background = append(m.Background, formats.BackgroundScore{Role: ours, Measure: name, Value: v, Low: math.NaN(), High: math.NaN(), Chance: math.NaN(), Queries: 100})
	}
	return m
}

func TestBackground(t *testing.T) {
	in := fakeInput(40, false)
	in.Scores = backgroundScores()
	tables := newBackground(in.Scores, newCast(in))
	if len(tables) != 2 {
		t.Fatalf("%d tables", len(tables))
	}
	for _, row := range tables[0].Rows { // less sensitive, fewer neighbours of the scene, more of the garment
		if row.Verdict.Class != "up" {
			t.Errorf("%s: %+v", row.Name, row.Verdict)
		}
	}
	if got := tables[0].Rows[0]; got.Name != "Sensitivity" || got.Diff != "−0.300" || got.Marks[0].Value != "0.200" || len(got.Chance) != 1 {
		t.Errorf("first row %+v", got)
	}
	if !slices.Equal(tables[0].Counts, []string{"90 queries counted; 10 left out for lack of photos to compare"}) {
		t.Errorf("counts %q", tables[0].Counts)
	}
	if rows := tables[1].Rows; len(rows) != 2 || rows[1].Name != "Explained@5" || rows[1].Marks[0].Value != "0.300" || !rows[1].Marks[1].Missing {
		t.Errorf("without background: %+v", tables[1].Rows)
	}
	_, root := write(t, in, Defaults())
	if got := sections(root); !strings.HasPrefix(got, "retrieval background clustering") {
		t.Errorf("sections %q", got)
	}
	if newBackground(fakeScores(), newCast(in)) != nil || newBackground(nil, newCast(in)) != nil {
		t.Error("tables of what was not measured")
	}
}

// TestBackgroundTiles: less sensitivity is better, and what has no scores has no tile.
func TestBackgroundTiles(t *testing.T) {
	in := fakeInput(40, false)
	in.Scores = backgroundScores()
	tiles := backgroundTiles(in.Scores, newCast(in))
	if len(tiles) != 1 || tiles[0].Name != "Background sensitivity" || len(tiles[0].Lines) != 2 {
		t.Fatalf("%+v", tiles)
	}
	if got := tiles[0]; got.Lines[0].Value != "0.200" || got.Diff != "−0.300" || got.Range != "[−0.400,\u00a0−0.200]" || got.Verdict.Class != "up" {
		t.Errorf("%+v", got)
	}
}
