package pipelines

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

type scalarType int

const (
	textType scalarType = iota
	nullType
	boolType
	intType
	floatType
	oddType // NaN and the infinities
)

// The core schema of YAML 1.2 (section 10.3.2), which unlike 1.1 reads `yes`, `on`, `1_000` and `12:30` as text.
var (
	reInt   = regexp.MustCompile(`^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$`)
	reFloat = regexp.MustCompile(`^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$`)
	reOdd   = regexp.MustCompile(`^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
)

// plainType says what an unquoted scalar is.
func plainType(s string) scalarType {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return nullType
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return boolType
	}
	switch {
	case reInt.MatchString(s):
		return intType
	case reFloat.MatchString(s):
		return floatType
	case reOdd.MatchString(s):
		return oddType
	}
	return textType
}

func (n *node) scalarType() scalarType {
	if n.quoted {
		return textType
	}
	return plainType(n.text)
}

// isNull says whether a value was left out: `key:` or `key: null`.
func (n *node) isNull() bool { return n.shape == scalar && n.scalarType() == nullType }

// describe names a value in a message: "the text \"abc\"", "1.5", "a list".
func (n *node) describe() string {
	switch {
	case n.shape == list:
		return "a list"
	case n.shape == mapping:
		return "a mapping"
	case n.isNull():
		return "an empty value"
	case n.scalarType() == textType:
		return `the text "` + clip(n.text) + `"`
	}
	return clip(n.text)
}

// quote names a value that should be a name.
func (n *node) quote() string {
	if n.shape != scalar || n.text == "" {
		return n.describe()
	}
	return "`" + clip(n.text) + "`"
}

// clip shortens a text to what fits in a sentence, on one line.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= 40 {
		return s
	}
	return string([]rune(s)[:39]) + "…"
}
