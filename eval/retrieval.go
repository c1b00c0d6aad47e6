package eval

import (
	"context"
	"fmt"
	"slices"

	"fashionpipe/internal/nearest"
)

// Retrieval says how nearest neighbours are judged. A query's positives are the other gallery rows that bear its label.
// Of a query with R positives, whose neighbours are all other gallery rows, nearest first:
//
//   - recall@k is 1 if a positive is among the first k neighbours, else 0 (the hit rate; at k = 1 it is the
//     precision_at_1 of pytorch-metric-learning, and Recall@K of Jegou et al. 2011 as metric learning uses it);
//   - precision@k is the number of positives among the first k, over k;
//   - r_precision is the number of positives among the first R, over R;
//   - map@r is the mean, over the ranks i from 1 to R, of the precision at i where rank i is a positive, and of 0 where
//     it is not (Musgrave, Belongie & Lim, A metric learning reality check, 2020);
//   - map@k, for the largest k, is the sum over the ranks i from 1 to k of the same, over R: the mean_average_precision of
//     pytorch-metric-learning, and average precision where k is the whole gallery;
//   - mrr@k, for the largest k, is 1 over the rank of the first positive, and 0 if that is beyond k;
//   - ndcg@k, for the largest k, is the sum of 1/log2(i+1) over the positives' ranks i up to k, over what it would be if
//     all positives came first (Järvelin & Kekäläinen 2002, with gains of 0 and 1; the ndcg_score of scikit-learn).
//
// Neighbours at exactly equal distance come in an order drawn from the seed (see nearest.Space.Search), so embeddings
// that are all equal score at chance.
type Retrieval struct {
	K       []int // of recall@k and precision@k; the largest is that of map@k, mrr@k and ndcg@k too
	Metric  nearest.Metric
	Queries []bool          // rows to judge; nil for all
	Gallery []bool          // rows to be found; nil for all
	Own     map[int32]int32 // of a query that is not to be found, the gallery row that shows the same photo, left out of its neighbours
	Seed    uint64
	Workers int
	Start   func(queries int) // told how many there are to search for, before it starts; may be nil
	Done    func(queries int) // told of queries finished, from several goroutines; may be nil
}

// Judged is how well the queries of one kind of label fared.
type Judged struct {
	Queries []int32     // rows judged: those with at least one positive, ascending
	Skipped int         // queries without a positive, no label among the reasons; in no measure
	Values  [][]float64 // len(Queries) rows of one value per measure, in the order of Measures
	Chance  []float64   // per measure, its mean over the queries if the gallery came in random order; NaN without queries
}

// Judge searches the neighbours of rows of dim numbers each once, and judges them by each kind of label: labels holds
// one list per kind, of one label per row, "" where a row has none.
func (o Retrieval) Judge(ctx context.Context, data []float32, dim int, labels ...[]string) ([]Judged, error) {
	space, err := nearest.NewSpace(data, dim, o.Metric)
	if err != nil {
		return nil, err
	}
	gallery := chosen(o.Gallery, space.Len())
	kinds := make([]*kind, len(labels))
	for i, l := range labels {
		if len(l) != space.Len() {
			return nil, fmt.Errorf("eval: %d labels of %d rows", len(l), space.Len())
		}
		kinds[i] = o.newKind(l)
		kinds[i].judged.Chance = o.meanChance(kinds[i], len(gallery))
	}
	queries := slices.DeleteFunc(chosen(o.Queries, space.Len()), func(q int32) bool { return !judgedByAny(kinds, q) })
	if len(queries) == 0 {
		return results(kinds), nil
	}
	if o.Start != nil {
		o.Start(len(queries))
	}
	search := nearest.Options{
		K: func(q int) int { return o.depth(kinds, q) }, Queries: queries, Gallery: gallery,
		Seed: o.Seed, Workers: o.Workers, Done: o.Done,
	}
	err = space.Search(ctx, search, func(q int, near []nearest.Neighbour) {
		if own := o.own(int32(q)); own >= 0 && int(own) != q { // the search leaves out q itself
			near = slices.DeleteFunc(slices.Clone(near), func(n nearest.Neighbour) bool { return n.Row == own })
		}
		for _, k := range kinds {
			if k.place[q] >= 0 {
				k.judged.Values[k.place[q]] = o.score(k.label, int32(k.positives[q]), k.label[q], near)
			}
		}
	})
	return results(kinds), err
}

// own is the gallery row that is never a neighbour of q, since it is q or shows the same photo; -1 for none.
func (o Retrieval) own(q int32) int32 {
	if o.Gallery == nil || o.Gallery[q] {
		return q
	}
	if row, ok := o.Own[q]; ok && o.Gallery[row] {
		return row
	}
	return -1
}

// depth is how many neighbours of q decide its measures, with its own photo, which is left out of them afterwards.
func (o Retrieval) depth(kinds []*kind, q int) int {
	k := slices.Max(append([]int{1}, o.K...))
	for _, kind := range kinds {
		k = max(k, kind.positives[q])
	}
	if own := o.own(int32(q)); own >= 0 && int(own) != q {
		k++
	}
	return k
}

// chosen lists the rows that are true in which, or all n.
func chosen(which []bool, n int) []int32 {
	rows := make([]int32, 0, n)
	for i := range n {
		if which == nil || which[i] {
			rows = append(rows, int32(i))
		}
	}
	return rows
}
