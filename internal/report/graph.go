package report

import (
	"cmp"
	"slices"
)

// Sizes of the drawing of a graph, in CSS pixels.
const (
	boxWidth, boxHeight = 132, 40
	gapX, gapY          = 44, 16
)

// drawing is a graph laid out in columns: each stage one to the right of the last that it needs.
type drawing struct {
	Width, Height int
	Boxes         []box
	Edges         []edge
}

type box struct {
	X, Y, TX, TY1, TY2 int
	Name, Kind, State  string
}

type edge struct{ X1, Y1, X2, Y2, MX int }

// layout lays out the stages; nil where there are none. Within a column they are sorted by the mean height of what they
// need, which keeps crossings few.
func layout(stages []Stage) *drawing {
	if len(stages) == 0 {
		return nil
	}
	columns, at := layers(stages)
	tallest := 0
	for _, c := range columns {
		tallest = max(tallest, len(c))
	}
	d := &drawing{Width: len(columns)*(boxWidth+gapX) - gapX + 2, Height: tallest*(boxHeight+gapY) - gapY + 2}
	boxes := map[string]box{}
	for x, column := range columns {
		top := (tallest - len(column)) * (boxHeight + gapY) / 2
		for y, i := range column {
			s := stages[i]
			b := box{X: 1 + x*(boxWidth+gapX), Y: 1 + top + y*(boxHeight+gapY), Name: s.Name, Kind: s.Kind, State: s.State}
			b.TX, b.TY1, b.TY2 = b.X+boxWidth/2, b.Y+17, b.Y+32
			boxes[s.Name] = b
			d.Boxes = append(d.Boxes, b)
		}
	}
	for _, s := range stages {
		for _, a := range s.After {
			if _, ok := at[a]; !ok {
				continue
			}
			from, to := boxes[a], boxes[s.Name]
			e := edge{X1: from.X + boxWidth, Y1: from.Y + boxHeight/2, X2: to.X, Y2: to.Y + boxHeight/2}
			e.MX = (e.X1 + e.X2) / 2
			d.Edges = append(d.Edges, e)
		}
	}
	return d
}

// layers puts each stage into the column after the last of its inputs. Stages come in an order where inputs come
// first; an input that isn't among them is passed over.
func layers(stages []Stage) (columns [][]int, at map[string]int) {
	at = map[string]int{}
	height := map[string]float64{}
	for i, s := range stages {
		x, sum, n := 0, 0.0, 0
		for _, a := range s.After {
			if c, ok := at[a]; ok {
				x, sum, n = max(x, c+1), sum+height[a], n+1
			}
		}
		for len(columns) <= x {
			columns = append(columns, nil)
		}
		at[s.Name] = x
		height[s.Name] = float64(len(columns[x]))
		if n > 0 {
			height[s.Name] = sum/float64(n) + 1e-3*float64(i)
		}
		columns[x] = append(columns[x], i)
	}
	for _, c := range columns {
		sortByHeight(c, stages, height)
	}
	return columns, at
}

func sortByHeight(column []int, stages []Stage, height map[string]float64) {
	slices.SortStableFunc(column, func(a, b int) int { return cmp.Compare(height[stages[a].Name], height[stages[b].Name]) })
}
