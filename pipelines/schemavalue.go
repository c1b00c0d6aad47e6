package pipelines

import (
	"encoding/json"
	"reflect"
	"slices"

	"fashionpipe/dag"
)

// The patterns of references: a value that is one, and a text that holds one.
const (
	wholeRef    = `^\$\{(vars\.[A-Za-z0-9_-]+|env\.[A-Za-z_][A-Za-z0-9_]*(:[-?][^}]*)?)\}\s*$`
	anyRef      = `\$\{`
	namePattern = `^[A-Za-z0-9_][A-Za-z0-9_-]*$`
)

// value is a schema of a type, or of a reference in its place.
func value(jsonType string) *schema {
	if jsonType == "string" {
		return &schema{Type: "string"}
	}
	word := map[string]string{"boolean": "true or false", "integer": "an integer", "number": "a number", "array": "a list"}[jsonType]
	return &schema{
		Type: []string{jsonType, "string"}, Pattern: wholeRef,
		PatternHint: "must be " + word + ", or a reference that stands alone: ${vars.name} or ${env.NAME}",
	}
}

// choice is a schema of some texts, or of a text with references.
func choice(values []string) *schema {
	e := &schema{}
	for _, v := range values {
		e.Enum = append(e.Enum, v)
	}
	return &schema{Type: "string", AnyOf: []*schema{e, {Pattern: anyRef}}}
}

// orNull lets a schema take null too if over says so.
func orNull(s *schema, over bool) *schema {
	if !over {
		return s
	}
	switch t := s.Type.(type) {
	case string:
		s.Type = []string{t, "null"}
	case []string:
		s.Type = append(slices.Clone(t), "null")
	}
	if s.AnyOf != nil {
		s.AnyOf = append(s.AnyOf, &schema{Type: "null"})
	}
	return s
}

// paramSchema describes a parameter.
func paramSchema(p dag.Param, over bool) *schema {
	s := typeSchema(p, p.Type)
	s.Description, s.Default = p.Doc, p.Default
	if v := reflect.ValueOf(p.Default); v.Kind() == reflect.Slice && v.IsNil() {
		s.Default = []string{}
	}
	if p.Exec {
		s.Description += " (not in the key)"
	}
	return orNull(s, over)
}

func typeSchema(p dag.Param, t reflect.Type) *schema {
	switch t.Kind() {
	case reflect.Slice:
		s := value("array")
		s.Items = typeSchema(p, t.Elem())
		return s
	case reflect.Bool:
		return value("boolean")
	case reflect.Int:
		return value("integer")
	case reflect.Float64:
		return value("number")
	}
	if p.Enum != nil {
		return choice(p.Enum)
	}
	return value("string")
}

func names() *schema { return &schema{Pattern: namePattern, PatternHint: nameRule, MaxLength: 100} }

func nameValue() *schema {
	return &schema{
		Type: []string{"string", "integer"}, Pattern: namePattern + "|" + anyRef, PatternHint: nameRule,
		Description: topDocs["name"],
	}
}

func seedSchema() *schema {
	s := value("integer")
	s.Minimum, s.Maximum, s.Default = 0, json.Number("18446744073709551615"), DefaultSeed
	s.Description = topDocs["seed"]
	return s
}

// plain is what a variable and a value of a sweep may be besides a list.
var plain = []string{"string", "number", "boolean"}

func varsSchema(over bool) *schema {
	v := &schema{Type: append([]string{"array"}, plain...), Items: &schema{Type: plain}}
	return &schema{Type: []string{"object", "null"}, Names: names(), Rest: orNull(v, over), Description: topDocs["vars"]}
}

// object is a mapping of known keys.
func object(over bool, properties map[string]*schema) *schema {
	return orNull(&schema{Type: "object", Properties: properties, Rest: false}, over)
}
