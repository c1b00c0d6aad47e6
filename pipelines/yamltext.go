package pipelines

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// yamlValue writes a parameter's value on one line.
func yamlValue(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Slice:
		var items []string
		for i := range v.Len() {
			items = append(items, yamlValue(v.Index(i)))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.String:
		return yamlText(v.String())
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	default:
		return fmt.Sprint(v.Interface())
	}
}

// rePlain is text that needs no quotes, unless reOther takes it: what YAML 1.1 programs (Python's) read as a boolean, a
// number or a date.
var (
	rePlain = regexp.MustCompile(`^[A-Za-z0-9_./][A-Za-z0-9_./-]*$`)
	reOther = regexp.MustCompile(`^(?:(?i:y|yes|n|no|on|off)|[0-9_.+-]+)$`)
)

// yamlText writes a text so that it reads back as the same text: plain where nothing can go wrong, else in double
// quotes, with Go's escapes, which are all YAML's too. "${" is escaped.
func yamlText(s string) string {
	if rePlain.MatchString(s) && plainType(s) == textType && !reOther.MatchString(s) {
		return s
	}
	return strconv.Quote(escapeRefs(s))
}

// escapeRefs undoes what split does to a text without references.
func escapeRefs(s string) string { return strings.ReplaceAll(s, "${", "$${") }
