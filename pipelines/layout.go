package pipelines

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// columns is the width of the terminal that messages are laid out for.
const columns = 80

// wrap breaks lines at spaces so that each fits the terminal; longer words stay whole. Lines that are given stay lines,
// and keep their own indentation, so a listing of files stays one.
func wrap(text, first, rest string) string {
	var out []string
	for i, line := range strings.Split(strings.TrimRight(text, "\n "), "\n") {
		body := strings.TrimLeft(line, " ")
		own := line[:len(line)-len(body)]
		lead, next := rest+own, rest+own
		if i == 0 {
			lead = first + own
		}
		out = append(out, wrapLine(body, lead, next)...)
	}
	return strings.Join(out, "\n")
}

func wrapLine(body, lead, next string) []string {
	if uniseg.StringWidth(lead+body) <= columns {
		return []string{strings.TrimRight(lead+body, " ")} // as it was laid out
	}
	var out []string
	line, empty := lead, true
	for _, word := range strings.Fields(body) {
		if !empty && uniseg.StringWidth(line)+1+uniseg.StringWidth(word) > columns {
			out = append(out, line)
			line, empty = next, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	return append(out, strings.TrimRight(line, " "))
}

// snippet shows a source line with carets under the characters from column col on. A line that is too long is cut on
// both sides of the carets.
func snippet(line, col, width int, text string) string {
	gutter := fmt.Sprintf("%5d | ", line)
	below := strings.Repeat(" ", len(gutter)-2) + "| "
	runes := []rune(strings.Map(visible, text))
	from, to := window(runes, col-1, width, columns-len(gutter))
	head, tail := "", ""
	if from > 0 {
		head = "…"
	}
	if to < len(runes) {
		tail = "…"
	}
	before := head + string(runes[from:col-1])
	marked := string(runes[col-1 : min(to, col-1+width)])
	carets := strings.Repeat("^", max(1, uniseg.StringWidth(marked)))
	return strings.TrimRight(gutter+head+string(runes[from:to])+tail, " ") + "\n" +
		below + strings.Repeat(" ", uniseg.StringWidth(before)) + carets
}

// visible replaces what would move the carets or the terminal.
func visible(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case unicode.IsControl(r):
		return '\uFFFD'
	}
	return r
}

// window chooses which runes of a long line to show: those around the carets, room columns at most.
func window(runes []rune, at, width, room int) (from, to int) {
	if uniseg.StringWidth(string(runes)) <= room {
		return 0, len(runes)
	}
	room -= 2 // for the two "…"
	from, to = at, at
	for to < len(runes) && to < at+width && uniseg.StringWidth(string(runes[from:to+1])) <= room {
		to++
	}
	for grown := true; grown; {
		grown = false
		if from > 0 && uniseg.StringWidth(string(runes[from-1:to])) <= room {
			from, grown = from-1, true
		}
		if to < len(runes) && uniseg.StringWidth(string(runes[from:to+1])) <= room {
			to, grown = to+1, true
		}
	}
	return from, to
}

// wordWidth is the number of characters of the quoted text or plain word that begins at a column.
func wordWidth(line string, col int) int {
	runes := []rune(line)[col-1:]
	if len(runes) == 0 {
		return 1
	}
	if q := runes[0]; q == '"' || q == '\'' {
		for i := 1; i < len(runes); i++ {
			if runes[i] == q && runes[i-1] != '\\' {
				return i + 1
			}
		}
		return len(runes)
	}
	n := 0
	for n < len(runes) && !strings.ContainsRune(" \t,:[]{}#\"'", runes[n]) {
		n++
		if n+1 < len(runes) && runes[n] == '{' && runes[n-1] == '$' { // the reference ${…} is one word
			for n < len(runes) && runes[n] != '}' {
				n++
			}
			n = min(n+1, len(runes))
		} else if n+1 < len(runes) && runes[n] == ':' && runes[n+1] != ' ' {
			n++ // a colon inside a word
		}
	}
	return max(1, n)
}
