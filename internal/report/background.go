package report

import (
	"math"
	"strings"

	"fashionpipe/formats"
)

// backgroundTables are the two ways to tell the background's part, in the order they are shown.
var backgroundTables = []struct {
	title, about string
	measures     []string // how their names begin
}{
	{"By scene", "Sensitivity: the probability that a photo of another garment in the query's scene is nearer than a photo of the " +
		"query's garment in another scene. 0: only the garment counts; 0.5: both count the same; 1: only the scene counts. " +
		"Confusion: the same for photos of other garments in other scenes, without any help of the scene. Excess: the " +
		"difference of the two, the effect of the scene. " +
		"Scene@k and Garment@k: the fractions of the first k neighbours that share the query's scene and garment.",
		[]string{"sensitivity", "confusion", "excess", "scene@", "garment@"}},
	{"Against the same photos without background", "Overlap@k: the fraction of the first k neighbours that stay when the " +
		"background is removed. Explained@k: the rest, an upper bound of what the background explains.",
		[]string{"overlap@", "explained@"}},
}

func newBackground(m *formats.Metrics, c *cast) []scoreTable {
	if m == nil {
		return nil
	}
	var tables []scoreTable
	for _, of := range backgroundTables {
		part := &formats.Metrics{}
		for _, s := range m.Background {
			if beginsWith(s.Measure, of.measures) {
				part.Retrieval = append(part.Retrieval, formats.RetrievalScore{Role: s.Role, Measure: s.Measure, Value: s.Value,
					Low: s.Low, High: s.High, Chance: s.Chance, Queries: s.Queries, Skipped: s.Skipped})
			}
		}
		for _, d := range m.Difference {
			if d.By == "background" {
				part.Difference = append(part.Difference, formats.Difference{Measure: d.Measure, Value: d.Value, Low: d.Low, High: d.High})
			}
		}
		t, ok := retrievalTable(part, c, "")
		if !ok {
			continue
		}
		t.Title, t.About = of.title, of.about
		t.Counts = []string{plural(part.Retrieval[0].Queries, "query", "queries") + " counted"}
		if n := part.Retrieval[0].Skipped; n > 0 {
			t.Counts[0] += "; " + count(n) + " left out for lack of photos to compare"
		}
		tables = append(tables, t)
	}
	return tables
}

// backgroundTiles show how much the background counts, of its measures those that answer that by themselves.
func backgroundTiles(m *formats.Metrics, c *cast) []tile {
	var ts []tile
	for _, of := range []struct{ measure, name, note string }{
		{"sensitivity", "Background sensitivity", "0: only the garment counts; 1: only the scene"},
		{"excess", "Background excess", "effect of the scene on similarity; 0: none"},
	} {
		t := tile{Name: of.name, Note: of.note}
		for _, md := range c.list() {
			for _, s := range m.Background {
				if s.Measure == of.measure && s.Role == md.Role && !math.IsNaN(s.Value) {
					t.Lines = append(t.Lines, tileLine{md, decimal(s.Value, 3), interval(s.Low, s.High, decimal)})
				}
			}
		}
		for _, d := range m.Difference {
			if d.By == "background" && d.Measure == of.measure {
				t.compare(d)
			}
		}
		if len(t.Lines) > 0 {
			ts = append(ts, t)
		}
	}
	return ts
}

func beginsWith(name string, beginnings []string) bool {
	for _, b := range beginnings {
		if strings.HasPrefix(name, b) {
			return true
		}
	}
	return false
}

// lessIsBetter says of a measure of the background that a model is better with less of it.
func lessIsBetter(d formats.Difference) bool {
	return beginsWith(d.Measure, []string{"sensitivity", "confusion", "excess", "scene@", "explained@"})
}
