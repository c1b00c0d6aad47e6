package pipelines

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

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

// failIn keeps a mistake with a part of a value, such as one reference in a text.
func (c *checker) failIn(n *node, part, hint, format string, args ...any) {
	at := n.at
	first, _, _ := strings.Cut(part, "\n")
	for line := at.line; !at.src.set && line < at.line+50 && line <= len(at.src.lines); line++ {
		runes, from := []rune(at.src.line(line)), 0
		if line == at.line {
			from = min(len(runes), max(0, at.col-1))
		}
		if i := strings.Index(string(runes[from:]), first); i >= 0 {
			at = place{at.src, line, from + len([]rune(string(runes[from:])[:i])) + 1}
			c.failWide(at, len([]rune(first)), hint, format, args...)
			return
		}
	}
	c.fail(at, hint, format, args...)
}
