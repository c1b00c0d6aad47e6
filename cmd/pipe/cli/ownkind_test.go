package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOwnKind builds the example module that has a kind of its own, and runs it twice.
func TestOwnKind(t *testing.T) {
	if testing.Short() {
		t.Skip("it links another program")
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "docs/examples/ownkind"))); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod -trimpath", "GOWORK=off", "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	in("go", "mod", "edit", fmt.Sprintf("-replace=fashionpipe=%s", root))
	in("go", "build", "-o", "mypipe", ".")
	if kinds := in("./mypipe", "kinds", "sample"); !strings.Contains(kinds, "sample: ") {
		t.Errorf("kinds:\n%s", kinds)
	}
	if version := in("./mypipe", "version"); !strings.HasPrefix(version, "mypipe ") {
		t.Errorf("version: %s", version)
	}
	if help := in("./mypipe", "--help"); !strings.Contains(help, "mypipe run pipelines/") {
		t.Errorf("help:\n%s", help)
	}
	first := in("./mypipe", "run", "sample.yaml")
	if !strings.Contains(first, "6 stages, 6 ran") || !strings.Contains(first, "few: rows: 10 of") {
		t.Errorf("first run:\n%s", first)
	}
	again := in("./mypipe", "run", "sample.yaml")
	if !strings.Contains(again, "6 stages, 6 cached") || !strings.Contains(again, "few: rows: 10 of") {
		t.Errorf("second run:\n%s", again)
	}
}
