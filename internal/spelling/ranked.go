package spelling

import (
	"cmp"
	"slices"
	"strings"
)

// Ranked sorts names by how alike they are to a word: by the share of pairs of neighbouring letters that both have
// (Dice, Measures of the amount of ecologic association, 1945), which also finds a name by a part of it. Equals keep
// their order.
func Ranked(word string, names []string) []string {
	alike := map[string]float64{}
	for _, n := range names {
		a, b := letterPairs(word), letterPairs(n)
		common := 0
		for p, k := range a {
			common += min(k, b[p])
		}
		alike[n] = 2 * float64(common) / float64(len(word)+len(n))
	}
	sorted := slices.Clone(names)
	slices.SortStableFunc(sorted, func(a, b string) int { return cmp.Compare(alike[b], alike[a]) })
	return sorted
}

// letterPairs counts the neighbouring letters of a word.
func letterPairs(word string) map[string]int {
	word = strings.ToLower(word)
	pairs := map[string]int{}
	for i := 1; i < len(word); i++ {
		pairs[word[i-1:i+1]]++
	}
	return pairs
}
