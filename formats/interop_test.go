package formats

import (
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestInterop lets pyarrow, DuckDB and safetensors read a sample of every file. It needs a Python that has them:
//
//	PIPE_TEST_PYTHON=python3 go test -run Interop -v ./formats
func TestInterop(t *testing.T) {
	python := os.Getenv("PIPE_TEST_PYTHON")
	if python == "" {
		t.Skip("PIPE_TEST_PYTHON names no Python with pyarrow and duckdb")
	}
	root := t.TempDir()
	for _, a := range samples() {
		dir := filepath.Join(root, a.name)
		if err := firstError(os.Mkdir(dir, 0o777), a.write(dir)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(python, "testdata/interop.py", root).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []imageTable{sampleImages(), sampleCells()} {
		var pixels []byte
		for _, image := range append(m.Whole, m.Cell...) {
			pixels = append(pixels, image...)
		}
		if want := fmt.Sprintf("pixels %08x", crc32.ChecksumIEEE(pixels)); !strings.Contains(string(out), want) {
			t.Errorf("pyarrow saw other pixels than were written, not %q", want)
		}
	}
}
