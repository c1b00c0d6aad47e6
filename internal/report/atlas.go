package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// The plane a map is drawn on, in units of its SVG, and the squares of its photo view.
const (
	mapWidth, mapHeight = 1000, 760
	mapMargin           = 24
	mapColumns, mapRows = 16, 12
	sheetColumns        = 32
	palette             = 8 // colours; with four shapes they tell 32 groups apart
)

// atlas is a map of the embeddings for each model: the same photos on each.
type atlas struct {
	Maps     []embeddingMap
	Points   int
	Total    int
	Sheet    template.URL // a picture of all points' photos, sheetColumns a line
	Lines    int          // of the sheet
	Legend   []key        // categories
	Clusters bool         // some map can be coloured by cluster
}

// Columns is how many photos a line of the sheet has.
func (a *atlas) Columns() int { return sheetColumns }

// key says what a colour and shape mean.
type key struct {
	Name  string
	Color int
	Count int
}

// embeddingMap is one model's map.
type embeddingMap struct {
	ID     string
	Model  model
	Method string // of the clustering that colours it; "" if none
	Dots   []dot
	Tiles  []tileAt
	Legend []key // clusters
	Rest   int   // clusters that are grey
	X, Y   string
	Flat   bool // all points coincide
}

// dot is a photo on a map.
type dot struct {
	N              int // of the photo on the sheet
	X, Y           string
	Color, Cluster int // -1: none or too small to have a colour
	Title          string
}

// tileAt is a photo in a square of the photo view.
type tileAt struct {
	N         int
	Left, Top template.CSS
	SX, SY    template.CSS // where the photo is on the sheet
}

// newAtlas draws the map of every embedding, on a random choice of the photos that all of them have.
func newAtlas(b *builder) (*atlas, error) {
	es := b.in.Embeddings
	if len(es) == 0 || b.o.MapPoints == 0 {
		return nil, nil
	}
	rows := make([]map[string]int, len(es))
	for i, e := range es {
		rows[i] = rowsByID(e.Labels)
	}
	chosen, total := b.choose(es[0].Labels, rows)
	if len(chosen) < 3 {
		return nil, nil
	}
	a := &atlas{Points: len(chosen), Total: total, Legend: b.legend(chosen)}
	pictures := make([]int, len(chosen))
	for k, l := range chosen {
		pictures[k] = b.row[l.ID]
	}
	var err error
	if a.Sheet, err = b.thumbs.sheet(pictures, sheetColumns); err != nil {
		return nil, err
	}
	a.Lines = (len(chosen) + sheetColumns - 1) / sheetColumns
	for i, e := range es {
		m, err := b.embeddingMap(e, rows[i], chosen, a.Lines)
		if err != nil {
			return nil, err
		}
		m.ID = fmt.Sprintf("map%d", i+1)
		a.Clusters = a.Clusters || m.Method != ""
		a.Maps = append(a.Maps, m)
	}
	return a, nil
}

// choose draws the photos of the map, and keeps them in the order of the table.
func (b *builder) choose(labels []formats.Labels, rows []map[string]int) ([]formats.Labels, int) {
	var shared []int
	for i, l := range labels {
		if b.inAll(l.ID, rows) {
			shared = append(shared, i)
		}
	}
	picks := rng.New(b.o.Seed, "report", "map").Perm(len(shared))[:min(b.o.MapPoints, len(shared))]
	slices.Sort(picks)
	chosen := make([]formats.Labels, len(picks))
	for k, p := range picks {
		chosen[k] = labels[shared[p]]
	}
	return chosen, len(shared)
}

// legend lists the categories of the points, most frequent first.
func (b *builder) legend(points []formats.Labels) []key {
	counts := map[string]int{}
	for _, l := range points {
		if l.Category != "" {
			counts[l.Category]++
		}
	}
	var ks []key
	for _, n := range byCount(counts) {
		ks = append(ks, key{n, b.colors[n], counts[n]})
	}
	return ks
}

func (b *builder) embeddingMap(e EmbeddingTable, rows map[string]int, chosen []formats.Labels, lines int) (embeddingMap, error) {
	m := embeddingMap{Model: b.cast.byDigest[e.Digest]}
	x := mat.NewDense(len(chosen), e.Dim, nil)
	for k, l := range chosen {
		for j, v := range e.Row(rows[l.ID]) {
			x.Set(k, j, float64(v))
		}
	}
	p, err := pca(x, b.o.Seed)
	if err != nil {
		return m, fmt.Errorf("map of %s: %w", m.Model.Name, err)
	}
	m.X, m.Y = wholePercent(p.Share[0]), wholePercent(p.Share[1])
	m.Flat = p.Share[0] == 0
	at := fit(p.At)
	groups := b.groups(e.Digest, chosen)
	m.Method, m.Legend, m.Rest = groups.method, groups.legend, groups.rest
	for k, l := range chosen {
		d := dot{N: k, X: decimal(at[k][0], 1), Y: decimal(at[k][1], 1), Color: -1, Cluster: groups.rank(l.ID), Title: l.ID}
		if l.Category != "" {
			d.Color, d.Title = b.colors[l.Category], l.Category+", "+l.ID
		}
		m.Dots = append(m.Dots, d)
	}
	m.Tiles = tiled(at, lines)
	return m, nil
}

// fit scales points to the plane, the same in both directions, so that distances stay comparable.
func fit(ps [][2]float64) [][2]float64 {
	low, high := ps[0], ps[0]
	for _, p := range ps {
		for c := range 2 {
			low[c], high[c] = math.Min(low[c], p[c]), math.Max(high[c], p[c])
		}
	}
	w, h := float64(mapWidth-2*mapMargin), float64(mapHeight-2*mapMargin)
	scale := math.Min(w/math.Max(high[0]-low[0], 1e-12), h/math.Max(high[1]-low[1], 1e-12))
	if high[0]-low[0] < 1e-12 && high[1]-low[1] < 1e-12 {
		scale = 0
	}
	out := make([][2]float64, len(ps))
	for i, p := range ps {
		out[i] = [2]float64{
			mapWidth/2 + scale*(p[0]-(low[0]+high[0])/2),
			mapHeight/2 - scale*(p[1]-(low[1]+high[1])/2),
		}
	}
	return out
}

// tiled puts into each square of the plane the photo nearest its middle, so that photos never overlap.
func tiled(at [][2]float64, lines int) []tileAt {
	best := make([]int, mapColumns*mapRows)
	dist := make([]float64, len(best))
	for i := range best {
		best[i], dist[i] = -1, math.Inf(1)
	}
	for k, p := range at {
		fx, fy := p[0]/mapWidth*mapColumns, p[1]/mapHeight*mapRows
		cx, cy := int(fx), int(fy)
		d := math.Hypot(fx-float64(cx)-0.5, fy-float64(cy)-0.5)
		if i := cy*mapColumns + cx; d < dist[i] {
			best[i], dist[i] = k, d
		}
	}
	var ts []tileAt
	for i, k := range best {
		if k >= 0 {
			ts = append(ts, tileAt{k, percent(float64(i%mapColumns) / mapColumns), percent(float64(i/mapColumns) / mapRows),
				offset(k%sheetColumns, sheetColumns), offset(k/sheetColumns, lines)})
		}
	}
	return ts
}

// offset is the background position that shows the i-th of n pictures.
func offset(i, n int) template.CSS {
	if n < 2 {
		return percent(0)
	}
	return percent(float64(i) / float64(n-1))
}
