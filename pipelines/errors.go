package pipelines

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Error is one mistake in an experiment.
type Error struct {
	File         string // as it was named, or "--set path=value"
	Line, Column int    // from 1, the column in characters; 0 for a mistake in a --set
	Problem      string // what is wrong and what was expected
	Hint         string // what to do; "" if the problem says it

	at    place
	text  string // the source line
	width int    // characters the caret marks
}

// Error gives the whole message: the place and the problem, the source line with a caret, the hint. No line is wider
// than 80 columns, unless it holds a longer path or word.
func (e *Error) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	var b strings.Builder
	b.WriteString(wrap(where+": "+e.Problem, "", "    "))
	if e.Line > 0 {
		b.WriteString("\n" + snippet(e.Line, e.Column, e.width, e.text))
	}
	if e.Hint != "" {
		b.WriteString("\n" + wrap(e.Hint, "  ", "  "))
	}
	return b.String()
}

// Errors are the mistakes of an experiment, those of --set first and then by line.
type Errors []*Error

// shown is how many mistakes are printed; nobody reads more at a time.
const shown = 10

// Error gives the messages with a blank line between them.
func (es Errors) Error() string {
	var parts []string
	for _, e := range es[:min(shown, len(es))] {
		parts = append(parts, e.Error())
	}
	if more := len(es) - shown; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, "\n\n")
}

// Unwrap gives the mistakes one by one, for errors.As.
func (es Errors) Unwrap() []error {
	var out []error
	for _, e := range es {
		out = append(out, e)
	}
	return out
}

var _ error = Errors(nil)

// AsErrors gives the mistakes of an experiment if that is what err is.
func AsErrors(err error) (Errors, bool) {
	var es Errors
	ok := errors.As(err, &es)
	return es, ok
}

// sorted orders by place and drops what was said twice (a value that an alias repeats).
func (es Errors) sorted() Errors {
	slices.SortStableFunc(es, func(a, b *Error) int {
		return cmp.Or(
			cmp.Compare(a.Line, b.Line), // a --set has none
			cmp.Compare(a.at.src.order, b.at.src.order),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return slices.CompactFunc(es, func(a, b *Error) bool {
		return a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Problem == b.Problem
	})
}

// fail keeps a mistake at a place.
func (c *checker) fail(at place, hint, format string, args ...any) {
	c.failWide(at, 0, hint, format, args...)
}

// failAt keeps a mistake with a value of the file.
func (c *checker) failAt(n *node, hint, format string, args ...any) {
	if n.bad {
		return
	}
	if n.via != "" {
		format += " (it comes from " + strings.ReplaceAll(n.via, "%", "%%") + ")"
	}
	c.failWide(n.at, n.width(), hint, format, args...)
}

// width is the number of characters of a plain text of several words, which carets can't find the end of.
func (n *node) width() int {
	if n.at.src.set || n.shape != scalar || n.quoted || n.text == "" {
		return 0
	}
	at := n.at.inside()
	if rest := []rune(at.src.line(at.line))[at.col-1:]; strings.HasPrefix(string(rest), n.text) {
		return utf8.RuneCountInString(n.text)
	}
	return 0
}

// failWide keeps a mistake that width characters make; 0 to find the end of the word at the place.
func (c *checker) failWide(at place, width int, hint, format string, args ...any) {
	e := &Error{File: at.src.name, Problem: fmt.Sprintf(format, args...), Hint: hint, at: at}
	if !at.src.set {
		at = at.inside()
		e.Line, e.Column, e.text, e.width = at.line, at.col, at.src.line(at.line), width
		if width == 0 {
			e.width = wordWidth(e.text, at.col)
		}
	}
	c.errs = append(c.errs, e)
}

func (c *checker) placeOf(line, col int) place { return place{c.file, line, col} }

// line gives a line by its number, "" if there is none.
func (s *source) line(number int) string {
	if number < 1 || number > len(s.lines) {
		return ""
	}
	return s.lines[number-1]
}

// inside moves a place to the nearest one that exists, at most one character behind a line's end.
func (p place) inside() place {
	p.line = max(1, min(p.line, len(p.src.lines)))
	p.col = max(1, min(p.col, len([]rune(p.src.line(p.line)))+1))
	return p
}
