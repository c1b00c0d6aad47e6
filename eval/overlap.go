package eval

import (
	"context"
	"fmt"
	"slices"

	"fashionpipe/internal/nearest"
)

// Overlap compares the neighbours that rows have in two spaces, say of features of photos as they are and of the same
// photos without their background.
//
//   - overlap@k is the share of the first k neighbours in one space that are among the first k in the other;
//   - explained@k is 1 − overlap@k: the share of a neighbourhood that changes.
//
// Neighbours at equal distance come in an order drawn from the seed, the same in both spaces: two spaces of equal rows give
// an overlap of 1.
type Overlap struct {
	K       []int
	Metric  nearest.Metric
	Queries []bool // rows to judge; nil for all
	Gallery []bool // rows to be found; nil for all
	Seed    uint64
	Workers int
	Start   func(queries int) // told how many there are to search for, before it starts; may be nil
	Done    func(queries int) // told of queries finished, from several goroutines; may be nil
}

// Measures names what is measured of each query.
func (o Overlap) Measures() []string {
	var names []string
	for _, what := range []string{"overlap", "explained"} {
		for _, k := range o.K {
			names = append(names, fmt.Sprintf("%s@%d", what, k))
		}
	}
	return names
}

// Judge compares a and b: as many rows, of aDim and bDim numbers each. Queries that have no other row to find are skipped.
func (o Overlap) Judge(ctx context.Context, a []float32, aDim int, b []float32, bDim int) (Judged, error) {
	var spaces [2]*nearest.Space
	var err error
	if spaces[0], err = nearest.NewSpace(a, aDim, o.Metric); err != nil {
		return Judged{}, err
	}
	if spaces[1], err = nearest.NewSpace(b, bDim, o.Metric); err != nil {
		return Judged{}, err
	}
	n := spaces[0].Len()
	if spaces[1].Len() != n {
		return Judged{}, fmt.Errorf("eval: %d and %d rows to compare", n, spaces[1].Len())
	}
	gallery := chosen(o.Gallery, n)
	j := o.queries(n, gallery)
	if len(j.Queries) == 0 {
		return j, nil
	}
	if o.Start != nil {
		o.Start(2 * len(j.Queries))
	}
	first := make([][]int32, len(j.Queries)) // in a
	search := nearest.Options{K: func(int) int { return slices.Max(o.K) }, Queries: j.Queries, Gallery: gallery,
		Seed: o.Seed, Workers: o.Workers, Done: o.Done}
	place := func(q int) int { at, _ := slices.BinarySearch(j.Queries, int32(q)); return at }
	err = spaces[0].Search(ctx, search, func(q int, near []nearest.Neighbour) {
		rows := make([]int32, len(near))
		for i, n := range near {
			rows[i] = n.Row
		}
		first[place(q)] = rows
	})
	if err != nil {
		return j, err
	}
	j.Values = make([][]float64, len(j.Queries))
	err = spaces[1].Search(ctx, search, func(q int, near []nearest.Neighbour) {
		at := place(q)
		j.Values[at] = withRest(o.common(first[at], near))
	})
	return j, err
}

// queries are the rows to judge, with the chance level: the share of k random rows among k others.
func (o Overlap) queries(n int, gallery []int32) Judged {
	others := func(q int32) int {
		if _, found := slices.BinarySearch(gallery, q); found {
			return len(gallery) - 1
		}
		return len(gallery)
	}
	all := chosen(o.Queries, n)
	j := Judged{Queries: slices.DeleteFunc(slices.Clone(all), func(q int32) bool { return others(q) == 0 })}
	j.Skipped = len(all) - len(j.Queries)
	if len(j.Queries) == 0 {
		j.Chance, _ = nothing(2 * len(o.K))
		return j
	}
	j.Chance = make([]float64, 2*len(o.K))
	for _, q := range j.Queries {
		var chance []float64
		for _, k := range o.K {
			chance = append(chance, min(1, float64(k)/float64(others(q)))/float64(len(j.Queries)))
		}
		addTo(j.Chance, chance)
	}
	for i := range o.K {
		j.Chance[len(o.K)+i] = 1 - j.Chance[i]
	}
	return j
}

// common is the overlap at each k.
func (o Overlap) common(first []int32, near []nearest.Neighbour) []float64 {
	var values []float64
	for _, k := range o.K {
		k = min(k, len(near))
		n := 0
		for _, x := range near[:k] {
			if slices.Contains(first[:k], x.Row) {
				n++
			}
		}
		values = append(values, float64(n)/float64(k))
	}
	return values
}

// withRest adds to values what each lacks to 1.
func withRest(values []float64) []float64 {
	for _, v := range values {
		values = append(values, 1-v)
	}
	return values
}
