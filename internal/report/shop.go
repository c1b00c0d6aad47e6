package report

import (
	"fmt"
	"strings"

	"fashionpipe/formats"
	"fashionpipe/internal/consumertoshop"
)

// shopView is a result of consumer-to-shop retrieval in its one setting.
type shopView struct {
	Scores    scoreTable
	Heads     []shopHead
	Groups    []shopGroup
	Names     []string // of the published accuracies
	Published []shopPublished
	On        string // what the published were measured on
	Setting   string
}

// shopHead is a column of the groups: a model's accuracy.
type shopHead struct {
	Model   model
	Measure string
}

// shopGroup is the queries of one level of a variation.
type shopGroup struct {
	Name, Queries string
	Cells         []mark // one per head
}

// shopPublished is a row of accuracies that others reached.
type shopPublished struct {
	Name   string
	Values []string
}

func newShops(all []*formats.Metrics) []shopView {
	var views []shopView
	for _, m := range all {
		if v, ok := newShop(m); ok {
			views = append(views, v)
		}
	}
	return views
}

func newShop(m *formats.Metrics) (shopView, bool) {
	p := m.Protocol
	if p == nil {
		return shopView{}, false
	}
	c := newCast(Input{Scores: m})
	t, ok := retrievalTable(m, c, p.Boxes)
	if !ok {
		return shopView{}, false
	}
	v := shopView{Scores: t, Setting: consumertoshop.SettingName(p.Boxes)}
	v.Scores.Title = "With " + v.Setting
	var names []string
	for _, md := range t.Models {
		names = append(names, md.Role+": "+md.Name)
	}
	v.Scores.About = strings.Join(names, "; ")
	v.Scores.Counts = shopCounts(p)
	v.groups(p, c)
	v.published(p.Boxes)
	return v, true
}

// shopCounts says which queries counted as missed.
func shopCounts(p *formats.Protocol) []string {
	lines := []string{fmt.Sprintf("%s, %s of shop photos", plural(p.Queries, "query", "queries"), plural(p.Gallery, "annotated item", "annotated items"))}
	if p.Unavailable > 0 {
		lines = append(lines, count(p.Unavailable)+" without a shop item of their garment count as missed")
	}
	for _, m := range p.Models {
		if m.Missed > 0 {
			lines = append(lines, fmt.Sprintf("%s without a result of %s count as missed", count(m.Missed), m.Role))
		}
	}
	return lines
}

func (v *shopView) groups(p *formats.Protocol, c *cast) {
	measures := consumertoshop.Measures()
	for _, measure := range []string{measures[0], measures[len(measures)-1]} {
		for _, md := range c.list() {
			v.Heads = append(v.Heads, shopHead{md, measureName(measure)})
		}
	}
	level := func(g formats.GroupScore) string { return strings.ReplaceAll(g.Attribute, "_", "-") + ": " + g.Name }
	for _, name := range distinct(p.Groups, level) {
		g := shopGroup{Name: name}
		for _, h := range v.Heads {
			k := mark{Model: h.Model, Value: "–", Missing: true}
			for _, s := range p.Groups {
				if level(s) == name && s.Role == h.Model.Role && measureName(s.Measure) == h.Measure {
					g.Queries = plural(s.Queries, "query", "queries")
					k = newMark(h.Model, axis{low: 0, high: 1}, s.Value, s.Low, s.High)
				}
			}
			g.Cells = append(g.Cells, k)
		}
		v.Groups = append(v.Groups, g)
	}
}

func (v *shopView) published(boxes string) {
	for _, m := range consumertoshop.Measures() {
		v.Names = append(v.Names, measureName(m))
	}
	v.On = consumertoshop.PublishedOn(boxes)
	for _, p := range consumertoshop.PublishedRows {
		if p.Boxes != boxes {
			continue
		}
		row := shopPublished{Name: p.Name}
		for _, a := range p.Accuracy {
			text := "–"
			if a >= 0 {
				text = decimal(a, 3)
			}
			row.Values = append(row.Values, text)
		}
		v.Published = append(v.Published, row)
	}
}
