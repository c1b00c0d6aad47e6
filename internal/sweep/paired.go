package sweep

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/judge"
	"fashionpipe/internal/parallel"
)

// mostPaired is how many variants are compared by their photos, since each has to be read; the nearest to the best.
const mostPaired = 50

// pairing compares variants photo by photo with the best one.
type pairing struct {
	table   *Table
	best    *Row
	measure string
	memory  *Memory
	ours    *asked // of the best, once read
	tried   bool
	found   map[*Row]facts // of rows whose lists were read; of no groups where they tell nothing
}

// asked is what became of each query of a variant.
type asked struct {
	ids    []string
	hits   []float64 // by query: 1 if one of the first k is right, else 0
	groups []int     // queries whose luck goes together
}

// compare sets the i-th row after the best against it: photo by photo where that can be done, else by their intervals.
func (p *pairing) compare(ctx context.Context, row *Row, i int) Comparison {
	if i < mostPaired && ctx.Err() == nil {
		if c, ok := p.with(row); ok {
			return c
		}
	}
	return p.table.byIntervals(p.table.Value(row.Runs[0], p.measure), p.table.Value(p.best.Runs[0], p.measure))
}

// with compares a row with the best, and says whether that could be done: the measure is recall, both have a list of
// neighbours that gives the recall their scores say, and both were asked for the same photos.
func (p *pairing) with(row *Row) (Comparison, bool) {
	key := p.key(row.Runs[0])
	f, known := p.memory.get(key)
	if !known {
		if f, known = p.found[row]; !known {
			f = p.look(row)
		}
		p.memory.put(key, f)
	}
	if f.Groups < 2 {
		return Comparison{}, false
	}
	half := distuv.UnitNormal.Quantile((1+Confidence)/2) * f.Error
	c := Comparison{Method: Paired, Difference: f.Difference, Low: f.Difference - half, High: f.Difference + half, P: eval.SignTest(f.Won, f.Lost)}
	c.Adjusted = p.table.bonferroni(c.P)
	c.Apart = f.Difference < 0 && f.Lost > f.Won && c.Adjusted < 1-Confidence
	return c, true
}

// lookAt reads the lists of rows side by side, as far as they are wanted and the memory does not know what they give.
func (p *pairing) lookAt(ctx context.Context, rows []Row) {
	var unknown []*Row
	for i := range rows[:min(mostPaired, len(rows))] {
		if _, known := p.memory.get(p.key(rows[i].Runs[0])); !known && rows[i].Cells[p.table.Main].N > 0 {
			unknown = append(unknown, &rows[i])
		}
	}
	if len(unknown) == 0 || p.readBest() == nil {
		return
	}
	found := make([]facts, len(unknown))
	if parallel.ForEach(ctx, len(unknown), parallel.Workers(), func(_, i int) { found[i] = p.look(unknown[i]) }) != nil {
		return // New says that it was stopped
	}
	p.found = map[*Row]facts{}
	for i, row := range unknown {
		p.found[row] = found[i]
	}
}

// look compares the lists of a row with those of the best; facts of no groups where that can't be done.
func (p *pairing) look(row *Row) facts {
	ours := p.readBest()
	if ours == nil {
		return facts{}
	}
	other := p.read(row.Runs[0])
	if other == nil || !slices.Equal(ours.ids, other.ids) || !slices.Equal(ours.groups, other.groups) {
		return facts{}
	}
	return differ(other, ours)
}

// readBest reads the list of the best, once.
func (p *pairing) readBest() *asked {
	if !p.tried {
		p.ours, p.tried = p.read(p.best.Runs[0]), true
	}
	return p.ours
}

// key names what a comparison depends on: the lists by their digests, and the measure with both values. "" where one has no
// list.
func (p *pairing) key(r *Run) string {
	parts := []string{p.measure}
	for _, run := range []*Run{r, p.best.Runs[0]} {
		f, lists := p.table.values[run][p.measure], 0
		parts = append(parts, strconv.FormatFloat(f.value, 'g', -1, 64))
		for _, l := range run.Lists {
			if l.Embeddings == f.of {
				parts, lists = append(parts, filepath.Base(l.Dir)), lists+1
			}
		}
		if lists == 0 {
			return ""
		}
	}
	return strings.Join(parts, " ")
}

// facts are what the photos say about two variants.
type facts struct {
	Difference float64 `json:"difference"` // of their recalls
	Error      float64 `json:"error"`      // its standard error
	Won        int     `json:"won"`        // groups of photos of which the first finds more
	Lost       int     `json:"lost"`       // groups of which it finds fewer
	Groups     int     `json:"groups"`
}

// differ compares two variants that were asked for the same photos. Photos of one group are near-copies of each other: they
// win or lose together. With D the group's hits of one less those of the other and n its queries, the difference is
// d = ΣD/Σn, and its standard error, from the linear part, √(G/(G−1)·Σ(D−d·n)²)/Σn over the G groups (Field & Welsh,
// Bootstrapping clustered data, 2007).
func differ(a, b *asked) facts {
	gained, size := map[int]float64{}, map[int]float64{}
	f := facts{}
	for i, g := range a.groups {
		gained[g] += a.hits[i] - b.hits[i]
		size[g]++
		f.Difference += (a.hits[i] - b.hits[i]) / float64(len(a.groups))
	}
	f.Groups = len(size)
	var sum float64
	counted := map[int]bool{}
	for _, g := range a.groups { // not over the map: sums of floats depend on the order
		if counted[g] {
			continue
		}
		counted[g] = true
		e := gained[g] - f.Difference*size[g]
		sum += e * e
		switch {
		case gained[g] > 0:
			f.Won++
		case gained[g] < 0:
			f.Lost++
		}
	}
	n := float64(f.Groups)
	f.Error = math.Sqrt(n/(n-1)*sum) / float64(len(a.groups))
	return f
}

// read finds the list of neighbours that the measure can be told by; nil where there is none.
func (p *pairing) read(r *Run) *asked {
	f := p.table.values[r][p.measure]
	k, err := strconv.Atoi(strings.TrimPrefix(f.raw, "recall@"))
	if err != nil {
		return nil
	}
	for _, l := range r.Lists {
		if l.Embeddings != f.of {
			continue
		}
		n, err := formats.ReadNearest(l.Dir, k)
		if err != nil || n.HasGallery() { // the scores are of rows among themselves
			continue
		}
		if a := ask(n, f.By, k); a != nil && math.Abs(a.recall()-f.value) < 1e-9 {
			return a
		}
	}
	return nil
}

// ask judges each query that has a positive by its first k neighbours, as eval.Retrieval does; nil without any.
func ask(n *formats.Neighbours, by string, k int) *asked {
	label := formats.Labels.Garment
	if by == "category" {
		label = func(l formats.Labels) string { return l.Category }
	}
	count := map[string]int{}
	for _, l := range n.Labels {
		count[label(l)]++
	}
	a, groups := &asked{}, judge.Pairs(n.Labels)
	for i, l := range n.Labels {
		own := label(l)
		if own == "" || count[own] < 2 {
			continue
		}
		hit := 0.0
		near, _ := n.Row(i)
		for _, j := range near[:min(k, len(near))] {
			if label(n.Labels[j]) == own {
				hit = 1
			}
		}
		a.ids, a.hits, a.groups = append(a.ids, l.ID), append(a.hits, hit), append(a.groups, groups[i])
	}
	if len(a.ids) == 0 {
		return nil
	}
	return a
}

func (a *asked) recall() float64 {
	sum := 0.0
	for _, h := range a.hits {
		sum += h
	}
	return sum / float64(len(a.hits))
}
