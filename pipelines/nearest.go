package pipelines

import (
	"strings"
	"unicode/utf8"
)

// nearest finds the name most like word, if one is like it at all: at most a third of the letters differ (one of
// two). The first of equals wins.
func nearest(word string, names []string) (string, bool) {
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

// suggest is the hint for a name that is not there: the nearest one, or all of them ("ports of embed: …").
func suggest(word string, names []string, what string) string {
	if near, ok := nearest(word, names); ok {
		return "did you mean `" + near + "`?"
	}
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > 30 {
		names, more = names[:30], ", …"
	}
	return what + ": " + strings.Join(quoteAll(names), ", ") + more
}

func quoteAll(names []string) []string {
	var q []string
	for _, n := range names {
		q = append(q, "`"+n+"`")
	}
	return q
}

// either joins names for a sentence: "a, b or c".
func either(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
