package model

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestInterop loads full-size networks of torchvision and timm from every kind of file they are saved in, and compares their
// features. It writes some 2 GB and takes minutes, so it runs only where it is asked for:
//
//	PIPE_TEST_PYTHON=python3 go test -run Interop -v ./model
func TestInterop(t *testing.T) {
	python := os.Getenv("PIPE_TEST_PYTHON")
	if python == "" {
		t.Skip("PIPE_TEST_PYTHON is not set")
	}
	dir := t.TempDir()
	cmd := exec.Command(python, "testdata/interop.py", dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var all []struct {
		Arch, File, Layer string
		Last              []float64
	}
	readJSON(t, filepath.Join(dir, "features.json"), &all)
	if len(all) == 0 {
		t.Fatal("no features")
	}
	im := hashedImages("interop", 2, 224)
	for _, c := range all {
		e, err := FileEncoder(c.Arch, 64, c.Layer, "", filepath.Join(dir, c.File))
		if err != nil {
			t.Error(err)
			continue
		}
		got := embedAll(t, e, im, Whole, false)[1]
		if len(got) != len(c.Last) {
			t.Errorf("%s: %d numbers, want %d", c.File, len(got), len(c.Last))
			continue
		}
		wantNear(t, c.File+" "+c.Layer, got, c.Last)
		t.Logf("%s %s: %d numbers agree", c.File, c.Layer, len(got))
	}
}
