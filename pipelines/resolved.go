package pipelines

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"fashionpipe/dag"
)

// resolved writes the experiment with everything spelled out, in the order of the file.
func (c *checker) resolved(x *Experiment) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "name: %s\nseed: %d\nstages:\n", yamlText(x.Name), x.Seed)
	for _, s := range c.order {
		fmt.Fprintf(&b, "  %s:\n    uses: %s\n", yamlText(s.name), yamlText(s.kind.Name))
		s.writeInputs(&b)
		if params := dag.Params(s.work); len(params) > 0 {
			b.WriteString("    with:\n")
			v := reflect.ValueOf(s.work).Elem()
			for _, p := range params {
				fmt.Fprintf(&b, "      %s: %s\n", yamlText(p.Name), yamlValue(v.Field(p.Index)))
			}
		}
		if s.seed != x.Seed {
			fmt.Fprintf(&b, "    seed: %d\n", s.seed)
		}
		if len(s.allow) > 0 {
			fmt.Fprintf(&b, "    allow: %s\n", yamlValue(reflect.ValueOf(s.allow)))
		}
		if s.gpu > 0 {
			fmt.Fprintf(&b, "    resources: {gpu: %d}\n", s.gpu)
		}
	}
	return b.Bytes()
}

func (s *stage) writeInputs(b *bytes.Buffer) {
	if len(s.in) == 0 {
		return
	}
	b.WriteString("    in:\n")
	for _, p := range s.kind.In {
		switch from := s.in[p.Name]; {
		case len(from) == 0:
		case p.Many:
			fmt.Fprintf(b, "      %s: %s\n", yamlText(p.Name), yamlValue(reflect.ValueOf(from)))
		default:
			fmt.Fprintf(b, "      %s: %s\n", yamlText(p.Name), yamlText(from[0]))
		}
	}
}

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
