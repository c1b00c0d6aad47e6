package eval

import "math"

// CohenKappa is how far two judges agree beyond chance (Cohen, A coefficient of agreement for nominal scales, 1960): 1 for
// always, 0 for as often as two who give their answers at random as often as these did, below 0 for less. a and b are the
// answers of each to the same things, of any numbers. It is NaN without answers, or where both only ever gave one and the
// same: there is then nothing to tell agreement from chance.
func CohenKappa(a, b []int) float64 {
	n := float64(len(a))
	countA, countB := map[int]float64{}, map[int]float64{}
	same := 0.0
	for i := range a {
		countA[a[i]]++
		countB[b[i]]++
		if a[i] == b[i] {
			same++
		}
	}
	pairs := 0.0 // of equal answers, of all n·n; whole numbers, so that their order makes no difference
	for v, count := range countA {
		pairs += count * countB[v]
	}
	chance := pairs / (n * n)
	if n == 0 || chance == 1 {
		return math.NaN()
	}
	return (same/n - chance) / (1 - chance)
}

// KrippendorffAlpha is how far any number of judges agree beyond chance, on a nominal scale (Krippendorff, Computing
// Krippendorff's alpha-reliability, 2011): 1 for always, 0 for as much as answers dealt out at random would. units holds
// the answers that each thing got, in any order, and not everybody need have judged everything; things with fewer than two
// answers say nothing. It is NaN without a pair of answers, or where all answers are the same.
func KrippendorffAlpha(units [][]int) float64 {
	count := map[int]float64{}
	total, apart := 0.0, 0.0
	for _, u := range units {
		if len(u) < 2 {
			continue
		}
		differ := 0.0
		for _, x := range u {
			count[x]++
			for _, y := range u {
				if x != y {
					differ++
				}
			}
		}
		total += float64(len(u))
		apart += differ / float64(len(u)-1)
	}
	pairs := total * (total - 1) // of answers that differ, were all dealt out at random
	for _, n := range count {
		pairs -= n * (n - 1)
	}
	if pairs == 0 {
		return math.NaN()
	}
	return 1 - apart*(total-1)/pairs
}
