package pipelines

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/internal/spelling"
)

// decodeScalar makes one value of type t: the parameter's, or that of its list's elements.
func decodeScalar(p dag.Param, t reflect.Type, n *node) (reflect.Value, *badValue) {
	if n.shape != scalar {
		return reflect.Value{}, elemError(p, t, n)
	}
	switch t.Kind() {
	case reflect.String:
		return decodeText(p, t, n)
	case reflect.Bool:
		return decodeBool(p, t, n)
	case reflect.Int:
		return decodeInt(p, t, n)
	default:
		return decodeFloat(p, t, n)
	}
}

// elemError says what one value must be, which in a list is what each element must be.
func elemError(p dag.Param, t reflect.Type, n *node) *badValue {
	inList := p.Type != t
	p.Type = t
	b := wrongType(p, n)
	if inList {
		b.problem = "must hold " + plural(p.TypeName()) + " only, not " + n.describe()
		b.hint = ""
	}
	return b
}

func decodeText(p dag.Param, t reflect.Type, n *node) (reflect.Value, *badValue) {
	if n.scalarType() != textType && !n.loose {
		b := elemError(p, t, n)
		if !n.isNull() {
			b.hint = `write "` + clip(n.text) + `" in quotes if that text is meant`
		}
		return reflect.Value{}, b
	}
	if p.Enum != nil && !slices.Contains(p.Enum, n.text) {
		b := &badValue{at: n, problem: "must be " + either(p.Choices()) + ", not " + n.quote()}
		if near, ok := spelling.Nearest(n.text, p.Enum); ok {
			b.hint = "did you mean `" + near + "`?"
		}
		return reflect.Value{}, b
	}
	return reflect.ValueOf(n.text).Convert(t), nil
}

func decodeBool(p dag.Param, t reflect.Type, n *node) (reflect.Value, *badValue) {
	if n.scalarType() == boolType {
		return reflect.ValueOf(strings.ToLower(n.text) == "true").Convert(t), nil
	}
	b := elemError(p, t, n)
	switch strings.ToLower(n.text) {
	case "yes", "on", "y", "1", "true":
		b.hint = "write true, without quotes"
	case "no", "off", "n", "0", "false":
		b.hint = "write false, without quotes"
	}
	return reflect.Value{}, b
}

func decodeInt(p dag.Param, t reflect.Type, n *node) (reflect.Value, *badValue) {
	b := elemError(p, t, n)
	switch n.scalarType() {
	case intType:
		if oldOctal(n.text) {
			b.problem = "must not begin with a 0: to some programs that is octal"
			b.hint = "write " + cmp.Or(strings.TrimLeft(n.text, "+-0"), "0")
			return reflect.Value{}, b
		}
		v, err := strconv.ParseInt(strings.TrimPrefix(n.text, "+"), intBase(n.text), strconv.IntSize)
		if err == nil {
			return reflect.ValueOf(int(v)).Convert(t), nil
		}
		b.problem = "is too big: " + clip(n.text)
	case floatType:
		if v, err := strconv.ParseFloat(n.text, 64); err == nil && v == math.Trunc(v) && math.Abs(v) < 1e15 {
			b.hint = "write " + strconv.FormatInt(int64(v), 10)
		}
	case textType:
		b.hint = unquoteHint(n, intType)
	}
	return reflect.Value{}, b
}

// unquoteHint says what to do with a text that would be a number without its quotes, or its "_" and ",".
func unquoteHint(n *node, want scalarType) string {
	if n.shape != scalar || n.scalarType() != textType {
		return ""
	}
	bare := strings.NewReplacer("_", "", ",", "", " ", "").Replace(n.text)
	got := plainType(bare)
	if got != want && (want != floatType || got != intType) {
		return ""
	}
	if n.quoted && bare == n.text {
		return "write " + bare + ", without quotes"
	}
	return "write " + bare
}

func decodeFloat(p dag.Param, t reflect.Type, n *node) (reflect.Value, *badValue) {
	b := elemError(p, t, n)
	switch n.scalarType() {
	case intType, floatType:
		text := n.text
		if i, err := strconv.ParseUint(text, 0, 64); err == nil && intBase(text) == 0 {
			text = strconv.FormatUint(i, 10)
		}
		v, err := strconv.ParseFloat(text, 64)
		if err == nil && !math.IsInf(v, 0) {
			return reflect.ValueOf(v + 0).Convert(t), nil // + 0 makes one zero of two
		}
		b.problem = "is out of range: " + clip(n.text)
	case oddType:
		b.problem = "must be a finite number, not " + n.text
	case textType:
		b.hint = unquoteHint(n, floatType)
	}
	return reflect.Value{}, b
}
