package report

import (
	"slices"
	"strings"
	"testing"
)

// Plots of several axes stand side by side, so a height means the same in all, and holds all that is drawn.
func TestAxisPlotsHaveOneScale(t *testing.T) {
	plots := newAxisPlots(fakeTable(t, 3, false))
	if len(plots) != 2 || len(plots[0].Y) < 2 || !slices.Equal(plots[0].Y, plots[1].Y) {
		t.Fatalf("%d plots with other scales", len(plots))
	}
	for _, p := range plots {
		for _, l := range p.Levels {
			for _, at := range append([]float64{l.Mean.At, l.Mean.From, l.Mean.To}, l.Dots...) {
				if at < 0 || at > 1 {
					t.Errorf("%s %s: %v is outside the plot", p.Name, l.Text, at)
				}
			}
		}
	}
}

// Variants are counted with their seeds, and rows without: the tile says both.
func TestVariantsTileSaysRows(t *testing.T) {
	last := func(seeds int) tileLine {
		tiles := sweepTiles(fakeTable(t, seeds, false))
		return tiles[len(tiles)-1].Lines[0]
	}
	if l := last(3); l.Value != "36" || !strings.Contains(l.Interval, "12 rows in the table") {
		t.Errorf("with seeds: %+v", l)
	}
	if l := last(1); l.Value != "12" || l.Interval != "" {
		t.Errorf("without seeds: %+v", l)
	}
}
