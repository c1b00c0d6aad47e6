package cli

import (
	"cmp"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestPythonExample runs the example of a Python script whose clusters the other stages read.
func TestPythonExample(t *testing.T) {
	python := cmp.Or(os.Getenv("PYTHON"), "python3")
	if out, err := exec.Command(python, "-c", "import numpy, pyarrow, sklearn").CombinedOutput(); err != nil {
		t.Skipf("%s with numpy, pyarrow and scikit-learn is needed (PYTHON names another): %v %s", python, err, out)
	}
	dir := t.TempDir()
	cmd := exec.Command("pipe", "run", "python.yaml", "--store", dir+"/store", "--out", dir+"/out", "--set", "vars.clusters=5",
		"--set", "stages.drawn.with.count=60", "--set", "stages.scores.with.resamples=20")
	cmd.Dir = "../../../docs/examples/exec"
	cmd.Env = append(os.Environ(), "PYTHON="+python)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "scores: ours, agglomerative, 5 clusters") {
		t.Errorf("%v\n%s", err, out)
	}
}
