package spelling

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Nearest finds the name most like a word, if one is like it at all: at most a third of the letters differ (one of
// two), or another name for the same thing that the field has. The first of equals wins.
func Nearest(word string, names []string) (string, bool) {
	letters := utf8.RuneCountInString(word)
	best, bestDist := "", 1+max(1, letters/3)
	if letters < 2 {
		bestDist = 1
	}
	for _, n := range names {
		if d := distance(fold(word), fold(n)); d < bestDist {
			best, bestDist = n, d
		}
	}
	if near, ok := others[string(fold(word))]; ok && bestDist > 0 && slices.Contains(names, near) {
		return near, true
	}
	return best, best != ""
}

// fold makes spellings equal that people mix up: case, and "-" for "_".
func fold(s string) []rune {
	return []rune(strings.ReplaceAll(strings.ToLower(s), "-", "_"))
}

// distance is the number of letters to insert, delete, replace or swap with their neighbour that makes a into b
// (optimal string alignment).
func distance(a, b []rune) int {
	var before []int
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range a {
		cur := make([]int, len(b)+1)
		cur[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j]+cost, prev[j+1]+1, cur[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cur[j+1] = min(cur[j+1], before[j-1]+1)
			}
		}
		before, prev = prev, cur
	}
	return prev[len(b)]
}
