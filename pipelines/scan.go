package pipelines

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits that no real experiment comes near; they keep a hostile file from taking the machine's memory.
const (
	maxBytes = 256 << 10 // of a file that a person writes
	maxMade  = 4 << 20   // of a resolved one, which names the path of an axis with each value
	maxDepth = 32        // of lists and mappings inside each other
	maxText  = 1 << 16   // of a value after variables are filled in
)

// resolvedMark begins a resolved file of more than maxBytes, so that it can be read again.
const resolvedMark = "# Resolved by pipe: may be longer than 256 KiB.\n"

// tooBig says whether a file has more bytes than it may.
func tooBig(src []byte) bool {
	return len(src) > maxMade || len(src) > maxBytes && !bytes.HasPrefix(src, []byte(resolvedMark))
}

// scan makes the bytes of a file into text with "\n" line ends, without a byte order mark. It refuses what is not
// UTF-8, control characters, and tabs in the indentation.
func (c *checker) scan(src []byte) (string, bool) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	top := c.placeOf(1, 1)
	switch {
	case tooBig(src):
		c.fail(top, "an experiment file has at most 256 KiB; is this the right file?", "the file is too big")
		return "", false
	case bytes.HasPrefix(src, []byte("\xff\xfe")), bytes.HasPrefix(src, []byte("\xfe\xff")):
		c.fail(top, "save it as UTF-8", "the file is in UTF-16, not UTF-8")
		return "", false
	}
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	c.file.lines = strings.Split(strings.ToValidUTF8(string(src), "\uFFFD"), "\n")
	for i, line := range bytes.Split(src, []byte("\n")) {
		if !c.scanLine(i+1, line) {
			return "", false
		}
	}
	return string(src), true
}

func (c *checker) scanLine(number int, line []byte) bool {
	indent := true
	for col := 1; len(line) > 0; col++ {
		r, size := utf8.DecodeRune(line)
		at := c.placeOf(number, col)
		switch {
		case r == utf8.RuneError && size == 1:
			c.fail(at, "save the file as UTF-8", "byte 0x%02x is not UTF-8", line[0])
			return false
		case r == '\t' && indent && len(bytes.TrimSpace(line)) > 0:
			c.fail(at, "YAML takes spaces only", "a tab in the indentation")
			return false
		case indent && r != ' ' && unicode.IsSpace(r) && r != '\t':
			c.fail(at, "replace it by plain spaces", "a special space (U+%04X) in the indentation", r)
			return false
		case r < ' ' && r != '\t', r >= 0x7f && r < 0xa0 && r != 0x85, r == 0xFEFF:
			c.fail(at, fmt.Sprintf(`take it out; in double quotes, "\u%04x" writes one`, r), "a control character (U+%04X)", r)
			return false
		}
		indent = indent && r == ' '
		line = line[size:]
	}
	return true
}
