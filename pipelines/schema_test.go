package pipelines

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// compileSchema compiles the schema with an independent validator, which checks it against the meta-schema first.
func compileSchema(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("experiment.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("experiment.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fakeSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema(fakeRegistry())
	if err != nil {
		t.Fatal(err)
	}
	return compileSchema(t, text)
}

// asJSON is what another YAML program makes of a file (the one of the language takes 1e-3 for a text by itself); false if
// it is no YAML to it.
func asJSON(src []byte) (any, bool) {
	var v any
	if err := yaml.Unmarshal(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")), &v); err != nil {
		return nil, false
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, false
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	return doc, err == nil
}

func TestSchemaTakesGoodFiles(t *testing.T) {
	s, seen := fakeSchema(t), 0
	for _, folder := range []string{"good", "good/base", "sweep"} {
		files, err := filepath.Glob("testdata/" + folder + "/*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, ok := asJSON(src)
			if !ok {
				t.Errorf("%s is no YAML", file)
				continue
			}
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			seen++
		}
	}
	if seen < 11 {
		t.Errorf("only %d files", seen)
	}
}

// TestSchemaTakesWhatTheLanguageTakes holds for any experiment.
func TestSchemaTakesWhatTheLanguageTakes(t *testing.T) {
	s := fakeSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		src := drawExperiment(t)
		x, err := Parse("drawn.yaml", []byte(src), fakeOptions())
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{[]byte(src), x.Resolved} {
			doc, ok := asJSON(text)
			if !ok {
				t.Fatalf("no YAML:\n%s", text)
			}
			if err := s.Validate(doc); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
		}
	})
}

// beyond lists the bad files that a schema can't find wrong, with what it would have to know.
var beyond = map[string][]string{
	"names of stages and variables": {"cycle", "two_cycles", "unknown_stage", "unknown_var", "no_vars", "var_cycle"},
	"what stages make":              {"wrong_type", "wrong_type_no_fit"},
	"what references stand for":     {"var_types", "quoted_list", "bad_refs", "schedule_variable"},
	"the environment":               {"env_message", "env_message_lines", "env_missing", "env_not_utf8"},
	"the rules of kinds":            {"validate", "ports_params"},
	"the calendar":                  {"schedule_backwards", "schedule_long_step", "schedule_never"},
	"other files": {"extends_axis_twice", "extends_circle", "extends_deep", "extends_empty", "extends_itself", "extends_missing",
		"extends_missing_in_chain", "extends_nothing_to_take_out", "extends_other_kind", "extends_syntax", "extends_taken_out", "extends_variable_gone"},
	"what a sweep's paths lead to, and its points": {"sweep_circle", "sweep_depends", "sweep_every_point", "sweep_exclude_all",
		"sweep_exclude_nothing", "sweep_idle", "sweep_kinds", "sweep_one_bad_point", "sweep_one_bad_value", "sweep_parameter", "sweep_path_twice",
		"sweep_port", "sweep_same_value", "sweep_too_many", "sweep_uneven", "sweep_value_twice", "sweep_variable_value"},
	"YAML that the language leaves out": {"anchor_twice", "directive", "merge_key", "tag", "two_documents"},
}

// beyondNames gives the reason by the name of the file.
func beyondNames() map[string]string {
	why := map[string]string{}
	for reason, names := range beyond {
		for _, name := range names {
			why[name] = reason
		}
	}
	return why
}

func TestSchemaRefusesBadFiles(t *testing.T) {
	s := fakeSchema(t)
	why := beyondNames()
	refused, syntax := 0, 0
	for _, file := range testFiles(t, "bad", 40) {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, ok := asJSON(src)
		switch {
		case strings.Contains(string(src), "# set: "):
			continue // the mistake may be in the command line
		case !ok:
			syntax++ // an editor says so without a schema
			continue
		case s.Validate(doc) == nil && why[name] == "":
			t.Errorf("%s is right by the schema: should it be wrong? If not, add it to `beyond` with what the schema can't know", name)
		case s.Validate(doc) != nil && why[name] != "":
			t.Errorf("%s is wrong by the schema, which was thought to be beyond it: %s", name, why[name])
		case s.Validate(doc) != nil:
			refused++
		}
		delete(why, name)
	}
	t.Logf("%d refused, %d no YAML, %d beyond it", refused, syntax, len(beyondNames()))
	if refused < 50 {
		t.Errorf("only %d files are refused", refused)
	}
	for name := range why {
		t.Errorf("there is no bad file %s that is YAML", name)
	}
}
