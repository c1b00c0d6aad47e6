package pipelines

import (
	"fmt"

	"fashionpipe/dag"
)

// stages describes `stages:`.
func (w *schemaWriter) stages(over bool) *schema {
	stage := w.define(part("stage", over), w.stage(over))
	return orNullBody(&schema{Type: "object", MinProperties: 1, Names: names(), Rest: stage, Description: topDocs["stages"]}, over)
}

// orNullBody lets a mapping of a file over another be left empty.
func orNullBody(s *schema, over bool) *schema {
	if over {
		s.MinProperties = 0
	}
	return orNull(s, over)
}

// part names a definition; files over others have their own.
func part(name string, over bool) string {
	if over {
		return name + ".over"
	}
	return name
}

// stage describes a stage: what its inputs and parameters are depends on its kind.
func (w *schemaWriter) stage(over bool) *schema {
	uses := &schema{Type: "string", Description: "The kind of the stage."}
	s := object(over, map[string]*schema{
		"uses":      uses,
		"in":        {Type: []string{"object", "null"}, Description: "Inputs: port → name of a stage, or a list of names where the port takes several."},
		"with":      {Type: []string{"object", "null"}, Description: "Parameters of the kind."},
		"seed":      orNull(seedSchema(), over),
		"allow":     orNull(&schema{Type: []string{"string", "array"}, Items: &schema{Type: "string"}, Description: "Quality gates that may fail, such as collapse."}, over),
		"resources": resourcesSchema(over),
	})
	s.Properties["seed"].Default, s.Properties["seed"].Description = nil, "A seed of its own; the experiment's without it."
	for _, k := range w.registry.Kinds() {
		uses.Enum, uses.EnumDocs = append(uses.Enum, k.Name), append(uses.EnumDocs, k.Summary)
		s.AllOf = append(s.AllOf, w.kind(k, over))
	}
	if !over {
		s.Required = []string{"uses"}
	}
	return s
}

// kind says what holds where `uses` names a kind.
func (w *schemaWriter) kind(k *dag.Kind, over bool) *schema {
	in := w.define(part(k.Name+".in", over), portsSchema(k, over))
	with := w.define(part(k.Name+".with", over), paramsSchema(k, over))
	s := &schema{
		If:   &schema{Properties: map[string]*schema{"uses": {Const: k.Name}}, Required: []string{"uses"}},
		Then: &schema{Properties: map[string]*schema{"in": in, "with": with}},
	}
	if len(w.defs[part(k.Name+".in", over)].Required) > 0 {
		s.Then.Required = []string{"in"}
	}
	return s
}

func portsSchema(k *dag.Kind, over bool) *schema {
	s := &schema{Type: []string{"object", "null"}, Rest: false, Properties: map[string]*schema{}}
	for _, p := range k.In {
		port := &schema{Type: "string", Description: fmt.Sprintf("Takes %s. %s", p.Type, p.Doc)}
		if p.Many {
			port.Type, port.Items = []string{"string", "array"}, &schema{Type: "string"}
		}
		if !p.Optional && !over {
			s.Required, s.Type = append(s.Required, p.Name), "object"
			if p.Many {
				port.MinItems = 1
			}
		}
		s.Properties[p.Name] = orNull(port, over || p.Optional)
	}
	return s
}

func paramsSchema(k *dag.Kind, over bool) *schema {
	s := &schema{Type: []string{"object", "null"}, Rest: false, Properties: map[string]*schema{}}
	s.Description = k.Summary + "\n\n" + k.Doc
	for _, p := range dag.Params(k.New()) {
		s.Properties[p.Name] = paramSchema(p, over)
	}
	return s
}

func resourcesSchema(over bool) *schema {
	count := func(least int, doc string) *schema {
		s := value("integer")
		s.Minimum, s.Maximum, s.Description = least, 1024, doc
		return orNull(s, over)
	}
	memory := &schema{Type: "string", Pattern: `^\s*[0-9.]+\s*[A-Za-z]+\s*$|` + anyRef, PatternHint: "must be a number and its unit, such as 500MB or 2GB"}
	memory.Description = "How much memory the stage needs, such as 2GB."
	s := object(over, map[string]*schema{
		"cpu": count(1, "How many cores the stage may use."), "gpu": count(0, "How many GPUs the stage needs to itself; one where it computes on GPUs and this is not said. At 0 it computes on the first, beside others."), "memory": orNull(memory, over),
	})
	s.Description = "What the stage needs while it runs."
	return s
}
