package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

// TestShippedExperiments holds that every experiment that comes with the program is right once it has what it asks the
// environment for, and reads back from its resolved form.
func TestShippedExperiments(t *testing.T) {
	files, err := filepath.Glob("../../../pipelines/*.yaml")
	if err != nil || len(files) < 16 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	env := map[string]string{"DEEPFASHION2": t.TempDir(), "PIPE_PHOTOS": t.TempDir(), "PIPE_DIGEST": "0123456789ab"}
	variants := map[string]int{"ablation.yaml": 9 * 4 * 3, "ablation-small.yaml": 3 * 4 * 2, "losses.yaml": 7 * 3,
		"losses-small.yaml": 2 * 5, "background-small.yaml": 2 * 5, "folder-training.yaml": 11 * 3}
	for _, file := range files {
		x, err := pipelines.Load(file, pipelines.Options{
			Registry: stages.All(), Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		})
		if err != nil {
			t.Errorf("%s:\n%v", file, err)
			continue
		}
		got := 0
		if x.Sweep != nil {
			got = len(x.Sweep.Variants)
		}
		if want := variants[filepath.Base(file)]; got != want {
			t.Errorf("%s has %d variants, want %d", file, got, want)
		}
		again, err := pipelines.Parse("again.yaml", x.Resolved, pipelines.Options{Registry: stages.All()})
		if err != nil {
			t.Errorf("%s, resolved:\n%v\n%s", file, err, x.Resolved)
		} else if len(again.Graph.Nodes) != len(x.Graph.Nodes) {
			t.Errorf("%s has %d stages, resolved %d", file, len(x.Graph.Nodes), len(again.Graph.Nodes))
		}
	}
}

// TestReadmeExperiment holds that the README's first experiment is right.
func TestReadmeExperiment(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(text)
	if example == nil {
		t.Fatal("the README has no experiment")
	}
	if _, err := pipelines.Parse("mine.yaml", example[1], pipelines.Options{Registry: stages.All()}); err != nil {
		t.Error(err)
	}
}

// TestDocumentedExperiments holds that the experiments in the language's reference are right, and that its example of a
// mistake is what the program says.
func TestDocumentedExperiments(t *testing.T) {
	text, err := os.ReadFile("../../../docs/experiments.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)```yaml\n# ([a-z.]+)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		files[m[1]] = m[2]
	}
	o := pipelines.Options{
		Registry: stages.All(), Getenv: func(string) (string, bool) { return "", false },
		ReadFile: func(path string) ([]byte, error) { return []byte(files[path]), nil },
	}
	for name, want := range map[string]int{"base.yaml": 0, "longer.yaml": 0, "sweep.yaml": 50} {
		x, err := pipelines.Parse(name, []byte(files[name]), o)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if x.Sweep != nil && len(x.Sweep.Variants) != want || x.Sweep == nil && want > 0 {
			t.Errorf("%s has %d variants, want %d", name, len(x.Sweep.Variants), want)
		}
	}
	_, err = pipelines.Parse("sweep.yaml", []byte("extends: base.yaml\nsweep:\n  matrix:\n    stages.groups.with.k: [10, 20, 0]\n    seed: [1, 2, 3]\n"), o)
	if err == nil || !strings.Contains(string(text), err.Error()) {
		t.Errorf("the reference does not show:\n%v", err)
	}
}
