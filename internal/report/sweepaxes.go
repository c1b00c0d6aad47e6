package report

import (
	"fmt"
	"math"
	"strings"

	"fashionpipe/internal/sweep"
)

// axisPlot is the measure against the values of an axis, the other axes averaged. Places are shares of the plot, from
// the left and from the top.
type axisPlot struct {
	Name   string
	Alt    string
	Spread string // of the means, for the corner
	Wide   bool
	Y      []tick
	Levels []levelMark
	Line   string // SVG points through the means
	Lines  []refLine
	Room   float64
}

// levelMark is a value of the axis.
type levelMark struct {
	Text, Label string // Label is "" where there is no room for it
	At          float64
	Mean        mark
	Dots        []float64 // the variants, from the top
	N           string
}

// mostLabels is how many values of an axis get a label.
const mostLabels = 12

// newAxisPlots draws the axes that have more than one value.
func newAxisPlots(t *sweep.Table) []*axisPlot {
	var plots []*axisPlot
	if t.Main < 0 {
		return nil
	}
	var all []sweep.Level // one scale for all plots, since people compare them side by side
	for _, i := range t.Varying() {
		all = append(all, t.Levels(i)...)
	}
	chance := newChanceLevel(t, t.Main)
	y := levelAxis(all, chance.At)
	for _, i := range t.Varying() {
		plots = append(plots, newAxisPlot(t.Axes[i], t.Levels(i), y, chance))
	}
	return plots
}

func newAxisPlot(a sweep.Axis, levels []sweep.Level, y axis, chance chanceLevel) *axisPlot {
	p := &axisPlot{Name: a.Name, Wide: len(levels) > 8, Y: y.ticks(4), Room: 1 / float64(min(len(levels), mostLabels))}
	for i := range p.Y {
		p.Y[i].At = 1 - p.Y[i].At
	}
	every := (len(levels) + mostLabels - 1) / mostLabels
	low, high := math.Inf(1), math.Inf(-1)
	var line, words []string
	for i, l := range levels {
		m := levelMark{Text: l.Value, At: (float64(i) + 0.5) / float64(len(levels)), N: fmt.Sprintf("%d of %d", len(l.Each), l.Rows)}
		if i%every == 0 {
			m.Label = l.Value
		}
		m.Mean = newMark(model{Role: ours}, y, l.Mean.Mean, l.Mean.Low, l.Mean.High)
		m.Mean.At, m.Mean.From, m.Mean.To = 1-m.Mean.At, 1-m.Mean.To, 1-m.Mean.From // from the top
		for _, v := range l.Each {
			m.Dots = append(m.Dots, 1-y.at(v))
		}
		if !m.Mean.Missing {
			line = append(line, pair(1000*m.At, 1000*m.Mean.At))
			low, high = math.Min(low, l.Mean.Mean), math.Max(high, l.Mean.Mean)
			words = append(words, l.Value+" "+m.Mean.Value)
		}
		p.Levels = append(p.Levels, m)
	}
	for _, k := range chance.mark(y) {
		p.Lines = append(p.Lines, refLine{At: 1 - k.At, Text: "chance", Class: "bad", Under: k.At > 0.88})
	}
	p.Line = strings.Join(line, " ")
	p.Alt = "Means by " + a.Name + ": " + strings.Join(words, ", ") + "."
	if low < high {
		p.Spread = decimal(high-low, 3)
	}
	return p
}

func levelAxis(levels []sweep.Level, chance float64) axis {
	low, high := math.Inf(1), math.Inf(-1)
	if !math.IsNaN(chance) {
		low, high = chance, chance
	}
	for _, l := range levels {
		for _, v := range append([]float64{l.Mean.Mean, l.Mean.Low, l.Mean.High}, l.Each...) {
			if !math.IsNaN(v) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	if low > high {
		return axis{low: 0, high: 1}
	}
	return niceAxis(low, high, 4)
}

// howAxes says what the plots' bars are.
func howAxes(t *sweep.Table) string {
	if t.Seeds != nil {
		return "Bars are Student's " + percentWord + " intervals of these means, over seeds."
	}
	return "Bars are the mean of the variants' intervals, which is slightly too wide."
}
