package dag

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Param describes one parameter of a kind, read from a field of its stage struct such as
//
//	Size int `param:"size" doc:"edge of the square image, in pixels"`
//	Fit  string `param:"fit" enum:"stretch|pad|crop" doc:"how a photo becomes square"`
//	Root string `param:"root,exec" doc:"folder of photos"`
//
// The default is the value New gives the field. `exec` marks an execution parameter, which is in no key: it may change
// how the work is done, never its result.
type Param struct {
	Name    string
	Doc     string
	Enum    []string // the values a string (or each string of a list) may have; nil for any
	Default any
	Exec    bool
	Index   int          // of the struct field
	Type    reflect.Type // bool, int, float64, string, or a slice of one of the last three
}

// TypeName names the type as people write it: "integer", "number", "true or false", "text", "list of …".
func (p Param) TypeName() string {
	t, list := p.Type, ""
	if t.Kind() == reflect.Slice {
		t, list = t.Elem(), "list of "
	}
	switch t.Kind() {
	case reflect.Bool:
		return list + "true or false"
	case reflect.Int:
		return list + "integer"
	case reflect.Float64:
		return list + "number"
	default:
		return list + "text"
	}
}

// Params lists the parameters of a stage in the order of its fields. Params panics on a struct that breaks the rules
// above: that is a mistake in the program, and the registry's test finds it.
func Params(s Stage) []Param {
	v := reflect.ValueOf(s).Elem()
	var ps []Param
	for i := range v.NumField() {
		f := v.Type().Field(i)
		tag, ok := f.Tag.Lookup("param")
		if !ok {
			continue
		}
		name, opt, _ := strings.Cut(tag, ",")
		p := Param{Name: name, Doc: f.Tag.Get("doc"), Default: v.Field(i).Interface(), Exec: opt == "exec", Index: i, Type: f.Type}
		if e := f.Tag.Get("enum"); e != "" {
			p.Enum = strings.Split(e, "|")
		}
		if err := p.check(opt); err != nil {
			panic(fmt.Sprintf("dag: %T.%s: %v", s, f.Name, err))
		}
		ps = append(ps, p)
	}
	return ps
}

// Choices are the values of Enum as people write them: the empty text as "".
func (p Param) Choices() []string {
	all := slices.Clone(p.Enum)
	if i := slices.Index(all, ""); i >= 0 {
		all[i] = `""`
	}
	return all
}

func (p Param) check(opt string) error {
	if p.Name == "" || p.Doc == "" {
		return fmt.Errorf("a parameter needs a name and a doc")
	}
	if opt != "" && opt != "exec" {
		return fmt.Errorf("unknown option %q in the param tag", opt)
	}
	t := p.Type
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Int, reflect.Float64, reflect.String:
		return nil
	case reflect.Bool:
		if p.Type.Kind() == reflect.Bool {
			return nil
		}
	}
	return fmt.Errorf("type %s can't be a parameter", p.Type)
}

// Semantic gives the values of the parameters that belong in the key, by name, as JSON. A nil list and an empty one are
// the same value.
func Semantic(s Stage) map[string]json.RawMessage {
	v := reflect.ValueOf(s).Elem()
	out := map[string]json.RawMessage{}
	for _, p := range Params(s) {
		if p.Exec {
			continue
		}
		f := v.Field(p.Index)
		if f.Kind() == reflect.Slice && f.Len() == 0 {
			out[p.Name] = json.RawMessage("[]")
			continue
		}
		b, err := json.Marshal(f.Interface())
		if err != nil {
			panic(fmt.Sprintf("dag: %T.%s: %v", s, p.Name, err)) // only NaN and infinities, which the language refuses
		}
		out[p.Name] = b
	}
	return out
}
