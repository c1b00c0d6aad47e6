package process

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
)

const (
	mostLines = 10_000 // that are passed on
	mostBytes = 4096   // of a line
	keptLines = 10     // for the error
)

// lines passes on what a command prints.
type lines struct {
	to   func(string)
	kept []string // the last
	n    int
	done chan struct{} // closed at the end of the output
}

// read reads to the end. A carriage return starts the line anew, as on a terminal, so that of a progress bar only its
// last state is passed on.
func (l *lines) read(r io.Reader) {
	defer close(l.done)
	b := bufio.NewReader(r)
	var line []byte
	for {
		c, err := b.ReadByte()
		switch {
		case err != nil:
			if len(line) > 0 {
				l.add(string(line))
			}
			return
		case c == '\n':
			l.add(strings.TrimSuffix(string(line), "\r"))
			line = line[:0]
		case len(line) > 0 && line[len(line)-1] == '\r':
			line = append(line[:0], c)
		case len(line) < mostBytes:
			line = append(line, c)
		case c == '\r':
			line[len(line)-1] = c
		}
	}
}

// escapes are the sequences that set colours and move the cursor.
var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// clean makes a line safe to show: text alone.
func clean(s string) string {
	s = escapes.ReplaceAllString(strings.ToValidUTF8(s, "�"), "")
	s = strings.ReplaceAll(s, "\t", "    ")
	return strings.TrimRightFunc(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s), unicode.IsSpace)
}

func (l *lines) add(s string) {
	s = clean(s)
	if s == "" {
		return
	}
	if l.kept = append(l.kept, s); len(l.kept) > keptLines {
		l.kept = l.kept[1:]
	}
	l.n++
	switch {
	case l.to == nil || l.n > mostLines:
	case l.n == mostLines:
		l.to(fmt.Sprintf("it has printed %d lines: what follows is not kept", mostLines))
	default:
		l.to(s)
	}
}

// last gives the last lines, once the output has ended.
func (l *lines) last() []string { return l.kept }
