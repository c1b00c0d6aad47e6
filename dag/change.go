package dag

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// longest is how many characters of a value are shown.
const longest = 40

// change shows two values of a parameter, so that what is different is seen: "5 → 10"; of long lists what is in only one
// of them, of long texts the part that differs.
func change(was, is json.RawMessage) string {
	var a, b []json.RawMessage
	if len(was)+len(is) > longest && json.Unmarshal(was, &a) == nil && json.Unmarshal(is, &b) == nil {
		return changeOfLists(texts(a), texts(b))
	}
	return changeOfTexts(string(was), string(is))
}

func changeOfTexts(was, is string) string {
	x, y := []rune(was), []rune(is)
	if len(x) <= longest && len(y) <= longest {
		return string(x) + " → " + string(y)
	}
	same := 0
	for same < min(len(x), len(y)) && x[same] == y[same] {
		same++
	}
	from := 0
	if same > longest/2 { // begin a little before the first difference
		from = same - 8
	}
	return cut(x, from) + " → " + cut(y, from)
}

// cut shows a part of a value from a character on.
func cut(r []rune, from int) string {
	before, after := "", ""
	if from > 0 {
		before = "…"
	}
	r = r[min(from, len(r)):]
	if len(r) > longest {
		r, after = r[:longest-1], "…"
	}
	return before + string(r) + after
}

func texts(list []json.RawMessage) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// changeOfLists names what one list has and the other has not: +3 −1, 2; or how many, where they are many.
func changeOfLists(a, b []string) string {
	var more, less []string // with their signs
	was, is := "", ""       // the last of each without
	for _, v := range b {
		if !slices.Contains(a, v) {
			more, is = append(more, "+"+cut([]rune(v), 0)), v
		}
	}
	for _, v := range a {
		if !slices.Contains(b, v) {
			less, was = append(less, "−"+cut([]rune(v), 0)), v
		}
	}
	lengths := fmt.Sprintf("%d → %d values", len(a), len(b))
	if len(a) == len(b) {
		lengths = fmt.Sprintf("%d values", len(a))
	}
	all := slices.Concat(more, less)
	switch text := strings.Join(all, " "); {
	case len(all) == 0 && len(a) == len(b):
		return "in another order (" + lengths + ")"
	case len(all) == 0:
		return lengths
	case len([]rune(text)) <= longest:
		return text + " (" + lengths + ")"
	case len(more) == 1 && len(less) == 1: // a line of a command's script
		return changeOfTexts(was, is) + " (" + lengths + ")"
	default:
		return fmt.Sprintf("%s, %d new, %d gone", lengths, len(more), len(less))
	}
}
