package pipelines

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

var anyText = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
	"", "~", "null", "true", "yes", "5", "1e-3", ".5", "0x1F", "007", "1_000", "2024-01-01", "...", "---", "-", "- a", "a: b",
	"a #b", "*x", "&x", "!x", "%x", "@x", "${vars.x}", "$${", "$", "C:\\x", " lead", "trail ", "two\nlines\n", "\t", "\x00", "\u2028",
	"\ufeff", "\"", "'", "[1]", "{a: b}", "写真", "😀", ".nan", "<<", "|", ">",
}))

// TestResolvedProperty holds for any experiment that the resolved file has the same graph and resolves to itself.
func TestResolvedProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := drawExperiment(t)
		x, err := Parse("drawn.yaml", []byte(src), fakeOptions())
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		again, err := Parse("again.yaml", x.Resolved, Options{Registry: fakeRegistry(), Getenv: func(string) (string, bool) { return "", false }})
		if err != nil {
			t.Fatalf("%v\n%s", err, x.Resolved)
		}
		sameGraph(t, x.Graph, again.Graph)
		if !bytes.Equal(x.Resolved, again.Resolved) {
			t.Fatalf("%s\nresolves to\n%s", x.Resolved, again.Resolved)
		}
		placed := map[string]bool{}
		for _, n := range x.Graph.Nodes {
			for _, from := range n.In {
				for _, name := range from {
					if !placed[name] {
						t.Fatalf("%s stands before its input %s", n.Name, name)
					}
				}
			}
			placed[n.Name] = true
		}
	})
}

// drawExperiment writes an experiment with hostile texts and numbers, its stages in any order.
func drawExperiment(t *rapid.T) string {
	var stages []string
	quote := func(label string) string { return yamlText(anyText.Draw(t, label)) }
	photos := rapid.IntRange(1, 3).Draw(t, "photos")
	for i := range photos {
		root := quote("root")
		if root == `""` {
			root = "x"
		}
		stages = append(stages, fmt.Sprintf("  p%d: {uses: photos, with: {root: %s, split: %s, limit: %d, scales: %s}}",
			i, root, quote("split"), rapid.IntRange(0, 1<<62).Draw(t, "limit"),
			strings.ReplaceAll(fmt.Sprint(rapid.SliceOf(rapid.Int()).Draw(t, "scales")), " ", ", ")))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "decodes") {
		stages = append(stages, fmt.Sprintf("  i%d:\n    uses: decode\n    in: {photos: p%d}\n    seed: %d\n    with: {margin: %v, cell: %s}",
			i, rapid.IntRange(0, photos-1).Draw(t, "from"), rapid.Uint64().Draw(t, "seed"), rapid.Float64().Draw(t, "margin"), quote("cell")))
	}
	loops := rapid.IntRange(0, 6).Draw(t, "loops")
	for i := range loops {
		var from []string
		for j := range i {
			if rapid.Bool().Draw(t, "edge") {
				from = append(from, fmt.Sprintf("l%d", j))
			}
		}
		stages = append(stages, fmt.Sprintf("  l%d: {uses: loop, in: {things: [%s]}, resources: {gpu: %d}}",
			i, strings.Join(from, ", "), rapid.IntRange(0, 2).Draw(t, "gpu")))
	}
	return "stages:\n" + strings.Join(rapid.Permutation(stages).Draw(t, "order"), "\n") + "\n"
}

// TestTextsForOthers holds that what the resolved file says is what another YAML program reads.
func TestTextsForOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText.Draw(t, "text")
		var got map[string]any
		if err := yaml.Unmarshal([]byte("a: "+yamlText(s)+"\nb: ["+yamlText(s)+"]\n"), &got); err != nil {
			t.Fatalf("%q as %s: %v", s, yamlText(s), err)
		}
		if want := escapeRefs(s); got["a"] != want || got["b"].([]any)[0] != want {
			t.Fatalf("%q as %s is read as %#v", s, yamlText(s), got)
		}
	})
}

// TestPlainTypes compares what an unquoted value is with another YAML program, where the two versions of YAML agree.
func TestPlainTypes(t *testing.T) {
	for _, s := range []string{"", "~", "null", "Null", "nul", "true", "True", "tRue", "false", "0", "-0", "+1", "12", "1.", ".5", "-.5e3", "1e3",
		"1e-3", "1.5E+10", "0x1F", "0o17", ".inf", "-.Inf", ".NaN", "NaN", "inf", ".", "-", "+", "e3", "1e", "0x", "0o8", "1.2.3", "3x3", "12ab"} {
		var v any
		if err := yaml.Unmarshal([]byte("[ "+s+" ]"), &v); err != nil && s != "-" {
			t.Fatalf("%q: %v", s, err)
		}
		list, _ := v.([]any)
		var got any
		if len(list) == 1 {
			got = list[0]
		}
		want := textType
		switch f := got.(type) {
		case nil:
			want = nullType
		case bool:
			want = boolType
		case int:
			want = intType
		case float64:
			want = floatType
			if f != f || f-f != 0 {
				want = oddType
			}
		}
		if s == "-" {
			want = textType
		}
		if plainType(s) != want {
			t.Errorf("%q is %d here and %T %v in yaml.v3", s, plainType(s), got, got)
		}
	}
}
