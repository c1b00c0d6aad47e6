package formats

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOpenWeights reads the same tensors from safetensors and from files of torch.save.
func TestOpenWeights(t *testing.T) {
	const dir = "../internal/pth/testdata"
	zip, err := OpenWeights(filepath.Join(dir, "zip.pth"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = zip.Close() }()
	var all Weights
	for _, name := range zip.Names() {
		x, err := zip.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	if len(all) < 10 {
		t.Fatalf("%d tensors", len(all))
	}
	if x, _ := all.Get("bf16"); !slices.Equal(x.Shape, []int{2, 6}) || x.Data[0] == 0 {
		t.Errorf("%+v", x)
	}
	path := filepath.Join(t.TempDir(), "w") // the name tells nothing
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteSafetensors(f, all, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, again := range []string{path, filepath.Join(dir, "legacy.pth")} {
		w, err := OpenWeights(again)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range all {
			got, err := w.Read(want.Name)
			shape, _ := w.Shape(want.Name)
			if err != nil || !slices.Equal(got.Data, want.Data) || !slices.Equal(shape, want.Shape) {
				t.Errorf("%s: %s is %v, want %v (%v)", again, want.Name, got, want, err)
			}
		}
		if _, err := w.Read("other"); err == nil || !strings.Contains(err.Error(), `no tensor "other"`) {
			t.Error(err)
		}
		_ = w.Close()
	}
	if err := os.WriteFile(path, []byte("some text, and more"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenWeights(path); err == nil || !strings.Contains(err.Error(), "neither safetensors nor") {
		t.Error(err)
	}
}
