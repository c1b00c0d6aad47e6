package cli

import (
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

// The example of every kind is right but for the stages it takes its inputs from, which it doesn't show.
func TestExamplesOfKindsAreRight(t *testing.T) {
	for _, k := range stages.All().Kinds() {
		src := "stages:\n" + indent(strings.Trim(k.Example, "\n"), "  ") + "\n"
		_, err := pipelines.Parse(k.Name, []byte(src), pipelines.Options{Registry: stages.All()})
		if err == nil {
			continue
		}
		mistakes, ok := pipelines.AsErrors(err)
		if !ok {
			t.Errorf("%s: %v", k.Name, err)
		}
		for _, m := range mistakes {
			if !strings.HasPrefix(m.Problem, "there is no stage") {
				t.Errorf("the example of %s: %v", k.Name, m)
			}
		}
	}
}

// Every kind says what it is for, and so does each of its ports and parameters.
func TestKindsAreDescribed(t *testing.T) {
	for _, k := range stages.All().Kinds() {
		if k.Summary == "" || k.Doc == "" || k.Example == "" || k.Check == nil || k.Version < 1 {
			t.Errorf("%s lacks a summary, doc, example, check or version", k.Name)
		}
		for _, p := range k.In {
			if p.Doc == "" {
				t.Errorf("port %s of %s has no doc", p.Name, k.Name)
			}
		}
		dag.Params(k.New()) // panics on a parameter without a doc
	}
}
