package pipelines

import (
	"strings"
	"unicode"
)

// label is a value as people read it.
func label(n *node) string {
	if n.shape == list {
		var items []string
		for _, item := range n.items {
			items = append(items, label(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	switch {
	case n.isNull():
		return "null"
	case n.text == "":
		return `""`
	}
	return oneLine(n.text)
}

// oneLine makes a text fit for a table.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

func numbered(word string, n int) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
