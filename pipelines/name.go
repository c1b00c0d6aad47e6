package pipelines

import (
	"cmp"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

var reName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)

const nameRule = "names have letters a–z, digits, `_` and `-`, and do not begin with `-`"

// checkName says whether a name is one that people can type, and that fits a file name.
func (c *checker) checkName(n *node, what string) bool {
	switch {
	case n.shape == scalar && reName.MatchString(n.text) && len(n.text) <= 100:
		return true
	case n.shape == scalar && len(n.text) > 100:
		c.failAt(n, "100 characters at most", "the name of the %s is too long", what)
	default:
		c.failAt(n, nameRule, "%s can't be the name of %s %s", n.quote(), article(what), what)
	}
	return false
}

func article(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an"
	}
	return "a"
}

var notName = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// name is that of the experiment: the file's base name unless it has one of its own.
func (c *checker) name(n *node, file string) string {
	if n == nil {
		base := filepath.Base(file)
		base = strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml")
		base = strings.Trim(notName.ReplaceAllString(base, "-"), "-")
		return cmp.Or(base[:min(100, len(base))], "experiment")
	}
	n, ok := c.expand(n)
	if ok && n.isNull() && !n.quoted {
		c.failAt(n, "leave the line out to take the file's name", "`name` has no value")
	} else if ok {
		c.checkName(n, "experiment")
	}
	return n.text
}

// readSeed reads a seed, an integer from 0 to 2^64-1.
func (c *checker) readSeed(n *node, otherwise uint64) uint64 {
	if n == nil {
		return otherwise
	}
	n, ok := c.expand(n)
	if !ok {
		return otherwise
	}
	if v, ok := n.uint(); ok {
		return v
	}
	c.failAt(n, unquoteHint(n, intType), "`seed` must be an integer from 0 to 2^64-1, not %s", n.describe())
	return otherwise
}

func (n *node) uint() (uint64, bool) {
	if n.shape != scalar || n.scalarType() != intType || oldOctal(n.text) {
		return 0, false
	}
	v, err := strconv.ParseUint(strings.TrimPrefix(n.text, "+"), intBase(n.text), 64)
	return v, err == nil
}

// intBase is what strconv needs: 0 finds 0x and 0o, but would take the digits behind a leading 0 for octal ones.
func intBase(s string) int {
	if strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0o") {
		return 0
	}
	return 10
}

// oldOctal finds integers such as 010, which are 8 to some programs and 10 to others.
func oldOctal(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return len(s) > 1 && s[0] == '0' && s[1] != 'x' && s[1] != 'o'
}
