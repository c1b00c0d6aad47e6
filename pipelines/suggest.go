package pipelines

import (
	"strings"

	"fashionpipe/internal/spelling"
)

// suggest is the hint for a name that is not there: the nearest one, or all of them ("ports of embed: …").
func suggest(word string, names []string, what string) string {
	if near, ok := spelling.Nearest(word, names); ok {
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
