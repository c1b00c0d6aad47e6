package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Sizes of the drawing of a graph, in CSS pixels.
const (
	boxWidth, boxHeight = 116, 40
	gapX, gapY          = 30, 14
	laneHeight          = 8 // of an edge that passes a column
)

// drawing is a graph laid out in columns: each stage one to the right of the last that it needs (Sugiyama, Tagawa and
// Toda 1981: layers, lanes for edges over several layers, order by the mean of what comes before).
type drawing struct {
	Width, Height int
	Boxes         []box
	Edges         []string // SVG paths
}

type box struct {
	X, Y, TX, TY1, TY2 int
	Name, Kind, State  string
}

// lane is a place in a column: a stage, or the way of the edges of a stage further left.
type lane struct {
	name   string // of the stage, or of the stage whose edges pass
	passes bool
	height float64 // mean of where what it needs lies
	y      int     // its middle
}

// layout draws the stages, which come each after its inputs; nil where there are none. An input that isn't among the
// stages is passed over.
func layout(stages []Stage) *drawing {
	if len(stages) == 0 {
		return nil
	}
	at := layers(stages)
	columns := lanes(stages, at)
	d := &drawing{Width: len(columns)*(boxWidth+gapX) - gapX + 2}
	for _, c := range columns {
		d.Height = max(d.Height, columnHeight(c)+2)
	}
	where := make([]map[string]*lane, len(columns)) // by name
	for x := range columns {
		where[x] = place(columns[x], x, where, stages, d.Height)
	}
	for _, s := range stages {
		y := where[at[s.Name]][s.Name].y
		b := box{X: left(at[s.Name]), Y: y - boxHeight/2, Name: s.Name, Kind: s.Kind, State: s.State}
		b.TX, b.TY1, b.TY2 = b.X+boxWidth/2, y-3, y+12
		d.Boxes = append(d.Boxes, b)
		for _, a := range s.After {
			if from, ok := at[a]; ok {
				d.Edges = append(d.Edges, path(a, from, s.Name, at[s.Name], where))
			}
		}
	}
	return d
}

func left(column int) int { return 1 + column*(boxWidth+gapX) }

// layers puts each stage into the column after the last of its inputs.
func layers(stages []Stage) map[string]int {
	at := map[string]int{}
	for _, s := range stages {
		x := 0
		for _, a := range s.After {
			if c, ok := at[a]; ok {
				x = max(x, c+1)
			}
		}
		at[s.Name] = x
	}
	return at
}

// lanes fills the columns. Edges of one stage share a lane.
func lanes(stages []Stage, at map[string]int) [][]*lane {
	last := map[string]int{} // the furthest column a stage is needed in
	columns := make([][]*lane, 1)
	for _, s := range stages {
		for len(columns) <= at[s.Name] {
			columns = append(columns, nil)
		}
		columns[at[s.Name]] = append(columns[at[s.Name]], &lane{name: s.Name})
		for _, a := range s.After {
			last[a] = max(last[a], at[s.Name])
		}
	}
	for _, s := range stages {
		for x := at[s.Name] + 1; x < last[s.Name]; x++ {
			columns[x] = append(columns[x], &lane{name: s.Name, passes: true})
		}
	}
	return columns
}

func columnHeight(c []*lane) int {
	h := -gapY
	for _, l := range c {
		h += l.tall() + gapY
	}
	return h
}

func (l *lane) tall() int {
	if l.passes {
		return laneHeight
	}
	return boxHeight
}

// place orders a column by where the inputs lie in the column before it, and gives each lane its middle.
func place(column []*lane, x int, where []map[string]*lane, stages []Stage, height int) map[string]*lane {
	for _, l := range column {
		if x > 0 {
			l.height = l.mean(where[x-1], stages)
		}
	}
	slices.SortStableFunc(column, func(a, b *lane) int { return cmp.Compare(a.height, b.height) })
	found := map[string]*lane{}
	y := 1 + (height-2-columnHeight(column))/2
	for _, l := range column {
		l.y = y + l.tall()/2
		y += l.tall() + gapY
		found[l.name] = l
	}
	return found
}

func (l *lane) mean(before map[string]*lane, stages []Stage) float64 {
	if l.passes {
		return float64(before[l.name].y)
	}
	i := slices.IndexFunc(stages, func(s Stage) bool { return s.Name == l.name })
	sum, n := 0.0, 0.0
	for _, a := range stages[i].After {
		if b, ok := before[a]; ok {
			sum, n = sum+float64(b.y), n+1
		}
	}
	return sum / max(n, 1)
}

// path leads from a stage to another through the lanes between them.
func path(from string, x int, to string, end int, where []map[string]*lane) string {
	var p strings.Builder
	y := where[x][from].y
	fmt.Fprintf(&p, "M%d %d", left(x)+boxWidth, y)
	for x++; x <= end; x++ {
		name := from
		if x == end {
			name = to
		}
		next, mid := where[x][name].y, left(x)-gapX/2
		fmt.Fprintf(&p, "C%d %d %d %d %d %d", mid, y, mid, next, left(x), next)
		if x < end {
			fmt.Fprintf(&p, "H%d", left(x)+boxWidth)
		}
		y = next
	}
	return p.String()
}
