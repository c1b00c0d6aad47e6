package pipelines

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/dag"
)

// describe lists the axes, variants and nodes of a sweep.
func describe(x *Experiment) string {
	var b strings.Builder
	for _, a := range x.Sweep.Axes {
		fmt.Fprintf(&b, "axis %s: %s\n    changes %s\n", a.Name, strings.Join(a.Values, ", "), strings.Join(a.Paths, ", "))
	}
	for _, v := range x.Sweep.Variants {
		fmt.Fprintf(&b, "variant %s\n", v.Name)
		for _, stage := range sortedKeys(v.Nodes) {
			if v.Nodes[stage] != stage {
				fmt.Fprintf(&b, "    %s\n", v.Nodes[stage])
			}
		}
	}
	for _, n := range x.Graph.Nodes {
		fmt.Fprintf(&b, "node %s", n.Name)
		if n.Base != "" {
			fmt.Fprintf(&b, " of %s", n.Base)
		}
		if usesSeed(n.Stage) {
			fmt.Fprintf(&b, ", seed %d", n.Seed)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestSweeps(t *testing.T) {
	for _, file := range testFiles(t, "sweep", 4) {
		t.Run(file, func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			x, err := Parse(file, src, options(src))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", describe(x))
			golden(t, strings.TrimSuffix(file, ".yaml")+".resolved", string(x.Resolved))
			checkResolved(t, x)
		})
	}
}

// checkResolved holds that the resolved file has the same graph, and resolves to itself.
func checkResolved(t interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, x *Experiment) {
	t.Helper()
	again, err := Parse("again.yaml", x.Resolved, Options{Registry: fakeRegistry(), Getenv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatalf("the resolved file is wrong: %v\n%s", err, x.Resolved)
	}
	sameGraph(t, x.Graph, again.Graph)
	if string(again.Resolved) != string(x.Resolved) {
		t.Errorf("%s\nresolves to\n%s", x.Resolved, again.Resolved)
	}
}

// A file that a person can write resolves to one that can be read, however many values an axis has.
func TestResolvedOfALongAxis(t *testing.T) {
	var values []string
	for i := range 3000 {
		values = append(values, fmt.Sprintf("%.15f", 0.1+float64(i)*1e-15))
	}
	src := "stages:\n  p: {uses: photos, with: {root: x}}\n  i: {uses: decode, in: {photos: p}}\n" +
		"  longest_training: {uses: train, in: {images: i}}\nsweep:\n  matrix:\n    stages.longest_training.with.lr: [" + strings.Join(values, ", ") + "]\n"
	x, err := Parse("x.yaml", []byte(src), fakeOptions())
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Sweep.Variants) != 3000 || len(x.Resolved) <= maxBytes {
		t.Fatalf("%d variants, %d bytes: this tests nothing", len(x.Sweep.Variants), len(x.Resolved))
	}
	checkResolved(t, x)
	path := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(path, x.Resolved, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, fakeOptions()); err != nil {
		t.Errorf("from a file: %v", err)
	}
	plain := strings.TrimPrefix(string(x.Resolved), resolvedMark)
	if _, err := Parse("x.yaml", []byte(plain), fakeOptions()); err == nil || !strings.Contains(err.Error(), "the file is too big") {
		t.Errorf("as long a file of a person: %v", err)
	}
	if _, err := Parse("x.yaml", []byte(resolvedMark+strings.Repeat("# x\n", maxMade/4)), fakeOptions()); err == nil || !strings.Contains(err.Error(), "too big") {
		t.Errorf("there is no limit: %v", err)
	}
}

type fakeWords struct {
	noRun
	Words []string `param:"words" doc:"texts"`
	Sizes []int    `param:"sizes" doc:"numbers"`
}

// TestResolvedLists holds that a list which changes with the sweep keeps the types of what it takes from the environment,
// which alone would not tell a text from a number.
func TestResolvedLists(t *testing.T) {
	o := Options{
		Registry: dag.NewRegistry(&dag.Kind{Name: "words", Out: "words", New: func() dag.Stage { return &fakeWords{} }}),
		Getenv:   func(string) (string, bool) { return "7", true },
	}
	src := "vars: {n: 1, w: x}\nstages:\n  a: {uses: words, with: {words: [\"${vars.w}\", \"${env.E}\"], sizes: [\"${vars.n}\", \"${env.E}\"]}}\n" +
		"sweep: {matrix: {vars.n: [1, 2], vars.w: [x, \"8\"]}}\n"
	x, err := Parse("lists.yaml", []byte(src), o)
	if err != nil {
		t.Fatal(err)
	}
	o.Getenv = func(string) (string, bool) { return "", false }
	again, err := Parse("again.yaml", x.Resolved, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, x.Resolved)
	}
	again.Graph.Name = x.Graph.Name
	sameGraph(t, x.Graph, again.Graph)
}
