package sweep

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/judge"
)

// resamples of the paired bootstrap, and its seed: the same photos are drawn in every comparison.
const (
	resamples     = 2000
	bootstrapSeed = 1
)

// pairing compares variants photo by photo with the best one.
type pairing struct {
	table   *Table
	best    *Row
	measure string
	ours    *asked // of the best, once read
	tried   bool
}

// asked is what became of each query of a variant.
type asked struct {
	ids    []string
	hits   [][]float64 // by query: 1 if one of the first k is right, else 0
	groups []int       // queries that the bootstrap draws together
}

// with compares a row with the best, and says whether that could be done: the measure is recall, both have a list of
// neighbours that gives the recall their scores say, and both were asked for the same photos. The interval is that of
// the difference to the baseline in a single experiment: a bootstrap of whole pairs of photos, the same for both.
func (p *pairing) with(ctx context.Context, row *Row) (Comparison, bool) {
	if !p.tried {
		p.ours, p.tried = p.read(p.best.Runs[0]), true
	}
	if p.ours == nil {
		return Comparison{}, false
	}
	other := p.read(row.Runs[0])
	if other == nil || !slices.Equal(p.ours.ids, other.ids) || !slices.Equal(p.ours.groups, other.groups) {
		return Comparison{}, false
	}
	b := eval.Bootstrap{Resamples: resamples, Confidence: Confidence, Seed: bootstrapSeed, Workers: 2}
	_, d, err := b.Compare(ctx, [][][]float64{other.hits, p.ours.hits}, 1, p.ours.groups)
	if err != nil || math.IsNaN(d[0].Low) {
		return Comparison{}, false
	}
	nan := math.NaN()
	return Comparison{Method: Paired, Difference: d[0].Value, Low: d[0].Low, High: d[0].High, P: nan, Adjusted: nan, Apart: d[0].High < 0}, true
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
		n, err := formats.ReadNeighbours(l.Dir)
		if err != nil || n.K < k {
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
		a.ids, a.hits, a.groups = append(a.ids, l.ID), append(a.hits, []float64{hit}), append(a.groups, groups[i])
	}
	if len(a.ids) == 0 {
		return nil
	}
	return a
}

func (a *asked) recall() float64 {
	sum := 0.0
	for _, h := range a.hits {
		sum += h[0]
	}
	return sum / float64(len(a.hits))
}
