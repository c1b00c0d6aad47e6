package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// chart is a line over steps. Places are shares of the plot, y from the top; the template stretches them over whatever
// room there is, so that text keeps its size on a phone.
type chart struct {
	Title, Note string
	Alt         string // the chart in words
	Last        string // the value at the end, or where the weights were kept
	Log         bool
	Class       string // "wide", "half" or "": how much of the line it takes
	Line, Band  string // SVG points, 0 … 1000 each way; Band is the spread within a bin, "" if there is none
	X, Y        []tick
	XName       string // what runs along the bottom
	Mark        *tick  // a place on the x axis to point out; nil: none
	Lines       []refLine
	x           axis
}

// refLine is a value to compare with.
type refLine struct {
	At    float64 // from the top
	Text  string
	Class string // "good", "bad" or ""
	Under bool   // the text goes below the line
}

// reference is a refLine before it has a place.
type reference struct {
	value       float64
	text, class string
}

// point is a measured value.
type point struct{ x, y float64 }

// maxBins is how many points a line may have; longer histories are averaged.
const maxBins = 300

// bin is a stretch of a history.
type bin struct{ x, mean, low, high float64 }

// bins averages points into at most maxBins stretches of equal number.
func bins(ps []point) []bin {
	n := min(len(ps), maxBins)
	bs := make([]bin, 0, n)
	for b := range n {
		part := ps[b*len(ps)/n : (b+1)*len(ps)/n]
		v := bin{x: part[len(part)-1].x, low: math.Inf(1), high: math.Inf(-1)}
		for _, p := range part {
			v.mean += p.y / float64(len(part))
			v.low, v.high = math.Min(v.low, p.y), math.Max(v.high, p.y)
		}
		bs = append(bs, v)
	}
	return bs
}

// newChart draws points, which must not be empty, with reference lines. log asks for a logarithmic axis, which is
// used where all values are above 0 and spread over more than a factor of 30.
func newChart(title string, ps []point, log bool, refs ...reference) *chart {
	bs := bins(ps)
	low, high := math.Inf(1), math.Inf(-1)
	for _, b := range bs {
		low, high = math.Min(low, b.low), math.Max(high, b.high)
	}
	c := &chart{Title: title, XName: "step", Last: short(ps[len(ps)-1].y), Log: log && low > 0 && high/low > 30}
	dataLow, dataHigh := low, high
	for _, r := range refs {
		low, high = math.Min(low, r.value), math.Max(high, r.value)
	}
	y := niceAxis(low, high, 4)
	if c.Log {
		y = axis{low: low, high: high, log: true}
	}
	x := axis{low: math.Min(1, ps[0].x), high: ps[len(ps)-1].x}
	c.X, c.Y = slices.DeleteFunc(x.ticks(4), func(t tick) bool { return strings.Contains(t.Text, ".") }), y.ticks(4) // no half steps
	for i := range c.Y {
		c.Y[i].At = 1 - c.Y[i].At
	}
	c.x = x
	c.draw(bs, x, y)
	for _, r := range refs {
		at := 1 - y.at(r.value)
		c.Lines = append(c.Lines, refLine{At: at, Text: r.text, Class: r.class, Under: at < 0.12})
	}
	c.Alt = title + ": from " + short(ps[0].y) + " at the first measurement to " + c.Last + " at the last, between " +
		short(dataLow) + " and " + short(dataHigh) + "."
	return c
}

// keep points out the place that the weights were taken from, and gives the value there in place of the last.
func (c *chart) keep(ps []point, x float64) {
	const room = 0.12 // of a label
	at := c.x.at(x)
	c.Mark = &tick{at, "kept"}
	c.X = slices.DeleteFunc(c.X, func(t tick) bool { return math.Abs(t.At-at) < room })
	i, _ := slices.BinarySearchFunc(ps, x, func(p point, x float64) int {
		if p.x <= x {
			return -1
		}
		return 1
	})
	if i > 0 {
		c.Last = short(ps[i-1].y)
		c.Alt += " Kept: " + c.Last + "."
	}
}

func (c *chart) draw(bs []bin, x, y axis) {
	var line, top, bottom []string
	spread := false
	for _, b := range bs {
		at := 1000 * x.at(b.x)
		line = append(line, pair(at, 1000*(1-y.at(b.mean))))
		top = append(top, pair(at, 1000*(1-y.at(b.high))))
		bottom = append(bottom, pair(at, 1000*(1-y.at(b.low))))
		spread = spread || b.high > b.low
	}
	if len(line) == 1 {
		line = append(line, line[0]) // a line of no length with round ends is a dot
	}
	c.Line = strings.Join(line, " ")
	if spread {
		for i := len(bottom) - 1; i >= 0; i-- {
			top = append(top, bottom[i])
		}
		c.Band = strings.Join(top, " ")
	}
}

func pair(x, y float64) string {
	return strconv.FormatFloat(x, 'f', 1, 64) + "," + strconv.FormatFloat(y, 'f', 1, 64)
}
