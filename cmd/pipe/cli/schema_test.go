package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"fashionpipe/dag"
	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

func realSchema(t *testing.T) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	text, err := pipelines.Schema(stages.All())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("experiment.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("experiment.schema.json") // which checks it against the meta-schema
	if err != nil {
		t.Fatal(err)
	}
	return s, doc.(map[string]any)
}

// validYAML says what an independent validator says of an experiment.
func validYAML(t *testing.T, s *jsonschema.Schema, src []byte) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(src, &v); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemaTakesShippedExperiments(t *testing.T) {
	s, _ := realSchema(t)
	files, err1 := filepath.Glob("../../../pipelines/*.yaml")
	more, err2 := filepath.Glob("testdata/experiments/*.yaml")
	if files = append(files, more...); err1 != nil || err2 != nil || len(files) < 5 {
		t.Fatalf("%d experiments, %v, %v", len(files), err1, err2)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validYAML(t, s, src); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Each kind's example is right, and wrong with a parameter, a port or a value that it has not.
func TestSchemaKnowsEveryKind(t *testing.T) {
	s, doc := realSchema(t)
	defs := doc["$defs"].(map[string]any)
	for _, k := range stages.All().Kinds() {
		file := []byte("stages:\n  " + strings.ReplaceAll(strings.TrimSpace(k.Example), "\n", "\n  ") + "\n")
		if err := validYAML(t, s, file); err != nil {
			t.Errorf("the example of %s: %v", k.Name, err)
		}
		with := defs[k.Name+".with"].(map[string]any)["properties"]
		for _, p := range dag.Params(k.New()) {
			got, _ := with.(map[string]any)[p.Name].(map[string]any)
			if d, _ := got["description"].(string); got == nil || !strings.HasPrefix(d, p.Doc) {
				t.Errorf("%s has no parameter %s with its doc: %v", k.Name, p.Name, got)
			}
			if _, ok := got["default"]; !ok {
				t.Errorf("%s: %s has no default", k.Name, p.Name)
			}
			if err := validYAML(t, s, []byte("extends: x.yaml\nstages: {s: {uses: "+k.Name+", with: {"+p.Name+": {a: 1}}}}")); err == nil {
				t.Errorf("%s: %s may be a mapping", k.Name, p.Name)
			}
			if err := validYAML(t, s, []byte("extends: x.yaml\nstages: {s: {uses: "+k.Name+", with: {"+p.Name+": \"${vars.x}\"}}}")); err != nil {
				t.Errorf("%s: %s takes no reference: %v", k.Name, p.Name, err)
			}
		}
		for _, wrong := range []string{"with: {no_such_one: 1}", "in: {no_such_one: x}", "seed: -1", "wth: {}"} {
			if err := validYAML(t, s, []byte("extends: x.yaml\nstages: {s: {uses: "+k.Name+", "+wrong+"}}")); err == nil {
				t.Errorf("%s with %s is right", k.Name, wrong)
			}
		}
	}
}
