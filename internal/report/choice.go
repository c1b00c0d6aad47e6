package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"fashionpipe/formats"
)

// choiceView is how the candidates for the number of clusters, or for a bandwidth, did.
type choiceView struct {
	Text  string // what was chosen, and from what
	Chart *chart // nil where a single candidate has a score
}

// newChoice is nil where nothing was chosen.
func newChoice(c *formats.Choice) *choiceView {
	if c == nil {
		return nil
	}
	best := c.Candidates[c.Chosen]
	v := &choiceView{Text: fmt.Sprintf("%s %s was chosen from %s by %s.", c.Parameter, number(best.Value),
		plural(len(c.Candidates), "candidate", "candidates"), choiceName(c))}
	if none := missing(c); none > 0 {
		v.Text += fmt.Sprintf(" %s no score: a single cluster, or one per photo.", plural(none, "candidate has", "candidates have"))
	}
	if len(c.Candidates)-missing(c) > 1 {
		v.Chart = choiceChart(c)
	}
	return v
}

func choiceName(c *formats.Choice) string {
	switch c.By {
	case "gap":
		return fmt.Sprintf("the gap statistic with %s: the first whose gap is at least the next one's minus its standard error",
			plural(c.Draws, "reference data set", "reference data sets"))
	case "stability":
		return fmt.Sprintf("the stability over %s of bootstrap resamples (adjusted Rand index)", plural(c.Draws, "pair", "pairs"))
	}
	return "the mean " + c.By
}

func missing(c *formats.Choice) (none int) {
	for _, x := range c.Candidates {
		if x.Score == nil {
			none++
		}
	}
	return none
}

// number writes a candidate as it was given.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// choiceChart draws the scores over the candidates, with their spreads as a band and the chosen one marked.
func choiceChart(c *formats.Choice) *chart {
	bs := choiceBins(c)
	low, high := math.Inf(1), math.Inf(-1)
	for _, b := range bs {
		low, high = min(low, b.low), max(high, b.high)
	}
	x, y := axis{low: bs[0].x, high: bs[len(bs)-1].x}, niceAxis(low, high, 4)
	chosen := c.Candidates[c.Chosen]
	v := &chart{Title: map[string]string{"gap": "Gap statistic", "stability": "Stability", "silhouette": "Mean silhouette"}[c.By],
		Note:  map[string]string{"gap": "± standard error", "stability": "± standard deviation over pairs"}[c.By],
		Class: "wide", XName: c.Parameter, Last: short(*chosen.Score), Y: y.ticks(4), Mark: &tick{x.at(chosen.Value), number(chosen.Value)}}
	for i := range v.Y {
		v.Y[i].At = 1 - v.Y[i].At
	}
	v.X = choiceTicks(bs, x, v.Mark.At)
	v.draw(bs, x, y)
	v.Alt = choiceAlt(v.Title, c)
	return v
}

// choiceBins are the candidates that have a score.
func choiceBins(c *formats.Choice) []bin {
	var bs []bin
	for _, x := range c.Candidates {
		if x.Score == nil {
			continue
		}
		spread := 0.0
		if x.Spread != nil {
			spread = *x.Spread
		}
		bs = append(bs, bin{x: x.Value, mean: *x.Score, low: *x.Score - spread, high: *x.Score + spread})
	}
	return bs
}

// choiceTicks names candidates below the axis, those that have room beside the others and the chosen one.
func choiceTicks(bs []bin, x axis, mark float64) []tick {
	const room = 0.05
	var ts []tick
	last := -1.0
	for _, b := range bs {
		at := x.at(b.x)
		if at-last < room || at > mark-room && at < mark+room {
			continue
		}
		ts, last = append(ts, tick{at, number(b.x)}), at
	}
	return ts
}

func choiceAlt(title string, c *formats.Choice) string {
	var parts []string
	for _, x := range c.Candidates {
		if x.Score != nil {
			parts = append(parts, number(x.Value)+": "+short(*x.Score))
		}
	}
	return fmt.Sprintf("%s by %s: %s; %s was chosen.", title, c.Parameter, strings.Join(parts, ", "), number(c.Candidates[c.Chosen].Value))
}
