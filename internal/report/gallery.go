package report

import (
	"fmt"
	"html/template"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// galleries show queries with their nearest photos, one line of them a model.
type galleries struct {
	Heads    []model
	Metrics  []string // how nearness was measured, one a head
	Queries  []query
	Total    int // photos the queries were drawn from
	Top      int
	Seed     uint64
	Labelled bool
	Garments bool // some photos have a positive by garment
}

// query is a photo and what each model finds nearest.
type query struct {
	Shot  shot
	Lines []lineup
}

// lineup is what one model finds, nearest first.
type lineup struct {
	Model model
	Shots []shot
	Tally string // "4 of 5 match"
}

// shot is a photo on the page.
type shot struct {
	URI     template.URL
	Alt     string
	Caption string
	Score   string
	Mark    string // "garment", "category" or "other"; "" where the query has no labels
}

// Says is the mark in words.
func (s shot) Says() string {
	switch s.Mark {
	case "garment":
		return "same garment"
	case "category":
		return "same category"
	case "other":
		return "other category"
	}
	return ""
}

// Symbol tells the marks apart without colour.
func (s shot) Symbol() string {
	switch s.Mark {
	case "garment":
		return "✓✓"
	case "category":
		return "✓"
	case "other":
		return "✕"
	}
	return ""
}

// newGalleries draws queries among the photos that every model has.
func newGalleries(b *builder) (*galleries, error) {
	ns := b.in.Neighbours
	if len(ns) == 0 || b.o.Queries == 0 || b.o.Top == 0 {
		return nil, nil
	}
	g := &galleries{Top: b.o.Top, Seed: b.o.Seed}
	rows := make([]map[string]int, len(ns)) // by id
	for i, n := range ns {
		m := b.cast.byDigest[n.Meta.Embeddings]
		g.Heads, g.Metrics = append(g.Heads, m), append(g.Metrics, nearness(n))
		rows[i] = rowsByID(n.Labels)
	}
	var shared []int
	for q, l := range ns[0].Labels {
		if b.inAll(l.ID, rows) {
			shared = append(shared, q)
		}
	}
	g.Total = len(shared)
	r := rng.New(b.o.Seed, "report", "queries")
	for _, p := range r.Perm(len(shared))[:min(b.o.Queries, len(shared))] {
		q, err := b.query(ns[0].Labels[shared[p]], rows)
		if err != nil {
			return nil, err
		}
		g.note(q)
		g.Queries = append(g.Queries, q)
	}
	if len(g.Queries) == 0 {
		return nil, nil
	}
	return g, nil
}

func (g *galleries) note(q query) {
	for _, l := range q.Lines {
		for _, s := range l.Shots {
			g.Labelled = g.Labelled || s.Mark != ""
			g.Garments = g.Garments || s.Mark == "garment"
		}
	}
}

// nearness says how it was measured, and among what if not among the queries.
func nearness(n *formats.Neighbours) string {
	text := n.Meta.Metric + " similarity, higher is nearer"
	if n.Meta.Metric == "l2" {
		text = "L2 distance, lower is nearer"
	}
	if n.HasGallery() {
		text += "; in a gallery of " + plural(len(n.Gallery), "photo", "photos")
	}
	return text
}

// inAll says whether a photo has a picture and a row in every table.
func (b *builder) inAll(id string, tables []map[string]int) bool {
	if _, ok := b.row[id]; !ok {
		return false
	}
	for _, t := range tables {
		if _, ok := t[id]; !ok {
			return false
		}
	}
	return true
}

func (b *builder) query(l formats.Labels, rows []map[string]int) (query, error) {
	s, err := b.shot(l, galleryPixels)
	if err != nil {
		return query{}, err
	}
	q := query{Shot: s}
	for i, n := range b.in.Neighbours {
		line := lineup{Model: b.cast.byDigest[n.Meta.Embeddings]}
		index, score := n.Row(rows[i][l.ID])
		hits, labelled := 0, false
		among, labels := b.album, n.Found()
		if n.HasGallery() {
			among = b.gallery
		}
		for k := range min(b.o.Top, len(index)) {
			found := labels[index[k]]
			s, err := among.shot(found, galleryPixels)
			if err != nil {
				return query{}, err
			}
			s.Score, s.Mark = decimal(float64(score[k]), 3), compare(l, found)
			if s.Mark == "garment" || s.Mark == "category" {
				hits++
			}
			labelled = labelled || s.Mark != ""
			line.Shots = append(line.Shots, s)
		}
		if labelled {
			line.Tally = fmt.Sprintf("%d of %d match", hits, len(line.Shots))
		}
		q.Lines = append(q.Lines, line)
	}
	return q, nil
}

// compare says how a found photo relates to its query.
func compare(query, found formats.Labels) string {
	switch {
	case query.Garment() != "" && query.Garment() == found.Garment():
		return "garment"
	case query.Category == "":
		return ""
	case query.Category == found.Category:
		return "category"
	}
	return "other"
}

// rowsByID finds rows by their id.
func rowsByID(labels []formats.Labels) map[string]int {
	rows := make(map[string]int, len(labels))
	for i, l := range labels {
		rows[l.ID] = i
	}
	return rows
}
