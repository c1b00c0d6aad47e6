package eval

import "math"

// chance is what each measure is in the mean if all n gallery rows but the query, r of them positives, come in random
// order: recall by the hypergeometric distribution, the others from the chance of each rank to be a positive. It is as
// well the value that a model earns whose distances are all equal, in the mean over the orders of ties.
func (o Retrieval) chance(r, n int) []float64 {
	values := make([]float64, 0, 2*len(o.K)+5)
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
	values = append(values, share, chanceAverage(r, r, n))
	if k := o.most(); k > 0 {
		values = append(values, chanceAverage(k, r, n), chanceReciprocal(k, r, n), share*ideal(k, n)/ideal(k, r))
	}
	return values
}

// chanceAverage is the mean of average precision over the first k ranks. Given a positive at rank i, each rank before it
// is one of the r−1 others among n−1.
func chanceAverage(k, r, n int) float64 {
	sum := 1.0 // rank 1 is all there is of the precision at 1
	for i := 2; i <= min(k, n); i++ {
		sum += (1 + float64(i-1)*float64(r-1)/float64(n-1)) / float64(i)
	}
	return sum / float64(n) // share of positives over r
}

// chanceReciprocal is the mean of 1 over the rank of the first positive, where it is at most k.
func chanceReciprocal(k, r, n int) float64 {
	none, sum := 1.0, 0.0 // none: no positive before rank i
	for i := 1; i <= min(k, n-r+1); i++ {
		left := float64(n - i + 1)
		sum += none * float64(r) / left / float64(i)
		none *= (left - float64(r)) / left
	}
	return sum
}

// meanChance is the mean over the queries of k, with size rows to be found; all NaN without queries.
func (o Retrieval) meanChance(k *kind, size int) []float64 {
	mean := make([]float64, len(o.Measures()))
	if len(k.judged.Queries) == 0 {
		for i := range mean {
			mean[i] = math.NaN()
		}
	}
	of := map[[2]int][]float64{} // many queries have as many positives
	for _, q := range k.judged.Queries {
		others := size
		if o.own(q) >= 0 {
			others--
		}
		like := [2]int{k.positives[q], others}
		if of[like] == nil {
			of[like] = o.chance(like[0], like[1])
		}
		for i, v := range of[like] {
			mean[i] += v / float64(len(k.judged.Queries))
		}
	}
	return mean
}
