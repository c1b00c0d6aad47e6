package eval

import "math"

// chance is what each measure is in the mean if all n gallery rows but the query, r of them positives, come in random
// order: recall by the hypergeometric distribution, the others from the chance of each rank to be a positive.
func (o Retrieval) chance(r, n int) []float64 {
	values := make([]float64, 0, 2*len(o.K)+2)
	for _, k := range o.K {
		none := 1.0 // the first k hold no positive
		for i := 0; i < k && none > 0; i++ {
			none *= float64(n-r-i) / float64(n-i)
		}
		values = append(values, 1-none)
	}
	share := float64(r) / float64(n)
	for _, k := range o.K {
		values = append(values, share*float64(min(k, n))/float64(k))
	}
	average := 1.0 / float64(r) // rank 1 is all there is of the precision at 1
	for i := 2; i <= r; i++ {   // given a positive at rank i, each rank before it is one of the r−1 others among n−1
		average += (1 + float64(i-1)*float64(r-1)/float64(n-1)) / float64(i) / float64(r)
	}
	return append(values, share, share*average)
}

// meanChance is the mean over the queries of k, of which gallery tells those that are among the size rows to be found;
// all NaN without queries.
func (o Retrieval) meanChance(k *kind, size int) []float64 {
	mean := make([]float64, 2*len(o.K)+2)
	if len(k.judged.Queries) == 0 {
		for i := range mean {
			mean[i] = math.NaN()
		}
	}
	for _, q := range k.judged.Queries {
		others := size
		if o.Gallery == nil || o.Gallery[q] {
			others--
		}
		for i, v := range o.chance(k.positives[q], others) {
			mean[i] += v / float64(len(k.judged.Queries))
		}
	}
	return mean
}
