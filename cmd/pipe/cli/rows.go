package cli

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// columnsOf gives how wide the lines on w may be: as wide as they are where w is no terminal, for programs to read.
func columnsOf(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return math.MaxInt
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}

// row is a line of a table: cells that stand under each other, and the text behind them.
type row struct {
	cells []string
	text  string
}

// printRows sets rows in lines of at most width columns. A text that is too long goes on below itself, or where there is
// little room behind four columns.
func printRows(w io.Writer, rows []row, width int) error {
	var widths []int
	for _, r := range rows {
		for i, c := range r.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	b := &strings.Builder{}
	for _, r := range rows {
		line := ""
		for i, c := range r.cells {
			line += c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+2)
		}
		under := utf8.RuneCountInString(line)
		if under > width/2 {
			under = 4
		}
		fmt.Fprintln(b, strings.TrimRight(hang(line+r.text, width, under), " "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// hangLines is hang for each line of a text, so that the lines of a command's own stay apart.
func hangLines(text string, width, indent int) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = hang(l, width, indent)
	}
	return strings.Join(lines, "\n")
}

// gist is an error in a line: its first, and what a program printed last where the error quotes that.
func gist(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > 1 && strings.HasSuffix(lines[0], ":") {
		return lines[0] + " " + strings.TrimSpace(lines[len(lines)-1])
	}
	return lines[0]
}
