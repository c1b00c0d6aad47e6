package cli

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"fashionpipe/internal/machine"
)

// took gives a duration as people read it: 45 ms, 3.2 s, 2m05s, 1h07m.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
}

// size gives bytes as people read them.
func size(n int64) string { return machine.RoundBytes(n) }

func indent(s, with string) string {
	return with + strings.ReplaceAll(s, "\n", "\n"+with)
}

// wrap breaks text into lines of at most 80 columns behind an indent: what stands together at the margin is filled, and so
// is each item of a list ("- ") with the lines indented below it. Other lines that start with a space stay as they are:
// they are examples or tables.
func wrap(s, with string) string {
	var out, words []string
	lead, hanging := "", "" // what stands before the first of the words, and below that
	flush := func() {
		if len(words) > 0 {
			filled := fill(words, 80, with+hanging)
			out = append(out, with+lead+filled[len(with+hanging):])
		}
		words, lead, hanging = nil, "", ""
	}
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		text := strings.TrimLeft(line, " ")
		deep := len(line) - len(text)
		item, isItem := strings.CutPrefix(text, "- ")
		if isItem || text == "" || deep != len(hanging) {
			flush()
		}
		switch {
		case isItem:
			lead, hanging = line[:deep+2], strings.Repeat(" ", deep+2)
			words = strings.Fields(item)
		case text == "":
			out = append(out, "")
		case deep == len(hanging):
			words = append(words, strings.Fields(text)...)
		default:
			out = append(out, with+line)
		}
	}
	flush()
	return strings.Join(out, "\n")
}

// fill sets words in lines of at most width columns, each behind an indent.
func fill(words []string, width int, with string) string {
	var lines []string
	line := with
	for _, w := range words {
		if len(line) > len(with) && utf8.RuneCountInString(line)+utf8.RuneCountInString(w) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = with
		}
		line += w + " "
	}
	return strings.Join(append(lines, strings.TrimRight(line, " ")), "\n")
}

// hang breaks a line that is longer than width columns; what follows its first line stands behind an indent.
func hang(line string, width, indent int) string {
	if utf8.RuneCountInString(line) <= width {
		return line
	}
	cut := strings.LastIndexByte(string([]rune(line)[:width+1]), ' ')
	if cut <= indent {
		return line
	}
	return strings.TrimRight(line[:cut], " ") + "\n" + fill(strings.Fields(line[cut:]), width, strings.Repeat(" ", indent))
}

// short cuts a name to n characters, in its middle: the stage and the last axes of a sweep's node stay.
func short(name string, n int) string {
	r := []rune(name)
	if len(r) <= n {
		return name
	}
	head := n / 2
	return string(r[:head]) + "…" + string(r[len(r)-(n-head-1):])
}
