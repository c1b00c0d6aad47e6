package pipelines

import (
	"bytes"
	"encoding/json"

	"fashionpipe/dag"
)

// schema is a JSON Schema, as far as the language needs it. It is written by hand rather than reflected from Go types, since the
// language is no Go type: it depends on the kinds, and takes references where numbers go.
type schema struct {
	Dialect     string `json:"$schema,omitempty"`
	Ref         string `json:"$ref,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`

	Type    any    `json:"type,omitempty"` // a name or a list of names
	Const   string `json:"const,omitempty"`
	Enum    []any  `json:"enum,omitempty"`
	Default any    `json:"default,omitempty"`

	// Annotations of editors: what each value of Enum means, and what to say where Pattern does not fit.
	EnumDocs    []string `json:"enumDescriptions,omitempty"`
	PatternHint string   `json:"patternErrorMessage,omitempty"`

	Pattern   string `json:"pattern,omitempty"`
	MaxLength int    `json:"maxLength,omitempty"`
	Minimum   any    `json:"minimum,omitempty"`
	Maximum   any    `json:"maximum,omitempty"`

	Items    *schema `json:"items,omitempty"`
	MinItems int     `json:"minItems,omitempty"`

	Properties    map[string]*schema `json:"properties,omitempty"`
	Required      []string           `json:"required,omitempty"`
	Names         *schema            `json:"propertyNames,omitempty"`
	Rest          any                `json:"additionalProperties,omitempty"` // false, or a schema
	MinProperties int                `json:"minProperties,omitempty"`

	AnyOf []*schema `json:"anyOf,omitempty"`
	AllOf []*schema `json:"allOf,omitempty"`
	Not   *schema   `json:"not,omitempty"`
	If    *schema   `json:"if,omitempty"`
	Then  *schema   `json:"then,omitempty"`
	Else  *schema   `json:"else,omitempty"`

	Defs map[string]*schema `json:"$defs,omitempty"`
}

// Schema describes the language with the kinds of a registry as JSON Schema (2020-12), for editors. It can't say what
// depends on several places of a file: that inputs name stages of the right type, that variables are there, that
// nothing goes round in a circle. It does not look at what a sweep puts into stages.
func Schema(r *dag.Registry) ([]byte, error) {
	w := &schemaWriter{registry: r, defs: map[string]*schema{}}
	root := &schema{
		Dialect: "https://json-schema.org/draft/2020-12/schema", Title: "Experiment of pipe",
		Description: "Named stages from photographs to a report. `pipe kinds` describes what stages can do.",
		Type:        "object", Rest: false,
		// A file over another one says only what is different, and takes out with null.
		If: &schema{Required: []string{"extends"}}, Then: w.file(true), Else: w.file(false),
	}
	root.Properties = map[string]*schema{}
	for _, key := range topKeys {
		root.Properties[key] = &schema{Description: topDocs[key]}
	}
	root.Defs = w.defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(root)
	return b.Bytes(), err
}

// topDocs says what the keys of a file are.
var topDocs = map[string]string{
	"name":     "Name of the experiment; that of the file without it.",
	"seed":     "Where random numbers start, for all stages that have no seed of their own.",
	"vars":     "Values with a name, for ${vars.name}.",
	"stages":   "The work: each stage has a name, a kind (`uses`), inputs (`in`) and parameters (`with`).",
	"sweep":    "Axes to vary; all combinations run as one graph.",
	"schedule": "When `pipe schedule` runs the experiment.",
	"extends":  "Another file, whose keys this one changes.",
}

// schemaWriter gathers the definitions that the schema refers to.
type schemaWriter struct {
	registry *dag.Registry
	defs     map[string]*schema
}

// define keeps a schema under a name and gives a reference to it.
func (w *schemaWriter) define(name string, s *schema) *schema {
	w.defs[name] = s
	return &schema{Ref: "#/$defs/" + name}
}

// file describes the keys of a file; over says whether it extends another.
func (w *schemaWriter) file(over bool) *schema {
	seed := seedSchema()
	s := &schema{Properties: map[string]*schema{
		"name":     nameValue(),
		"seed":     orNull(seed, over),
		"vars":     varsSchema(over),
		"stages":   w.stages(over),
		"sweep":    sweepSchema(over),
		"schedule": w.schedule(over),
	}}
	if over {
		s.Properties["extends"] = &schema{Type: "string", Not: &schema{Pattern: anyRef}, Description: topDocs["extends"]}
	} else {
		s.Required = []string{"stages"}
	}
	return s
}
