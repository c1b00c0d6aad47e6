package cli

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"fashionpipe/dag"
)

// sideBySide prints two values of each setting in 80 columns.
func sideBySide(w io.Writer, title string, rows []dag.Setting) error {
	if len(rows) == 0 {
		return nil
	}
	cells := [][]string{{title, "A", "B"}}
	for _, r := range rows {
		cells = append(cells, []string{nameIn(r), orDash(r.A), orDash(r.B)})
	}
	return printCells(w, cells)
}

// resultsSideBySide is sideBySide for results, with how much more B has where both are numbers.
func resultsSideBySide(w io.Writer, rows []dag.Setting) error {
	if len(rows) == 0 {
		return nil
	}
	cells := [][]string{{"RESULT", "A", "B", "B - A"}}
	for _, r := range rows {
		cells = append(cells, []string{nameIn(r), orDash(brief(r.A)), orDash(brief(r.B)), more(r.A, r.B)})
	}
	return printCells(w, cells)
}

func nameIn(r dag.Setting) string { return r.Stage + " " + strings.TrimPrefix(r.Name, "input ") }

// reNumber finds the first number of a result, behind words: "0.612 [0.580, 0.644]", "AMI 0.044, ARI 0.02".
var reNumber = regexp.MustCompile(`^((?:[^0-9]* )?)([+-]?[0-9]+(?:\.([0-9]+))?(?:e[+-]?[0-9]+)?)(?:,? |,?$)`)

// more gives the difference of the first numbers of two texts that begin with the same words, as exact as they are; "" if
// there is none.
func more(a, b string) string {
	x, y := reNumber.FindStringSubmatch(a), reNumber.FindStringSubmatch(b)
	if x == nil || y == nil || x[1] != y[1] {
		return ""
	}
	from, err1 := strconv.ParseFloat(x[2], 64)
	to, err2 := strconv.ParseFloat(y[2], 64)
	switch {
	case err1 != nil || err2 != nil:
		return ""
	case strings.Contains(x[2]+y[2], "e"):
		return fmt.Sprintf("%+.3g", to-from)
	}
	return fmt.Sprintf("%+.*f", max(len(x[3]), len(y[3])), to-from)
}

// printCells sets a table in 80 columns: a first column of up to 32, values that share what is left, and a column that is
// as wide as it must be. A cell that is too long goes on below itself.
func printCells(w io.Writer, rows [][]string) error {
	const all, first, gap = 80, 32, 2
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	widths[0] = min(widths[0], first)
	left := all - widths[0] - gap*(len(widths)-1)
	if len(widths) > 3 {
		left -= widths[3]
	}
	widths[1] = min(widths[1], max(left/2, left-widths[2]))
	widths[2] = min(widths[2], left-widths[1])
	var b strings.Builder
	b.WriteString("\n")
	for _, r := range rows {
		writeRow(&b, r, widths)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeRow(b *strings.Builder, cells []string, widths []int) {
	lines := make([][]string, len(cells))
	height := 0
	for i, c := range cells {
		lines[i] = broken(c, widths[i])
		height = max(height, len(lines[i]))
	}
	for at := range height {
		line := ""
		for i := range cells {
			cell := ""
			if at < len(lines[i]) {
				cell = lines[i][at]
			}
			line += cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// broken breaks a text into lines of at most width columns, between words where it can.
func broken(text string, width int) []string {
	var words []string
	for _, word := range strings.Fields(text) {
		r := []rune(word)
		for len(r) > width {
			words, r = append(words, string(r[:width])), r[width:]
		}
		words = append(words, string(r))
	}
	var lines []string
	for _, word := range words {
		if last := len(lines) - 1; last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
