package pipelines

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// Errors are the mistakes of an experiment, those of --set first and then by line, those of the file before those of the
// one it extends.
type Errors []*Error

// shown is how many mistakes are printed; nobody reads more at a time.
const shown = 10

// Error gives the first messages with a blank line between them.
func (es Errors) Error() string {
	if more := len(es) - shown; more > 0 {
		return fmt.Sprintf("%s\n\nand %d more: `pipe lint` shows all", es[:shown].Text(), more)
	}
	return es.Text()
}

// Text gives all messages, however many, with a blank line between them.
func (es Errors) Text() string {
	var parts []string
	for _, e := range es {
		parts = append(parts, e.Error())
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
			cmp.Compare(min(a.Line, 1), min(b.Line, 1)), // a --set has none
			cmp.Compare(a.at.src.order, b.at.src.order),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return slices.CompactFunc(es, func(a, b *Error) bool {
		return a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Problem == b.Problem
	})
}
